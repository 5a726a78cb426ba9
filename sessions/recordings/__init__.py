"""Recordings of sessions, and their chapters."""
