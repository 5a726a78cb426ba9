"""How long an event keeps what it holds of people."""
