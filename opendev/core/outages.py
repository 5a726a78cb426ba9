"""Services that the process depends on and may lose for a while. The log says when they go and return, not each try."""

import logging
import threading

log = logging.getLogger("opendev.outages")


class Outage:
    """One service that may be away. Safe from any thread."""

    def __init__(self, begins: str, ends: str) -> None:
        self.begins, self.ends = begins, ends
        self.is_on = False
        self.lock = threading.Lock()

    def began(self, error: BaseException) -> None:
        """Note that it is away; logged once."""
        with self.lock:
            was_on, self.is_on = self.is_on, True
        if not was_on:
            log.error("%s: %s: %s", self.begins, type(error).__name__, error)

    def ended(self) -> None:
        """Note that it is available; logged once after an outage."""
        if not self.is_on:
            return
        with self.lock:
            was_on, self.is_on = self.is_on, False
        if was_on:
            log.warning("%s.", self.ends)


database = Outage("The database does not answer", "The database answers again")
# It can be read but not written: a standby before its promotion, a full disk, a read-only file.
storage = Outage("The database stores nothing", "The database stores again")
