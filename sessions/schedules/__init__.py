"""Schedules in files: read, planned and imported; and the programme written out again."""
