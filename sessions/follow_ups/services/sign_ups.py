"""Signing up on a line, and withdrawing: one transaction per batch, with the rules in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass
from opendev.core.dates import day_words
from opendev.core.errors import Conflict, DomainError, Malformed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_email, clean_id, clean_line, clean_yes_or_no
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.models import Attendee
from sessions.attendees.selectors import events_by_pass
from sessions.follow_ups import broadcasts
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.services.lines import count_and_tell, forget_contact
from sessions.programme.services.rights import NotJoined

CONTACT_DAYS, MAX_CONTACT_DAYS = 90, 366


class LineIsClosed(Conflict):
    code, message = "line_is_closed", _("This follow-up is closed and takes no more names.")


class NoSignUp(Conflict):
    code, message = "no_sign_up", _("You are not signed up for this follow-up.")


class NameWasRemoved(Conflict):
    code, message = "name_was_removed", _("A moderator removed your name from this follow-up.")


class NameNeeded(Malformed):
    code, message = "name_needed", _("Enter your name first. You are asked only once.")


@dataclass(frozen=True, slots=True)
class SignUpWish:
    """An attendee's request about a line; created and checked by `read_wish`. None: unchanged.

    `shown` is whether everybody may read the name; `email` comes with the consent to be contacted.
    """

    line_id: int
    attendee: AttendeePass
    withdraws: bool = False
    name: str = ""
    company: str | None = None
    shown: bool | None = None
    email: str | None = None
    contact_until: date | None = None
    language: str = ""  # in which the consent was read


class SignedUp(NamedTuple):
    """A granted request, recorded once its transaction commits."""

    sign_up: SignUp
    session_id: int
    version: int


def read_wish(
    given: Mapping[str, Any], *, line: Any, attendee: AttendeePass, withdraws: bool = False, now: datetime
) -> SignUpWish:
    """Return a request from a client's data: `name`, `company`, `shown`, `email`, `consent`, `contact_until`.

    Raises:
        Malformed: a field of the wrong type or too long; an address without consent, or for too long.
    """
    line_id = clean_id(line, field="line")
    if withdraws:
        return SignUpWish(line_id, attendee, withdraws=True)
    company, shown, email = given.get("company"), given.get("shown"), given.get("email")
    address = None if email is None else clean_email(email, field="email")
    if address and given.get("consent") is not True:
        raise _wrong("consent", _("Agree to be contacted, or leave out the email address."))
    return SignUpWish(
        line_id,
        attendee,
        name=clean_line(given.get("name"), field="name", most=MAX_NAME_LENGTH, required=False),
        company=None
        if company is None
        else clean_line(company, field="company", most=MAX_NAME_LENGTH, required=False),
        shown=None if shown is None else clean_yes_or_no(shown, field="shown"),
        email=address,
        contact_until=_clean_until(given.get("contact_until"), now) if address else None,
        language=get_language() or "",
    )


def default_contact_until(now: datetime) -> date:
    """Return the default end of an address's use: 90 days from now."""
    return now.date() + timedelta(days=CONTACT_DAYS)


def _clean_until(value: Any, now: datetime) -> date:
    if value is None or value == "":
        return default_contact_until(now)
    try:
        until = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  # a date without a time zone
    except (TypeError, ValueError):
        raise _wrong("contact_until", _("This must be a date, such as 2026-10-19.")) from None
    if not now.date() <= until <= now.date() + timedelta(days=MAX_CONTACT_DAYS):
        raise _wrong("contact_until", _("Choose a day within the next year."))
    return until


def consent_words(title: str, until: date) -> str:
    """Return the consent for an address: shown before the tap, and stored word for word after it."""
    return gettext(
        "The owner of this line and the moderators of its session may write to me about “%(title)s” until %(day)s."
    ) % {"title": title, "day": day_words(until, "j F Y")}


@dataclass(slots=True)
class _Batch:
    """The state during a batch, after the requests so far; written once at its end."""

    lines: dict[int, SignUpLine]
    people: dict[int, Attendee]
    held: dict[tuple[int, int | None], SignUp]
    shown: dict[int | None, bool]  # each attendee's last choice about being listed
    written: dict[tuple[int, int | None], SignUp] = field(default_factory=dict)
    renamed: dict[int, Attendee] = field(default_factory=dict)

    def write(self) -> None:
        """Write what the requests changed, and notify the sockets of each line once."""
        rows = list(self.written.values())
        for row in [row for row in rows if row.pk is not None]:
            row.save()
        SignUp.objects.bulk_create([row for row in rows if row.pk is None])
        for attendee in self.renamed.values():
            attendee.save(update_fields=["name", "company"])
        for line_id in dict.fromkeys(row.line_id for row in rows):
            count_and_tell(self.lines[line_id])


@transaction.atomic
def record_sign_ups(wishes: Sequence[SignUpWish], now: datetime) -> list[SignedUp | DomainError]:
    """Grant requests in order, and return the outcome of each; a refused one does not affect the others.

    A request is refused with NotFound, NotJoined, LineIsClosed, NameNeeded, NameWasRemoved or NoSignUp. Signing up
    twice is the same as once, with the newer data; withdrawing twice is the same as once.
    """
    batch = _read_batch(wishes)
    granted: list[SignUp | DomainError] = []
    for wish in wishes:
        try:
            granted.append(_grant(wish, batch, now))
        except DomainError as error:
            granted.append(error)
    batch.write()
    return [
        done
        if isinstance(done, DomainError)
        else SignedUp(done, batch.lines[done.line_id].session_id, batch.lines[done.line_id].version)
        for done in granted
    ]


def _read_batch(wishes: Sequence[SignUpWish]) -> _Batch:
    """Lock the lines, in the order of their ids, and read everything that the requests need, in a few queries."""
    lines = SignUpLine.objects.select_for_update(no_key=True, of=("self",)).select_related("session")
    locked = {line.pk: line for line in lines.filter(pk__in={wish.line_id for wish in wishes}).order_by("pk")}
    people = Attendee.objects.in_bulk(events_by_pass({wish.attendee.attendee_id for wish in wishes}))
    theirs = SignUp.objects.filter(attendee__in=people)
    from_app = theirs.filter(source=SignUp.Source.APP).order_by("signed_up_at", "pk")
    return _Batch(
        locked,
        people,
        {(sign_up.line_id, sign_up.attendee_id): sign_up for sign_up in theirs.filter(line__in=locked)},
        dict(from_app.values_list("attendee_id", "shown")),
    )


def _grant(wish: SignUpWish, batch: _Batch, now: datetime) -> SignUp:
    """Return the sign-up after the request."""
    line, attendee = batch.lines.get(wish.line_id), batch.people.get(wish.attendee.attendee_id)
    if line is None:
        raise NotFound
    if attendee is None or attendee.event_id != line.session.event_id:
        raise NotJoined
    key = line.pk, attendee.pk
    sign_up = batch.held.get(key)
    if wish.withdraws:
        if sign_up is None:
            raise NoSignUp
        is_news = _withdraw(sign_up, now)
    else:
        if sign_up is not None and sign_up.removed_at is not None:
            raise NameWasRemoved
        if not line.is_open:
            raise LineIsClosed
        _keep_said(attendee, wish, batch)
        sign_up = sign_up or SignUp(line=line, attendee=attendee)
        is_news = _put_name(sign_up, line, attendee, wish, batch, now)
    batch.held[key] = sign_up
    if is_news:
        batch.written[key] = sign_up
    return sign_up


def _withdraw(sign_up: SignUp, now: datetime) -> bool:
    if sign_up.withdrawn_at is not None:
        return False
    sign_up.withdrawn_at = now
    forget_contact(sign_up)
    return True


def _keep_said(attendee: Attendee, wish: SignUpWish, batch: _Batch) -> None:
    """Store the name and the company with the attendee, so that they are asked only once per event."""
    if not (wish.name or attendee.name):
        raise NameNeeded(fields={"name": NameNeeded.message})
    before = attendee.name, attendee.company
    attendee.name = wish.name or attendee.name
    attendee.company = attendee.company if wish.company is None else wish.company
    if before != (attendee.name, attendee.company):
        batch.renamed[attendee.pk] = attendee
        if any(before):
            empty_log_after_commit()


def _put_name(
    sign_up: SignUp, line: SignUpLine, attendee: Attendee, wish: SignUpWish, batch: _Batch, now: datetime
) -> bool:
    """Set the attendee's data; return True if that changed anything."""
    before = _said(sign_up) if sign_up.source and sign_up.is_present else None
    if before is None:
        sign_up.signed_up_at, sign_up.withdrawn_at = now, None
    said_here = sign_up.shown if sign_up.source == SignUp.Source.APP else None
    chosen = wish.shown if wish.shown is not None else said_here
    sign_up.shown = batch.shown.get(attendee.pk, False) if chosen is None else chosen  # nobody by default
    batch.shown[attendee.pk] = sign_up.shown
    sign_up.source = SignUp.Source.APP  # also one linked from the pad
    sign_up.name, sign_up.company = attendee.name, attendee.company
    if wish.email == "":
        forget_contact(sign_up)
    elif wish.email is not None:
        if sign_up.email != wish.email:
            forget_contact(sign_up)
        until = wish.contact_until or default_contact_until(now)
        sign_up.email, sign_up.consented_at, sign_up.contact_until = wish.email, now, until
        with override(wish.language or get_language()):
            sign_up.consent = consent_words(line.title, until)
    return _said(sign_up) != before


def _said(sign_up: SignUp) -> tuple[Any, ...]:
    return (
        *(sign_up.source, sign_up.name, sign_up.company, sign_up.shown),
        *(sign_up.email, sign_up.contact_until),
    )


@transaction.atomic
def sign_up(*, wish: SignUpWish, now: datetime) -> SignedUp:
    """Grant one request by page or REST; the attendee's sockets get the state of their name.

    Raises:
        NotFound, NotJoined, LineIsClosed, NameNeeded, NameWasRemoved, NoSignUp
    """
    outcome = record_sign_ups([wish], now)[0]
    if isinstance(outcome, DomainError):
        raise outcome
    broadcasts.own_sign_up_changed(outcome.sign_up.line, wish.attendee.attendee_id)
    return outcome


@transaction.atomic
def forget_expired_contacts(now: datetime) -> int:
    """Delete the addresses whose last day has passed; return how many there were."""
    forgotten = SignUp.objects.filter(contact_until__lt=now.date()).update(
        email="", consent="", consented_at=None, contact_until=None
    )
    if forgotten:
        empty_log_after_commit()
    return forgotten


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
