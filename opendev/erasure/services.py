"""Erasing people: one way for the admin, the command and whatever else takes somebody out.

Deleting rows by hand would leave tallies that count ballots which are gone, and names where nobody looks for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from etherpad_links.selectors import standing_in_pads
from opendev.core.attendance import Caller
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
from sessions.registrations.models import Registration
from sessions.registrations.services.erasing import erase_registration
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.erasing import erase_suggestions, erase_supports


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whom an erasure is about, and how many rows of each kind it takes: `counts` by name."""

    attendees: tuple[Attendee, ...]
    registrations: tuple[Registration, ...]
    counts: dict[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to erase."""
        return not self.attendees and not self.registrations


def find_person(*, attendee_id: int | None = None, email: str = "") -> Erasure:
    """Return what is kept of one attendee, or of everybody who gave this email address, in all events.

    Raises:
        NotFound: there is no such attendee.
        Malformed: this is no email address.
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
    return Erasure(tuple(attendees), tuple(registrations), _counts(attendees, registrations))


def _counts(attendees: Sequence[Attendee], registrations: Sequence[Registration]) -> dict[str, int]:
    kinds = {
        "ballots in named polls": Ballot,
        "questions": Question,
        "upvotes": QuestionVote,
        "suggestions": Suggestion,
        "supports of suggestions": SuggestionSupport,
        "sign-ups": SignUp,
        "attendances": Attendance,
    }
    counts = {
        name: kind._default_manager.filter(attendee__in=attendees).count() for name, kind in kinds.items()
    }
    return {"attendees": len(attendees), "registrations": len(registrations), **counts}


@transaction.atomic
def erase_person(*, erasure: Erasure, now: datetime) -> None:
    """Erase what `find_person` showed: all of it, or nothing where something fails."""
    for attendee in erasure.attendees:
        erase_attendee(attendee=attendee, now=now)
    for registration in Registration.objects.filter(pk__in=[one.pk for one in erasure.registrations]):
        subject = f"registration {registration.pk}"
        record(AuditKind.PERSON_ERASED, caller=None, event_id=registration.event_id, subject=subject)
        erase_registration(registration=registration)


@transaction.atomic
def erase_attendee(*, attendee: Attendee, now: datetime, caller: Caller | None = None) -> None:
    """Erase an attendee with ballots, questions, suggestions, votes for both, sign-ups, attendances and registration.

    Tallies of named polls are counted anew, and every page hears of it. The pass opens nothing any more, on any device.
    Questions that were put on air or answered stay, without a name and belonging to nobody, and so do suggestions that
    became a follow-up.

    Args:
        caller: who erases; None for a command.
    """
    record(
        AuditKind.PERSON_ERASED, caller=caller, event_id=attendee.event_id, subject=f"attendee {attendee.pk}"
    )
    theirs = SignUp.objects.filter(Q(attendee=attendee) | Q(same_as__attendee=attendee))
    lock_sessions_of(attendee)
    end_pass(attendee=attendee, now=now, user_id=None)
    erase_ballots(attendee_id=attendee.pk)
    erase_upvotes(attendee)
    erase_questions(attendee)
    erase_supports(attendee)
    erase_suggestions(attendee)
    erase_names(sign_ups=theirs, in_pads=standing_in_pads(theirs), now=now)
    for registration in Registration.objects.filter(attendee=attendee):
        erase_registration(registration=registration)
    attendee.delete()
    empty_log_after_commit()
    forget_ended_passes(now)


@transaction.atomic
def erase_sign_ups(*, sign_ups: Sequence[SignUp], now: datetime) -> int:
    """Erase names from their lines, whoever's they are; return how many there were."""
    pks = [sign_up.pk for sign_up in sign_ups]
    others = SignUp.objects.filter(Q(pk__in=pks) | Q(same_as__in=pks))
    return erase_names(sign_ups=others, in_pads=standing_in_pads(others), now=now)


def forget_erased_names(now: datetime) -> int:
    """Delete the names of erased people that are out of their pads by now; return how many."""
    waiting = SignUp.objects.filter(erased_at__isnull=False)
    return forget_names(in_pads=standing_in_pads(waiting), now=now)
