"""The programme of an event."""
