"""The timeline of a session: append-only."""
