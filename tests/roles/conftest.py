"""Roles are tried on the product in this process."""

import pytest

from tests.support.inner_server import inner
from tests.support.people import person, watch_rest

__all__ = ["inner", "person", "watch_rest"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many tries come from here; how often is too often is tested elsewhere."""
    monkeypatch.setattr("opendev.core.limits.check_limit", lambda kind, who: None)
