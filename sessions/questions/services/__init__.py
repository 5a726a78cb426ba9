"""Services for questions, the only code that writes them."""
