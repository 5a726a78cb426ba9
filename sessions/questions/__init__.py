"""Attendees' questions, upvotes, and the queue for moderators and helpers."""
