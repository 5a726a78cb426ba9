"""Where sign-ups wait for the database: in batches, whichever door they come by."""

from collections.abc import Sequence

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer, Batcher, register
from opendev.core.errors import DomainError
from opendev.core.groups import Member
from opendev.core.threads import shared_reader, shared_writer
from sessions.follow_ups import broadcasts
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors.lines import own_sign_ups
from sessions.follow_ups.services.sign_ups import SignedUp, SignUpWish, record_sign_ups

MAX_WAITING = 20_000


def _record(wishes: Sequence[SignUpWish]) -> Sequence[SignedUp | DomainError]:
    return record_sign_ups(wishes, timezone.now())


class SignUpDesk(Batcher[SignUpWish, SignedUp]):
    """Gathers sign-ups while the last batch commits: a room that is asked to sign up does it at once. One a process."""

    def __init__(self) -> None:
        super().__init__(_record, name="sign-up-desk", limit=MAX_WAITING, thread=shared_writer)

    def put(self, item: SignUpWish, answer: Answer[SignedUp], *, origin: Member | None = None) -> None:
        """Record a sign-up; `answer` is called after the commit, then the attendee's sockets but `origin` are told.

        Raises:
            TryLater: too many wait; nothing was recorded.
        """

        def done(outcome: SignedUp | DomainError) -> None:
            answer(outcome)
            if isinstance(outcome, SignedUp):
                broadcasts.attendee_signed_up(
                    outcome.session_id, item.line_id, item.attendee.attendee_id, origin=origin
                )

        super().put(item, done)


class OwnSignUpsReader(Batcher[tuple[AttendeePass, Sequence[int]], dict[int, SignUp]]):
    """Reads newcomers' own sign-ups for their snapshots, one query for all who join at once. One a process."""

    def __init__(self) -> None:
        super().__init__(own_sign_ups, name="sign-ups-reader", limit=MAX_WAITING, thread=shared_reader)


sign_up_desk = register(SignUpDesk())


sign_ups_reader = register(OwnSignUpsReader())
