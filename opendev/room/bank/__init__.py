"""A user's own polls, saved to be asked again in any session."""
