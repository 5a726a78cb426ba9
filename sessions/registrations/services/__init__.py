"""What can be done with registrations: the only writers."""
