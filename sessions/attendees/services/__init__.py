"""Services for attendees, the only code that writes them."""
