"""The audit log: who did what, from where, in which event. It knows users and events only by their numbers."""
