"""What attendees ask: questions, upvotes, and the queue that moderators and helpers keep."""
