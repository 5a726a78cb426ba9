"""Services for the run sheet, the only code that writes it."""
