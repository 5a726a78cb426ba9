"""An event loop whose clock jumps to the next timer when there is nothing else to do: half a minute takes no time."""

import asyncio
import functools
import selectors
from collections.abc import Callable
from typing import Any


class JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer, unless a thread is at work, whose end no timer announces."""

    jumped = 0.0
    threads_at_work = 0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0 or self.threads_at_work:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.jumped += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = JumpingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        return super().time() + self.clock.jumped

    def run_in_executor(self, executor: Any, function: Any, *arguments: Any) -> Any:  # type: ignore[override]
        future = super().run_in_executor(executor, function, *arguments)
        self.clock.threads_at_work += 1
        future.add_done_callback(self.thread_ended)
        return future

    def thread_ended(self, future: Any) -> None:
        self.clock.threads_at_work -= 1


def at_jumping_time(test: Callable[..., Any]) -> Callable[..., Any]:
    """Run an async test on such a loop; its fixtures have to be ordinary ones."""

    @functools.wraps(test)
    def run(*arguments: Any, **fixtures: Any) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(test(*arguments, **fixtures))

    return run
