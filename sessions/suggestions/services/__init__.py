"""What attendees and moderators do with suggested follow-ups."""
