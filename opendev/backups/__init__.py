"""Backups: one file with the database and the secret key, and restoring from it."""
