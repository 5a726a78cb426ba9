"""A session's plan, item by item, and which item is running."""
