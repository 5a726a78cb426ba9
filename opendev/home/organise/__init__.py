"""The organisers' pages: an event, its days and sessions, schedules in and out."""
