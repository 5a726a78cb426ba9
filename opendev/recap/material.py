"""The data that a recap is drafted from: read at once, in a constant number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from etherpad_links.headings import headings_of
from etherpad_links.selectors import copies_newer_than, notes_urls
from opendev.recap.wording import FEWEST
from polls.models import Poll
from polls.permissions import OVER, may_see_tally
from polls.selectors import polls_of
from sessions.follow_ups.selectors.lines import LineWithNames, lines_of
from sessions.programme import selectors
from sessions.programme.models import Event, EventDay, Resource, Session
from sessions.programme.selectors.resources import resources_of
from sessions.questions.models import Question
from sessions.questions.selectors import answered_questions
from sessions.recap.models import NextStep, SessionSummary
from sessions.recap.selectors import SeriesEvent, next_steps_of, rest_of_series, summaries_of
from sessions.registrations.selectors import Figure, figures_of
from sessions.suggestions.models import Suggestion
from sessions.suggestions.selectors import supported_not_opened

NO_COPY = -1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Material:
    """All of it, grouped by session if it belongs to one."""

    event: Event
    days: list[EventDay]
    figures: Mapping[str, Figure]
    committee: list[str]
    summaries: Mapping[int, SessionSummary]
    polls: Mapping[int, list[Poll]]
    questions: Mapping[int, list[Question]]
    lines: Mapping[int, list[LineWithNames]]
    suggestions: Mapping[int, list[Suggestion]]
    notes: Mapping[int, str]
    headings: Mapping[int, list[str]]
    resources: Mapping[int, list[Resource]]
    next_steps: list[NextStep]
    series: list[SeriesEvent]

    @property
    def sessions(self) -> list[Session]:
        """The sessions that took place, in the order of the programme."""
        return [session for day in self.days for session in self.sessions_of(day)]

    def sessions_of(self, day: EventDay) -> list[Session]:
        """Return those of one day: a recap leaves out breaks and cancelled sessions."""
        return [session for session in day.sessions.all() if session.takes_place]


def is_told(poll: Poll) -> bool:
    """Return True if a poll's result may be in a recap: voting is over, and everybody may see it."""
    return poll.state in OVER and may_see_tally(poll, is_moderator=False, has_voted=False)


def is_of_few(poll: Poll) -> bool:
    """Return True if so few people voted that their number would reveal more about them than about the room."""
    return 0 < poll.ballots < FEWEST


def material_of(event: Event) -> Material:
    """Read the data for the recap of an event."""
    days = selectors.programme(event)
    ids = [session.pk for day in days for session in day.sessions.all()]
    copies = copies_newer_than(dict.fromkeys(ids, NO_COPY))
    return Material(
        event=event,
        days=days,
        figures=figures_of(event),
        committee=[person.name for person in event.committee],
        summaries=summaries_of(ids),
        polls=_by_session((poll.session_id, poll) for poll in polls_of(ids) if is_told(poll)),
        questions=_by_session((question.session_id, question) for question in answered_questions(event)),
        lines=_by_session((found.line.session_id, found) for found in lines_of(ids)),
        suggestions=_by_session((each.session_id, each) for each in supported_not_opened(event)),
        notes=notes_urls(ids),
        headings={session: headings_of(copy) for session, copy in copies.items()},
        resources=resources_of(event.pk),
        next_steps=next_steps_of(event),
        series=rest_of_series(event),
    )


def _by_session(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for session, thing in pairs:
        found.setdefault(session, []).append(thing)
    return found
