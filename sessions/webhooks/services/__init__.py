"""Services for webhooks: managed by organisers, filled by other services, delivered by the worker."""
