"""An event loop whose clock jumps to the next timer when there is nothing else to do: half a minute takes no time."""

import asyncio
import functools
import selectors
from collections.abc import Callable
from typing import Any

A_MOMENT_S = 0.002  # for threads, whose work no timer announces


class JumpingSelector(selectors.DefaultSelector):
    jumped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(min(timeout, A_MOMENT_S))
        if not ready:
            self.jumped += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = JumpingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        return super().time() + self.clock.jumped


def at_jumping_time(test: Callable[..., Any]) -> Callable[..., Any]:
    """Run an async test on such a loop; its fixtures have to be ordinary ones."""

    @functools.wraps(test)
    def run(*arguments: Any, **fixtures: Any) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(test(*arguments, **fixtures))

    return run
