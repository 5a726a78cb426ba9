"""What can be done with a run sheet: the only writers."""
