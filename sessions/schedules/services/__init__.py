"""Services for importing schedules, the only code that writes them."""
