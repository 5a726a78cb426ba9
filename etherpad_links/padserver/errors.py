"""What can go wrong between us and a pad.

    PadTrouble
      PadUnreachable    the server does not answer, answers with an error, or the connection broke
        ServerSilent    the server accepted a request, and did not answer in time
        HistoryDiffers  the pad is not the one that we knew: its server lost it, or created it again
        ChangeRefused   the server considered our change invalid, and disconnected us
      PadMissing        the server has no such pad
      PadRefused        the server does not let us in: login, private pad, wrong key; trying again does not help
        KeyRefused      our key for its API is wrong
      RateLimited       we were too fast; come back after `retry_after` seconds
        ChecksLimited   we may not check yet whether the pad exists
      OutcomeUnknown    a changeset was sent and no answer came: it may be in the pad, or not
      AddressForbidden  we may not connect to the address

The texts are for logs and operators. None contains a key, a token or text from people.
"""


class PadTrouble(Exception):
    """Anything that keeps us from a pad."""


class PadUnreachable(PadTrouble):
    pass


class ServerSilent(PadUnreachable):
    pass


class ChangeRefused(PadUnreachable):
    pass


class HistoryDiffers(PadUnreachable):
    pass


class PadMissing(PadTrouble):
    pass


class PadRefused(PadTrouble):
    pass


class KeyRefused(PadRefused):
    pass


class RateLimited(PadTrouble):
    def __init__(self, reason: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class ChecksLimited(RateLimited):
    pass


class OutcomeUnknown(PadTrouble):
    def __init__(self, reason: str, *, was_refused: bool = False) -> None:
        self.was_refused = was_refused  # by a server that may have accepted the change nevertheless
        super().__init__(reason)


class AddressForbidden(PadTrouble):
    pass
