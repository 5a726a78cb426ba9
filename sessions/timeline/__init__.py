"""What happened in a session, written once."""
