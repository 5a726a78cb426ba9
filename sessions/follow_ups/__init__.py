"""Sign-up lines, the names under them, and the groups that lines are merged into."""
