"""The journeys' server and pages, in other browsers and in ones that lack something."""

from tests.journeys.conftest import demo, play, shared_demo

__all__ = ["demo", "play", "shared_demo"]
