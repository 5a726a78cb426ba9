"""REST for events, their programme and their sessions."""
