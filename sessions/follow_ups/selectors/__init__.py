"""What is read about sign-up lines and groups."""
