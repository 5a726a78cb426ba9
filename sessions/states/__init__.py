"""A session that starts and ends, by people or by the clock."""
