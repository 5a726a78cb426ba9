"""Addresses that accept larger bodies than usual: uploads."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.urls import Resolver404, resolve

LARGEST_UPLOAD = 8 * 1024 * 1024  # bytes
View = TypeVar("View", bound=Callable[..., object])


def takes_uploads(view: View) -> View:
    """Let a view, or a class of REST endpoints, accept bodies of up to `LARGEST_UPLOAD`."""
    view.largest_body = LARGEST_UPLOAD  # type: ignore[attr-defined]
    return view


def largest_body_at(path: str) -> int:
    """Return how many bytes of body the address at a path accepts."""
    usual: int = settings.BODY_LIMIT
    try:
        view = resolve(path).func
    except Resolver404:
        return usual
    return int(getattr(getattr(view, "cls", view), "largest_body", usual))
