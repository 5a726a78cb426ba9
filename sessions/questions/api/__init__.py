"""REST for questions."""
