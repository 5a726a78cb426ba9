"""Deleting people's data after an event's retention period: previewing it, and doing it batch by batch.

Data is removed as by erasing a person (docs/adr/0071): tallies and texts stay, anonymously.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from opendev.core.attendance import Caller
from opendev.erasure.services import erase_sign_ups, forget_admin_log
from polls.models import Ballot
from polls.services import release_ballots
from sessions.attendees.services.forgetting import forget_what_attendees_said, who_said_something
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups.models import SignUp
from sessions.programme.models import Event
from sessions.programme.services.locks import lock_sessions_of_event
from sessions.programme.services.rights import check_organises
from sessions.questions.models import Question, QuestionVote
from sessions.questions.services.erasing import forget_names_of_askers, release_questions
from sessions.registrations.models import FigureNote, Registration, RegistrationRow
from sessions.registrations.services.erasing import erase_registrations, keep_figures
from sessions.retention.models import RetentionRule
from sessions.retention.selectors import Deadline, deadlines_of, is_live, last_day_of, rules_of
from sessions.retention.services import read_days, reckon_anew
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.erasing import release_suggestions

log = logging.getLogger("opendev.erasure")

Data = RetentionRule.Data
Figure = FigureNote.Figure
Counts = dict[str, int]
# Rows per table and transaction, which takes at most a fifth of a second: votes elsewhere wait for it.
ROWS_AT_ONCE = 500


def _count_attendees(event_id: int) -> Counts:
    named = Question.objects.filter(session__event=event_id).exclude(name="")
    return {"attendees": who_said_something(event_id).count(), "names_on_questions": named.count()}


def _count_authors(event_id: int) -> Counts:
    rows: dict[str, Any] = {
        "votes_in_named_polls": Ballot.objects.filter(poll__session__event=event_id),
        "questions": Question.objects.filter(session__event=event_id),
        "upvotes": QuestionVote.objects.filter(question__session__event=event_id),
        "suggestions": Suggestion.objects.filter(session__event=event_id),
        "supports_of_suggestions": SuggestionSupport.objects.filter(suggestion__session__event=event_id),
    }
    return {name: of_event.filter(attendee__isnull=False).count() for name, of_event in rows.items()}


def _count_sign_ups(event_id: int) -> Counts:
    return {"sign_ups": SignUp.objects.known().filter(line__session__event=event_id).count()}


def _count_registrations(event_id: int) -> Counts:
    rows = RegistrationRow.objects.filter(brought__event=event_id)
    return {
        "registrations": Registration.objects.filter(event=event_id).count(),
        "rows_of_imports": rows.count(),
    }


def _forget_attendees(event: Event, _now: datetime) -> Counts:
    keep_figures(event=event, figures=(Figure.COMPANIES, Figure.COUNTRIES))
    attendees = forget_what_attendees_said(event_id=event.pk, most=ROWS_AT_ONCE)
    forget_admin_log(attendees)
    questions = forget_names_of_askers(event_id=event.pk, most=min(ROWS_AT_ONCE, 100))
    return {"attendees": len(attendees), "names_on_questions": questions}


def _forget_authors(event: Event, _now: datetime) -> Counts:
    return {
        "votes_in_named_polls": release_ballots(event_id=event.pk, most=ROWS_AT_ONCE),
        **release_questions(event_id=event.pk, most=ROWS_AT_ONCE),
        **release_suggestions(event_id=event.pk, most=ROWS_AT_ONCE),
    }


def _forget_sign_ups(event: Event, now: datetime) -> Counts:
    names = SignUp.objects.known().filter(line__session__event=event.pk).order_by("line", "pk")
    some = list(names[:ROWS_AT_ONCE])
    forget_admin_log(some)
    return {"sign_ups": erase_sign_ups(sign_ups=some, now=now)}


def _forget_registrations(event: Event, _now: datetime) -> Counts:
    figures = (Figure.REGISTERED, Figure.COMPANIES, Figure.COUNTRIES)
    keep_figures(event=event, figures=figures)
    counts, registrations = erase_registrations(event_id=event.pk, most=ROWS_AT_ONCE)
    forget_admin_log(registrations)
    return counts


@dataclass(frozen=True, slots=True)
class Sort:
    """A category of data: how many rows of it there are, and how some of them are deleted."""

    count: Callable[[int], Counts]
    forget: Callable[[Event, datetime], Counts]


SORTS: dict[str, Sort] = {
    Data.ATTENDEES.value: Sort(_count_attendees, _forget_attendees),
    Data.AUTHORS.value: Sort(_count_authors, _forget_authors),
    Data.SIGN_UPS.value: Sort(_count_sign_ups, _forget_sign_ups),
    Data.REGISTRATIONS.value: Sort(_count_registrations, _forget_registrations),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be deleted of an event, and when; changes nothing."""

    event: Event
    last_day: date | None
    is_live: bool
    lines: list[tuple[Deadline, Counts]]

    def as_json(self) -> dict[str, Any]:
        """Return it for REST."""
        return {
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "waits_for_live_session": self.is_live,
            "rules": [
                {
                    "data": each.data,
                    "days": each.days,
                    "goes_on": None if each.goes_on is None else each.goes_on.isoformat(),
                    "rows": counts,
                }
                for each, counts in self.lines
            ],
        }


def plan_of(event: Event, now: datetime, as_if: Mapping[str, int | None] | None = None) -> Plan:
    """Return what would be deleted of an event and when, by its rules, or with the days by category in `as_if`."""
    lines = [(each, SORTS[each.data].count(event.pk)) for each in deadlines_of(event, now, as_if)]
    return Plan(event, last_day_of(event), is_live(event.pk), lines)


def plan_for(*, event_id: int, caller: Caller, boxes: Mapping[str, Any], now: datetime) -> Plan:
    """Return the plan for an organiser, as if the days in `boxes` were the rules. Changes nothing.

    Raises:
        NotSignedIn, NotOrganiser, Malformed
    """
    check_organises(caller=caller, event_id=event_id)
    return plan_of(Event.objects.get(pk=event_id), now, read_days(boxes))


def retain_batch(*, event_id: int, now: datetime) -> dict[str, Counts]:
    """Delete a batch of each category of an event's data that is due; return how many rows of each were deleted.

    Any process may call this at any time: only one of them acts. Nothing is deleted while a session of the event is
    live. The audit log only has the numbers.
    """
    gone: dict[str, Counts] = {}
    rules = rules_of(event_id)
    for data in SORTS:
        # Checked before anything is locked: most events whose period is over have nothing left.
        if (
            data in rules
            and any(SORTS[data].count(event_id).values())
            and (counts := _retain_sort(event_id, data, now))
        ):
            gone[data] = counts
    return gone


@transaction.atomic
def _retain_sort(event_id: int, data: str, now: datetime) -> Counts:
    # The holder of the event's lock is already working on it, and the next round comes soon.
    event = Event.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=event_id).first()
    if event is None:
        return {}
    reckon_anew(event, now)
    deadline = next(each for each in deadlines_of(event, now) if each.data == data)
    if not deadline.is_due or not any(SORTS[data].count(event_id).values()):
        return {}
    lock_sessions_of_event(event_id)  # none can become live meanwhile
    if is_live(event_id):
        return {}
    counts = SORTS[data].forget(event, now)
    record(AuditKind.DATA_EXPIRED, caller=None, event_id=event_id, subject=data, days=deadline.days, **counts)
    return counts


def events_with_rules() -> list[int]:
    """Return the events with a retention period."""
    return list(RetentionRule.objects.order_by("event").values_list("event", flat=True).distinct())


def retain_round(now: datetime) -> int:
    """Delete one batch of the data that is due in each event; return how many rows were deleted."""
    rows = 0
    for event_id in events_with_rules():
        try:
            gone = retain_batch(event_id=event_id, now=now)
        except (OperationalError, InterfaceError):
            raise  # the database is down
        except Exception:
            log.exception("Data of event %d could not be let go; the other events go on.", event_id)
            continue
        rows += sum(sum(counts.values()) for counts in gone.values())
    return rows


def retain_all(event_id: int, now: datetime) -> Iterator[dict[str, Counts]]:
    """Delete all data that is due in an event; yield the counts of each batch."""
    while gone := retain_batch(event_id=event_id, now=now):
        yield gone
