"""The box in which sign-ups wait for the database: in batches, by page, REST and socket alike."""

from collections.abc import Sequence

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Batcher, register
from opendev.core.errors import DomainError
from opendev.core.groups import Member
from opendev.core.own_box import MAX_WAITING, OwnBox
from opendev.core.threads import shared_reader
from sessions.follow_ups import broadcasts
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors.lines import own_sign_ups
from sessions.follow_ups.services.sign_ups import SignedUp, SignUpWish, record_sign_ups


def _record(wishes: Sequence[SignUpWish]) -> Sequence[SignedUp | DomainError]:
    return record_sign_ups(wishes, timezone.now())


def _tell(wish: SignUpWish, signed_up: SignedUp, origin: Member | None) -> None:
    attendee_id = wish.attendee.attendee_id
    broadcasts.attendee_signed_up(signed_up.session_id, wish.line_id, attendee_id, origin=origin)


sign_up_desk: OwnBox[SignUpWish, SignedUp] = register(OwnBox(_record, name="sign-up-desk", tell=_tell))
# Newcomers' own sign-ups for their snapshots: one query for all who join at once.
sign_ups_reader: Batcher[tuple[AttendeePass, Sequence[int]], dict[int, SignUp]] = register(
    Batcher(own_sign_ups, name="sign-ups-reader", limit=MAX_WAITING, thread=shared_reader)
)
