"""Work in database threads of our own."""

from collections.abc import Callable
from threading import get_ident
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
Result = TypeVar("Result")

_at_work: set[int] = set()


def with_fresh_connections(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Return `work(...)`, after dropping connections that have died; a restarted database costs one failure at most."""
    _at_work.add(get_ident())
    try:
        close_old_connections()
        return work(*args, **kwargs)
    finally:
        _at_work.discard(get_ident())


def any_at_work() -> bool:
    """Tell whether a database thread of ours is at work, and so wants the interpreter beside the loop."""
    return bool(_at_work)
