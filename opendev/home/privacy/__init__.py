"""Privacy that answers requests: what is held about somebody, and how it is erased."""
