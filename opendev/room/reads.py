"""The data of a room's page: read once for everybody, and with three queries for an attendee's own part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, CharField, DateField, DateTimeField, Value

from etherpad_links.models import EtherpadLink
from etherpad_links.selectors import PadState, pad_states
from opendev.core.attendance import AttendeePass
from opendev.core.kept import Kept
from opendev.room.run_sheet_cards import told_of
from polls.models import Option, Poll
from polls.selectors import Mine, options_of, own_answers, polls_of
from polls.written_store import Written
from sessions.attendees.selectors import attendees_with_pass
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors.lines import LineWithNames, lines_of
from sessions.programme.models import Session
from sessions.programme.selectors import session_by_slug
from sessions.questions.models import Question, QuestionVote
from sessions.questions.selectors import questions_of, roots_of
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.selectors import suggestions_of


@dataclass(frozen=True)
class RoomReads:
    """The common data of a room's pages. It is shared between threads, so nothing may change it."""

    session: Session
    polls: Sequence[tuple[Poll, Sequence[Option | Written]]]
    running: dict[str, Any] | None
    prompts: Sequence[dict[str, Any]]
    questions: Sequence[Question]
    suggestions: Sequence[Suggestion]
    lines: Sequence[LineWithNames]
    pads: Sequence[PadState]
    has_recap: bool

    @property
    def link(self) -> EtherpadLink | None:
        """The session's pad, or None."""
        return self.pads[0].link if self.pads else None


rooms: Kept[RoomReads] = Kept()


def room_reads(event: str, session: str, *, anew: bool = False) -> RoomReads:
    """Return the common data of a room's pages, fresh enough for the caller.

    Raises:
        NotFound: there is no such session.
    """
    return rooms.get((event, session), lambda: _read(session_by_slug(event, session)), anew=anew)


def _read(session: Session) -> RoomReads:
    running, prompts = told_of(session.pk)
    return RoomReads(
        session=session,
        polls=[(poll, options_of(poll)) for poll in polls_of([session.pk])],
        running=running,
        prompts=prompts,
        questions=questions_of([session.pk]),
        suggestions=suggestions_of([session.pk]),
        lines=lines_of([session.pk]),
        pads=pad_states([session.pk]),
        has_recap=session.event.has_recap,
    )


@dataclass
class OwnReads:
    """One attendee's own data in a room; empty for a visitor."""

    answers: dict[int, Mine] = field(default_factory=dict)
    name: str = ""
    company: str = ""
    upvoted: set[int] = field(default_factory=set)
    supported: set[int] = field(default_factory=set)
    sign_ups: dict[int, SignUp] = field(default_factory=dict)
    pad_names: dict[int, str] = field(default_factory=dict)
    has_signed_up: bool = False  # on any line of the event, typed here and not in a pad


def own_reads(attendee: AttendeePass | None, reads: RoomReads) -> OwnReads:
    """Return the attendee's own data in the room: their answers with two queries, the rest with one."""
    own = OwnReads()
    if attendee is None:
        return own
    polls = {poll.pk: poll for poll, _options in reads.polls}
    own.answers = own_answers([(attendee, list(polls), None)], polls=polls)[0]
    roots, lines = roots_of(reads.questions), {line.line.pk for line in reads.lines}
    for what, number, *columns in _rows_of(attendee, reads.session):
        if what == "attendee":
            own.name, own.company = columns[:2]
        elif what == "upvote":
            own.upvoted.add(roots.get(number, number))
        elif what == "support":
            own.supported.add(number)
        else:
            _add_sign_up(own, number, columns, is_here=number in lines)
    return own


OF_SIGN_UPS = ("name", "company", "shown", "email", "contact_until", "withdrawn_at", "removed_at", "source")
NOTHING = [
    Value(None, output_field=column)
    for column in (BooleanField(), CharField(), DateField(), DateTimeField(), DateTimeField())
] + [Value(None, output_field=CharField())] * 2


def _rows_of(attendee: AttendeePass, session: Session) -> Iterable[tuple[Any, ...]]:
    """Return rows of (type, id of the subject, name, company, other fields of a sign-up)."""
    who = attendee.attendee_id
    sign_ups = SignUp.objects.filter(attendee=who).order_by()
    people = attendees_with_pass(session.event_id).filter(pk=who).order_by()
    upvotes = QuestionVote.objects.filter(attendee=who, question__session=session).order_by()
    supports = SuggestionSupport.objects.filter(attendee=who, suggestion__session=session).order_by()
    return sign_ups.values_list(Value("sign-up"), "line_id", *OF_SIGN_UPS, "pad_name__state").union(
        people.values_list(Value("attendee"), "pk", "name", "company", *NOTHING),
        upvotes.values_list(Value("upvote"), "question_id", Value(""), Value(""), *NOTHING),
        supports.values_list(Value("support"), "suggestion_id", Value(""), Value(""), *NOTHING),
        all=True,
    )


def _add_sign_up(own: OwnReads, line: int, columns: Sequence[Any], *, is_here: bool) -> None:
    *values, state = columns
    sign_up = SignUp(line_id=line, **dict(zip(OF_SIGN_UPS, values, strict=True)))
    own.has_signed_up |= sign_up.source == SignUp.Source.APP
    if is_here:
        own.sign_ups[line] = sign_up
        if state is not None:
            own.pad_names[line] = state
