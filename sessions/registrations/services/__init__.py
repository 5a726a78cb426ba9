"""Services for registrations, the only code that writes them."""
