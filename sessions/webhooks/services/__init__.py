"""What is done with webhooks: kept by organisers, filled by the services of what happened, emptied by the worker."""
