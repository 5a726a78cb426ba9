"""A box for attendees' own taps, which their other windows have to learn of."""

from collections.abc import Callable, Sequence

from opendev.core.batching import Answer, Batcher, Item, Result
from opendev.core.errors import DomainError
from opendev.core.groups import Member
from opendev.core.threads import shared_writer

MAX_WAITING = 20_000


class OwnBox(Batcher[Item, Result]):
    """Collects attendees' taps while the last batch commits, so that a whole room tapping at once costs little.

    Args:
        work: records a batch in one transaction, and returns one outcome per item.
        tell: notifies the attendee's sockets, except the third argument, of the outcome of an item; called on the loop.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result | DomainError]],
        *,
        name: str,
        tell: Callable[[Item, Result, Member | None], None],
    ) -> None:
        super().__init__(work, name=name, limit=MAX_WAITING, thread=shared_writer)
        self.tell = tell

    def put(self, item: Item, answer: Answer[Result], *, origin: Member | None = None) -> None:
        """Record an item; after the commit `answer` is called, then the attendee's sockets but `origin` are notified.

        Raises:
            TryLater: too many wait; nothing was recorded.
        """

        def done(outcome: Result | DomainError) -> None:
            answer(outcome)
            if not isinstance(outcome, DomainError):
                self.tell(item, outcome, origin)

        super().put(item, done)
