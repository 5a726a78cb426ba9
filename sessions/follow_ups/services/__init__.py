"""What can be done with sign-up lines and names: the only writers."""
