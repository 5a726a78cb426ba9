"""Attendees, joining, and revoked passes."""
