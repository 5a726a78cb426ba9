"""A user's own polls, kept to be asked again in any session."""
