"""What is slow or installs something runs by `make deploy-check` alone."""

import pytest


@pytest.fixture(scope="session")
def deploying(request: pytest.FixtureRequest) -> None:
    """Skip unless `make deploy-check` runs."""
    if not request.config.getoption("deploy"):
        pytest.skip("`make deploy-check` has it")
