"""Backups: one file that holds the database and the secret key, and the way back from it."""
