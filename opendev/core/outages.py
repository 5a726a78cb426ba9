"""What the process leans on and may lose for a while. The log says when it goes and when it is back, not each try."""

import logging
import threading

log = logging.getLogger("opendev.outages")


class Outage:
    """One thing that may be away. Safe from any thread."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.is_on = False
        self.lock = threading.Lock()

    def began(self, error: BaseException) -> None:
        """Note that it does not answer; said once."""
        with self.lock:
            was_on, self.is_on = self.is_on, True
        if not was_on:
            log.error("%s does not answer: %s: %s", self.what, type(error).__name__, error)

    def ended(self) -> None:
        """Note that it answered; said once after an outage."""
        if not self.is_on:
            return
        with self.lock:
            was_on, self.is_on = self.is_on, False
        if was_on:
            log.warning("%s answers again.", self.what)


database = Outage("The database")
