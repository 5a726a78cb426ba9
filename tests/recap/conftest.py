"""Recaps: the demo's, and small ones."""

import pytest

from opendev.home.demo.loader import load_demo
from tests.factories import NOW
from tests.room.conftest import browser_of

__all__ = ["browser_of"]


@pytest.fixture
def demo(db):
    """The demo event, loaded."""
    return load_demo(NOW)
