"""What can be done with questions: the only writers."""
