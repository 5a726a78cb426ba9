"""Follow-ups suggested by attendees, supported by others, and opened as sign-up lines by moderators."""
