"""Errors in a pad server's messages."""


class BadChangeset(ValueError):
    """The text is not a changeset, or not for this document: the holder of the document has to start again."""
