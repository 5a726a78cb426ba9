"""Follow-ups that attendees suggest: supported by others, and opened as sign-up lines by moderators."""
