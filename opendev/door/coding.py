"""Content coding and entity tags according to RFC 9110."""

import zlib
from collections.abc import Container
from typing import Any

Headers = list[tuple[bytes, bytes]]
CODINGS = (("br", ".br"), ("gzip", ".gz"), ("identity", ""))  # the smallest first


def best_coding(accepted: str, forms: Container[str]) -> str:
    """Return which of a file's encodings to send, by RFC 9110, 12.5.3: never one with `q=0`, unless there is no other.

    Among those with the highest weight it is the smallest.
    """
    if not accepted:
        return "identity"
    weights = _weights(accepted)
    others = weights.get("*", 0.0)
    best, weight = "identity", weights.get("identity", others if "*" in weights else 0.0)
    for coding, _ending in reversed(CODINGS[:-1]):
        own = weights.get(coding, weights.get("x-gzip", others) if coding == "gzip" else others)
        if coding in forms and own > 0 and own >= weight:
            best, weight = coding, own
    return best


def _weights(accepted: str) -> dict[str, float]:
    weights = {}
    for part in accepted.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _equals, value = (piece.strip() for piece in parameter.partition("="))
            if key == "q":
                try:
                    weight = min(1.0, max(0.0, float(value)))
                except ValueError:
                    weight = 0.0  # a value that cannot be parsed counts as 0
        if name:
            weights[name] = weight
    return weights


def is_unchanged(known: str, etag: bytes) -> bool:
    """Return True if If-None-Match names the entity tag: a list, `*`, or one with `W/`, which compares as without."""
    tags = [tag.strip() for tag in known.split(",")]
    return "*" in tags or etag.decode() in [tag.removeprefix("W/") for tag in tags]


def header_of(scope: Any, name: bytes) -> str:
    """Return a request's header, its lines joined by commas; empty where it has none."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def gzipped(body: bytes) -> bytes:
    """Return a body in its gzip form."""
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(body) + packer.flush()
