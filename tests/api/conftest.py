"""REST is tested by real requests to the product in this process; every answer is held against the OpenAPI document."""

from collections.abc import Callable

import httpx
import pytest

from tests.api.conformity import Contract
from tests.support.inner_server import InnerServer, inner
from tests.support.people import person

__all__ = ["inner", "person"]


@pytest.fixture(scope="module")
def contract(inner: InnerServer) -> Contract:
    with inner.http() as client:
        return Contract(client.get("/api/v1/schema/", params={"format": "json"}).json())


@pytest.fixture
def watch_rest(contract: Contract) -> Callable[[httpx.Response], None]:
    return contract.check
