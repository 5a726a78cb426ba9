"""What an import does: the only writers."""
