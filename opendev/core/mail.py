"""E-mails of sign-in, sent beside the request: an answer takes as long for strangers as for people who have an account.

What could not be sent is said in the log; whoever waits for a code asks for another one.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.core.mail import EmailMessage

from opendev.core.errors import TryLater

log = logging.getLogger("opendev.mail")

MOST_WAITING = 100  # e-mails; a server that is silent holds each for EMAIL_TIMEOUT


class Mailer:
    """One thread that sends, and what waits for it."""

    def __init__(self) -> None:
        self.thread: ThreadPoolExecutor | None = None
        self.waiting: set[Future[None]] = set()

    def send(self, message: EmailMessage) -> None:
        """Send the message soon; from any thread.

        Raises:
            TryLater: too many wait already.
        """
        if len(self.waiting) >= MOST_WAITING:
            raise TryLater
        if self.thread is None:
            self.thread = ThreadPoolExecutor(1, thread_name_prefix="mailer")
        future = self.thread.submit(_send, message)
        self.waiting.add(future)
        future.add_done_callback(self.waiting.discard)

    def wait(self) -> None:
        """Return once all that waits was sent; for commands and tests."""
        for future in list(self.waiting):
            future.result()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  # whatever the mail server or the network did, nobody is left to tell
        log.error("An e-mail could not be sent: %s.", type(error).__name__)


mailer = Mailer()
