"""Services for suggested follow-ups, the only code that writes them."""
