"""Sign-up lines, the names on them, and the groups into which lines are merged."""
