"""The recap of an event: its draft, edits and versions, the summaries of sessions, and next steps."""
