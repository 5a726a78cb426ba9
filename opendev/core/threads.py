"""Work in database threads of our own."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
Result = TypeVar("Result")


def with_fresh_connections(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Return `work(...)`, after dropping connections that have died; a restarted database costs one failure at most."""
    close_old_connections()
    return work(*args, **kwargs)
