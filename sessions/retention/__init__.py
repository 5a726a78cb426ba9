"""How long an event keeps personal data."""
