"""What can be done with attendees: the only writers."""
