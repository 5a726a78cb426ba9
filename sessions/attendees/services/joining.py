"""Attendees: joining a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, new_pass
from opendev.core.countries import country_names
from opendev.core.errors import DomainError, Malformed, NotAllowed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_line
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsCancelled, SessionIsOver

SAID = ("name", "company", "country")  # what attendees may say about themselves


class PassIsRevoked(NotAllowed):
    code, message = "pass_is_revoked", _("A moderator ended your access to this event.")


class Unsaid:
    """The type of UNSAID."""


UNSAID = Unsaid()  # a field that a client did not send; an empty one clears the stored value


@dataclass(frozen=True, slots=True)
class JoinWish:
    """A request to join a session. `said` is clean and only contains what was sent."""

    session_id: int
    known: AttendeePass | None
    said: dict[str, str]
    has_open_line: bool  # of the session, which can then be joined even after its end


@dataclass(frozen=True, slots=True)
class Joined:
    """An attendee who has joined, and the pass of their device."""

    attendee: Attendee
    attendee_pass: AttendeePass


def read_join(
    *,
    session_id: int,
    known: AttendeePass | None,
    has_open_line: bool,
    name: Any = UNSAID,
    company: Any = UNSAID,
    country: Any = UNSAID,
) -> JoinWish:
    """Return a request to join from a client's data. "" and None clear a field, UNSAID leaves it.

    Args:
        has_open_line: whether a sign-up line of the session still takes names.

    Raises:
        Malformed: a name or company that is not a text or too long, an unknown two-letter country code.
    """
    said = _clean_said(name=name, company=company, country=country)
    return JoinWish(session_id, known, said, has_open_line)


def join_session(
    *, session_id: int, known: AttendeePass | None, has_open_line: bool, now: datetime, **said: Any
) -> tuple[Attendee, AttendeePass]:
    """Make the caller an attendee of the session's event, and record that they came to this session.

    A device that has a pass of the event keeps it, and its ballots; new personal data replaces the
    old.

    Raises:
        Malformed: as `read_join`. NotFound, SessionIsOver, SessionIsCancelled, PassIsRevoked: as `record_joins`.
    """
    wish = read_join(session_id=session_id, known=known, has_open_line=has_open_line, **said)
    (outcome,) = record_joins([wish], now)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome.attendee, outcome.attendee_pass


@transaction.atomic
def record_joins(wishes: Sequence[JoinWish], now: datetime) -> list[Joined | DomainError]:
    """Record joins in one transaction; return for each the attendee, or why not. A refusal does not affect the others.

    A session that is over or cancelled cannot be joined, except to sign up on one of its lines that is still open. The
    refusals are NotFound (no such session), SessionIsOver, SessionIsCancelled and PassIsRevoked.
    """
    sessions = Session.objects.in_bulk({wish.session_id for wish in wishes})
    passes = {wish.known.attendee_id for wish in wishes if wish.known}
    attendees = Attendee.objects.in_bulk(passes) if passes else {}
    revoked = set(RevokedPass.objects.filter(pk__in=passes).values_list("pk", flat=True)) if passes else set()
    outcomes: list[Joined | DomainError | None] = []
    newcomers: dict[int, Attendee] = {}
    for number, wish in enumerate(wishes):
        session = sessions.get(wish.session_id)
        refusal = _refusal(session, has_open_line=wish.has_open_line)
        attendee = attendees.get(wish.known.attendee_id) if wish.known else None
        if session is None or refusal:
            outcomes.append(refusal)
        elif attendee is None or wish.known is None or attendee.event_id != session.event_id:
            newcomers[number] = Attendee(event_id=session.event_id, joined_at=now, **wish.said)
            outcomes.append(None)
        elif attendee.pk in revoked:
            outcomes.append(PassIsRevoked())
        else:
            outcomes.append(Joined(_with_said(attendee, wish.said), wish.known))
    Attendee.objects.bulk_create(newcomers.values())
    for number, attendee in newcomers.items():
        outcomes[number] = Joined(attendee, new_pass(attendee.event_id, attendee.pk))
    came = [
        Attendance(session_id=wish.session_id, attendee=outcome.attendee, joined_at=now)
        for wish, outcome in zip(wishes, outcomes, strict=True)
        if isinstance(outcome, Joined) and not is_closed(sessions[wish.session_id])
    ]
    Attendance.objects.bulk_create(came, ignore_conflicts=True)
    return [outcome for outcome in outcomes if outcome is not None]


def is_closed(session: Session) -> bool:
    """Return True if the session is over or cancelled."""
    return session.state == Session.State.OVER or session.is_cancelled


def joinable_session(session_id: int, *, has_open_line: bool) -> Session:
    """Return the session if it can be joined; after its end only while one of its sign-up lines is open.

    Raises:
        NotFound, SessionIsOver, SessionIsCancelled
    """
    session = Session.objects.filter(pk=session_id).first()
    if refusal := _refusal(session, has_open_line=has_open_line):
        raise refusal
    assert session is not None  # noqa: S101  # otherwise it is refused
    return session


def _refusal(session: Session | None, *, has_open_line: bool) -> DomainError | None:
    """Return why a session cannot be joined, or None."""
    if session is None:
        return NotFound()
    if has_open_line or not is_closed(session):
        return None
    return SessionIsOver() if session.state == Session.State.OVER else SessionIsCancelled()


def note_attendance(session: Session, attendee: Attendee, now: datetime) -> None:
    """Record that an attendee came to the session, unless it is over or cancelled."""
    if not is_closed(session):
        Attendance.objects.get_or_create(session=session, attendee=attendee, defaults={"joined_at": now})


def _with_said(attendee: Attendee, said: dict[str, str]) -> Attendee:
    """Return a known attendee, updated with their new personal data."""
    if said:
        Attendee.objects.filter(pk=attendee.pk).update(**said)
        if any(getattr(attendee, field) not in ("", value) for field, value in said.items()):
            empty_log_after_commit()
        for field, value in said.items():
            setattr(attendee, field, value)
    return attendee


def _clean_said(**fields: Any) -> dict[str, str]:
    """Return the checked personal data, without fields that were not sent."""
    said = {field: value for field, value in fields.items() if value is not UNSAID}
    return {
        field: _clean_country(value)
        if field == "country"
        else clean_line(value, field=field, most=MAX_NAME_LENGTH, required=False)
        for field, value in said.items()
    }


def _clean_country(value: Any) -> str:
    code = clean_line(value, field="country", most=MAX_NAME_LENGTH, required=False).upper()
    if code and code not in country_names():
        sentence = _("Choose a country from the list.")
        raise Malformed(sentence, fields={"country": sentence})
    return code
