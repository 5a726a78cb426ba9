"""Starting and ending sessions, manually or automatically."""
