"""Webhooks: what happened in an event, told to addresses that its organisers named."""
