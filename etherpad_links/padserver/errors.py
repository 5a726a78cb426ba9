"""What can go wrong between us and a pad.

    PadTrouble
      PadUnreachable    the server does not answer, answers with an error of its own, or the connection broke
        ServerSilent    the server took a request, and nothing came back in time
        HistoryDiffers  the pad is not the one that we knew: its server lost it, or made it anew
        ChangeRefused   the server took a change of ours for a wrong one, and sent us away
      PadMissing        the server has no such pad
      PadRefused        the server does not let us in: login, private pad, wrong key; trying again does not help
        KeyRefused      our key for its API is not the one it wants
      RateLimited       we were too fast; come back after `retry_after` seconds
        ChecksLimited   whether the pad exists may not be asked yet
      OutcomeUnknown    a changeset was sent and no answer came: it may stand in the pad, or not
      AddressForbidden  the address leads where we do not go

The texts are for logs and operators. None holds a key, a token or what people wrote.
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
        self.was_refused = was_refused  # by a server that may have taken the change all the same
        super().__init__(reason)


class AddressForbidden(PadTrouble):
    pass
