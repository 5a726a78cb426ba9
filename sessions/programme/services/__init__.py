"""Services for the programme, the only code that writes it."""
