"""Services for the recap, the only code that writes it."""
