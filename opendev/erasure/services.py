"""Erasing people: the one implementation for the admin, the command and everything else.

Deleting rows by hand would leave tallies that count deleted ballots, and names in unexpected places.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Model, Q

from etherpad_links.selectors import standing_in_pads
from opendev.core.attendance import AttendeePass, Caller
from opendev.core.audit import current_network
from opendev.core.errors import NotFound
from opendev.core.text import clean_email
from opendev.core.write_ahead_log import empty_log_after_commit
from polls.models import Ballot
from polls.services import erase_ballots
from sessions.attendees.models import Attendance, Attendee
from sessions.attendees.services.passes import end_pass, forget_ended_passes, lock_sessions_of
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.services.erasing import erase_names, forget_names
from sessions.questions.models import Question, QuestionVote
from sessions.questions.services.erasing import erase_questions, erase_upvotes
from sessions.recap.services.erasing import erase_words
from sessions.registrations.models import Registration
from sessions.registrations.services.erasing import erase_registration
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.erasing import erase_suggestions, erase_supports
from sessions.timeline.services import erase_titles

OF_ATTENDEE: dict[str, type[Model]] = {
    "votes_in_named_polls": Ballot,
    "questions": Question,
    "upvotes": QuestionVote,
    "suggestions": Suggestion,
    "supports_of_suggestions": SuggestionSupport,
    "sign_ups": SignUp,
    "attendances": Attendance,
    "registrations": Registration,
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """The people of an erasure."""

    attendees: tuple[Attendee, ...]
    registrations: tuple[Registration, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to erase."""
        return not self.attendees and not self.registrations

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind it erases."""
        of_attendees = rows_by_attendee([attendee.pk for attendee in self.attendees]).values()
        totals = {name: sum(counts[name] for counts in of_attendees) for name in OF_ATTENDEE}
        return {"attendees": len(self.attendees), **totals, "registrations": len(self.registrations)}


def find_person(*, attendee_id: int | None = None, email: str = "") -> Erasure:
    """Return what is stored about one attendee, or about everybody who gave this email address, in all events.

    Raises:
        NotFound: there is no such attendee.
        Malformed: this is not an email address.
    """
    if attendee_id is not None:
        attendees = list(Attendee.objects.filter(pk=attendee_id))
        if not attendees:
            raise NotFound
        registrations = list(Registration.objects.filter(attendee=attendee_id))
    else:
        address = clean_email(email, field="email").lower()
        registrations = list(Registration.objects.filter(email=address)) if address else []
        gave_it = Q(registration__in=registrations) | Q(
            sign_ups__email__iexact=address, sign_ups__email__gt=""
        )
        attendees = list(Attendee.objects.filter(gave_it).distinct().order_by("pk"))
    return Erasure(tuple(attendees), tuple(registrations))


def rows_by_attendee(attendee_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return how many rows are erased with each attendee, by the names of `OF_ATTENDEE`."""
    counts = {pk: dict.fromkeys(OF_ATTENDEE, 0) for pk in attendee_ids}
    for name, kind in OF_ATTENDEE.items():
        rows = kind._default_manager.filter(attendee__in=attendee_ids).order_by().values_list("attendee")
        for pk, number in rows.annotate(Count("pk")):
            counts[pk][name] = number
    return counts


@transaction.atomic
def erase_person(*, erasure: Erasure, now: datetime, caller: Caller | None = None) -> None:
    """Erase what `find_person` showed: all of it, or nothing if something fails."""
    for attendee in erasure.attendees:
        erase_attendee(attendee=attendee, now=now, caller=caller)
    for registration in Registration.objects.filter(pk__in=[row.pk for row in erasure.registrations]):
        _record_erasure(f"registration {registration.pk}", registration.event_id, caller)
        erase_registration(registration=registration)


@transaction.atomic
def erase_attendee(
    *, attendee: Attendee, now: datetime, caller: Caller | None = None, device: AttendeePass | None = None
) -> None:
    """Erase an attendee: name, words, questions, sign-ups, attendances and registration; results stay as they are.

    Ballots and upvotes still count, anonymously. Questions that were put on air or answered stay without name and text.
    Suggestions that became a follow-up stay anonymously; others are deleted. So are supports, which are recounted.
    The pass no longer works, on any device.

    Args:
        caller: who erases; None for a command, and for attendees themselves.
        device: the pass of the attendee's own device, where that asks: its ballots in anonymous polls are found, too.
    """
    _record_erasure(f"attendee {attendee.pk}", attendee.event_id, caller, by_device=device is not None)
    theirs = SignUp.objects.filter(Q(attendee=attendee) | Q(same_as__attendee=attendee))
    lock_sessions_of(attendee)
    end_pass(attendee=attendee, now=now, user_id=None)
    for poll_id, words in erase_ballots(attendee_id=attendee.pk, device=device).items():
        erase_words(event_id=attendee.event_id, about=f"poll/{poll_id}", words=words)
    erase_upvotes(attendee)
    for question in erase_questions(attendee):
        erase_titles(session_id=question.session_id, question_id=question.pk)
        erase_words(event_id=attendee.event_id, about=f"question/{question.pk}", words=[question.text])
    erase_supports(attendee)
    for suggestion in erase_suggestions(attendee):
        about = f"{suggestion.session_id}/suggestions"
        erase_words(event_id=attendee.event_id, about=about, words=[suggestion.title])
    forget_admin_log([attendee, *theirs])
    erase_names(sign_ups=theirs, in_pads=standing_in_pads(theirs), now=now)
    for registration in Registration.objects.filter(attendee=attendee):
        erase_registration(registration=registration)
    attendee.delete()
    empty_log_after_commit()
    forget_ended_passes(now)


def _record_erasure(subject: str, event_id: int, caller: Caller | None, *, by_device: bool = False) -> None:
    """Record that a person was erased; without the network of an attendee who asked for it: that is theirs, too."""
    token = current_network.set("") if by_device else None
    try:
        by = "own device" if by_device else None
        record(AuditKind.PERSON_ERASED, caller=caller, event_id=event_id, subject=subject, by=by)
    finally:
        if token is not None:
            current_network.reset(token)


def forget_admin_log(rows: Iterable[Model]) -> None:
    """Remove names from the admin's own log of these rows: numbers stay there."""
    pks: dict[type[Model], list[str]] = {}
    for row in rows:
        pks.setdefault(type(row), []).append(str(row.pk))
    for model, ids in pks.items():
        kind = ContentType.objects.get_for_model(model)
        for entry in LogEntry.objects.filter(content_type=kind, object_id__in=ids):
            entry.object_repr = f"{model._meta.verbose_name} {entry.object_id}"
            entry.save(update_fields=["object_repr"])


@transaction.atomic
def erase_sign_ups(*, sign_ups: Sequence[SignUp], now: datetime) -> int:
    """Erase sign-ups from their lines, whoever they belong to; return how many there were."""
    pks = [sign_up.pk for sign_up in sign_ups]
    others = SignUp.objects.filter(Q(pk__in=pks) | Q(same_as__in=pks))
    return erase_names(sign_ups=others, in_pads=standing_in_pads(others), now=now)


def forget_erased_names(now: datetime) -> int:
    """Delete the names of erased people that have been removed from their pads; return how many."""
    waiting = SignUp.objects.filter(erased_at__isnull=False)
    return forget_names(in_pads=standing_in_pads(waiting), now=now)
