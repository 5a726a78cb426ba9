"""The matrix is asked of the product in this process, so that leaks can be planted in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from opendev.core import fan_out, limits
from tests.leaks.channels import Looks
from tests.leaks.world import World
from tests.support.inner_server import InnerServer, inner

__all__ = ["inner"]


@contextmanager
def without_waiting() -> Iterator[None]:
    """Nobody has to wait: neither for the next news nor for the next try."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fan_out, "TICK_S", 0.01)
        patch.setitem(limits.LIMITS, "vote", "100000/second")
        limits._limit.cache_clear()
        yield
    limits._limit.cache_clear()


@pytest.fixture
def nobody_waits() -> Iterator[None]:
    with without_waiting():
        yield


@pytest.fixture(scope="module")
def world(inner: InnerServer) -> Iterator[World]:
    with without_waiting():
        made = World(inner)
        yield made
        made.close()


@pytest.fixture(scope="module")
def looks(world: World) -> Looks:
    return Looks(world)
