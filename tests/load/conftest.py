"""`pytest tests/load/test_workers.py --runs=10 -s` repeats the storm and prints its figures."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--runs", type=int, default=1, help="how often the storm over several workers is repeated"
    )


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest) -> int:
    """One, where the option is not known because another folder was named on the command line."""
    return int(request.config.getoption("runs", 1))
