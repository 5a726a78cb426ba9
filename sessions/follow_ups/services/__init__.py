"""Services for sign-up lines and names, the only code that writes them."""
