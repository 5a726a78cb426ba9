"""Webhooks: notifications about an event, sent to addresses that its organisers chose."""
