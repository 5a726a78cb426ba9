"""What can be wrong with what a pad server sends."""


class BadChangeset(ValueError):
    """The text is no changeset, or none for this document: whoever holds the document starts afresh."""
