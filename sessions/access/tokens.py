"""Secrets of which only a hash is stored."""

import hashlib


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal; tokens are random enough to need no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
