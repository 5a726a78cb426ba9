"""Finding and erasing people of an event, for organisers who got a request by letter, not from a device."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.text import MAX_EMAIL_LENGTH, clean_id, clean_line
from opendev.erasure.holdings import holdings_of
from opendev.erasure.services import Erasure, erase_person, erase_sign_ups, rows_by_attendee
from sessions.attendees.models import Attendee
from sessions.audit.models import AuditKind
from sessions.audit.services import record, record_reading
from sessions.follow_ups.models import SignUp
from sessions.programme.models import Person
from sessions.programme.services.rights import check_organises
from sessions.registrations.models import Registration

LEAST_SEARCH = 2
MOST_FOUND = 50  # of each kind: if there are more, the search must be narrowed
KINDS = ("attendees", "registrations", "sign_ups")


@dataclass(frozen=True, slots=True)
class Match:
    """A person who may be meant: a row that can be erased, and what is erased with it."""

    kind: str  # one of KINDS
    pk: int
    name: str
    company: str
    emails: tuple[str, ...]
    goes: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its value in a form."""
        return f"{self.kind}:{self.pk}"

    def as_json(self) -> dict[str, Any]:
        """Return it for REST."""
        return {
            "kind": self.kind,
            "id": str(self.pk),
            "name": self.name,
            "company": self.company,
            "emails": list(self.emails),
            "goes": self.goes,
        }


@dataclass(frozen=True, slots=True)
class Search:
    """The result of a search; `team` are people of the programme, who are edited there and not erased here."""

    matches: Sequence[Match]
    team: Sequence[str]


def search_people(*, event_id: int, caller: Caller, who: Any) -> Search:
    """Return the people who match a part of a name or an email address. The log records that addresses were read.

    Raises:
        NotSignedIn, NotOrganiser, Malformed
    """
    check_organises(caller=caller, event_id=event_id)
    text = clean_line(who, field="who", most=MAX_EMAIL_LENGTH)
    if len(text) < LEAST_SEARCH:
        raise Malformed(fields={"who": Malformed.message})
    attendees = _attendees(event_id, text)
    registrations = _registrations(event_id, text)
    matches = [*attendees, *registrations, *_from_pads(event_id, text)]
    users = User.objects.filter(email__icontains=text)
    team = Person.objects.filter(Q(name__icontains=text) | Q(user__in=users), event=event_id)
    addresses = sum(len(match.emails) for match in matches)
    record_reading(caller=caller, event_id=event_id, subject="people", addresses=addresses)
    return Search(matches, list(team.order_by("name").values_list("name", flat=True)[:MOST_FOUND]))


def _attendees(event_id: int, text: str) -> list[Match]:
    gave = (
        Q(name__icontains=text)
        | Q(sign_ups__email__icontains=text)
        | Q(sign_ups__name__icontains=text)
        | Q(questions__name__icontains=text)
        | Q(registration__email__icontains=text)
        | Q(registration__name__icontains=text)
    )
    rows = list(Attendee.objects.filter(gave, event=event_id).distinct().order_by("pk")[:MOST_FOUND])
    ids = [row.pk for row in rows]
    emails, counts = _emails(ids), rows_by_attendee(ids)
    return [
        Match("attendees", row.pk, row.name, row.company, tuple(sorted(emails[row.pk])), counts[row.pk])
        for row in rows
    ]


def _emails(attendee_ids: Collection[int]) -> dict[int, set[str]]:
    """Return the addresses that people gave, by attendee."""
    emails: dict[int, set[str]] = {pk: set() for pk in attendee_ids}
    gave = (
        Registration.objects.filter(attendee__in=attendee_ids),
        SignUp.objects.filter(attendee__in=attendee_ids),
    )
    for rows in gave:
        for attendee, address in rows.exclude(email="").values_list("attendee", "email"):
            emails[attendee].add(address)
    return emails


def _registrations(event_id: int, text: str) -> list[Match]:
    """Return registrations by which nobody has joined; the others are erased with their attendees."""
    rows = Registration.objects.filter(
        Q(email__icontains=text) | Q(name__icontains=text), event=event_id, attendee=None
    )
    return [
        Match("registrations", row.pk, row.name, row.company, (row.email,))
        for row in rows.order_by("pk")[:MOST_FOUND]
    ]


def _from_pads(event_id: int, text: str) -> list[Match]:
    """Return names that were typed in the notes and belong to no attendee."""
    rows = SignUp.objects.known().filter(
        line__session__event=event_id, name__icontains=text, attendee=None, same_as=None
    )
    return [Match("sign_ups", row.pk, row.name, row.company, ()) for row in rows.order_by("pk")[:MOST_FOUND]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The selected people, by the ids of rows."""

    attendees: tuple[int, ...] = ()
    registrations: tuple[int, ...] = ()
    sign_ups: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is selected."""
        return not (self.attendees or self.registrations or self.sign_ups)


def read_chosen(body: Any) -> Chosen:
    """Return the people selected in a body: lists of ids under `attendees`, `registrations` and `sign_ups`.

    Raises:
        Malformed: another form, or nobody selected.
    """
    lists: dict[str, tuple[int, ...]] = {}
    for kind in KINDS:
        ids = body.get(kind) or []
        if not isinstance(ids, list):
            raise Malformed(fields={kind: Malformed.message})
        lists[kind] = tuple(clean_id(value, field=kind) for value in ids)
    chosen = Chosen(**lists)
    if chosen.is_empty:
        raise Malformed(fields={"attendees": Malformed.message})
    return chosen


@transaction.atomic
def erase_people(*, event_id: int, caller: Caller, chosen: Chosen, now: datetime) -> int:
    """Erase people of the event for good; return the number of selected rows. All of it, or nothing.

    Raises:
        NotSignedIn, NotOrganiser
        NotFound: one of them is not in this event; perhaps somebody else has erased them already.
    """
    check_organises(caller=caller, event_id=event_id)
    attendees = list(Attendee.objects.filter(pk__in=chosen.attendees, event=event_id).order_by("pk"))
    registrations = list(Registration.objects.filter(pk__in=chosen.registrations, event=event_id))
    sign_ups = list(SignUp.objects.filter(pk__in=chosen.sign_ups, line__session__event=event_id))
    count = len(attendees) + len(registrations) + len(sign_ups)
    if count != len({*chosen.attendees}) + len({*chosen.registrations}) + len({*chosen.sign_ups}):
        raise NotFound
    erase_person(erasure=Erasure(tuple(attendees), tuple(registrations)), now=now, caller=caller)
    for sign_up in sign_ups:
        subject = f"sign-up {sign_up.pk}"
        record(AuditKind.PERSON_ERASED, caller=caller, event_id=event_id, subject=subject)
    erase_sign_ups(sign_ups=sign_ups, now=now)
    return count


def person_file(*, event_id: int, caller: Caller, attendee_id: int, now: datetime) -> dict[str, Any]:
    """Return the data held about an attendee, for organisers who answer a request; the log records the export.

    Raises:
        NotSignedIn, NotOrganiser, NotFound
    """
    check_organises(caller=caller, event_id=event_id)
    attendee = Attendee.objects.filter(pk=attendee_id, event=event_id).select_related("event").first()
    if attendee is None:
        raise NotFound
    record(
        AuditKind.EXPORTED,
        caller=caller,
        event_id=event_id,
        subject=f"attendee {attendee_id}",
        format="json",
    )
    return holdings_of(attendee, now)
