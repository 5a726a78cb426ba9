"""Who came: attendees, joining, and passes that are revoked."""
