"""Sign-in emails, sent outside the request: the response takes as long for strangers as for people with an account.

An email that could not be sent is logged; its recipient has to ask for another code.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.core.mail import EmailMessage

from opendev.core.errors import TryLater

log = logging.getLogger("opendev.mail")

MOST_WAITING = 100  # emails; a server that is silent delays each by EMAIL_TIMEOUT


class Mailer:
    """One thread that sends, and its queue."""

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
        """Return once the queue has been sent; for commands and tests."""
        for future in list(self.waiting):
            future.result()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  # whatever the mail server did, there is no caller to notify
        log.error("An e-mail could not be sent: %s.", type(error).__name__)


mailer = Mailer()
