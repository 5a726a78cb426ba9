"""What can be done with a recap: the only writers."""
