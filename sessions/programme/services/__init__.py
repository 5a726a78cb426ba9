"""What can be done with a programme: the only writers."""
