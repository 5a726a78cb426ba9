"""What is exported: tables of polls, questions, follow-ups and sessions; people only where they are asked for.

Without `hidden` a table holds what everybody may see, so that a file can be passed on. With it, moderators have what
they see in the control room. `people` adds names and addresses, as far as whoever asks may read them elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count

from opendev.core.text import time_text
from opendev.registrations.links import personal_link
from opendev.room.shares import whole_shares
from polls.models import Poll
from polls.permissions import may_see_poll, may_see_tally
from polls.selectors import named_answers, polls_of
from sessions.models import Attendee, Question, Registration, Session
from sessions.permissions.questions import PUBLIC
from sessions.selectors.follow_ups import contact_of, lines_of, names_under
from sessions.selectors.questions import questions_of

Cell = str | int | None
Row = Sequence[Cell]
CHUNK = 500  # rows read from the database at a time

POLLS = (
    *("session", "poll", "round", "question", "kind", "state", "voted"),
    *("option", "votes", "share_percent", "result"),
)
SHOWN, HIDDEN = "shown", "hidden"


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a name: its columns, how many rows it has, and the rows as they are read."""

    name: str
    columns: Sequence[str]
    count: int
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beyond what everybody may see."""

    hidden: bool = False
    people: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What is exported, and how much of it."""

    sessions: Sequence[Session]
    polls: Sequence[Poll] | None = None  # None: all of the sessions
    asked: Asked = Asked()
    event_id: int | None = None  # set where a whole event is exported
    today: date = date.min

    @property
    def titles(self) -> dict[int, str]:
        """The sessions' titles by id."""
        return {session.pk: session.title for session in self.sessions}


def tables_of(scope: Scope) -> list[Table]:
    """Return the tables of a scope; the poll's alone where it is a poll."""
    polls = _seen(scope)
    found = [_polls(scope, polls)]
    if scope.polls is None:
        found += [_questions(scope), _follow_ups(scope), _sessions(scope)]
    if scope.asked.people:
        found.append(_answers(scope, polls))
        if scope.polls is None:
            found.append(_names(scope))
        if scope.event_id is not None:
            found += [_attendees(scope.event_id), _registrations(scope.event_id)]
    return found


def _listed(name: str, columns: Sequence[str], rows: list[Row]) -> Table:
    return Table(name, columns, len(rows), lambda: rows)


def _seen(scope: Scope) -> list[Poll]:
    polls = polls_of(scope.titles) if scope.polls is None else scope.polls
    return [poll for poll in polls if may_see_poll(poll, is_moderator=scope.asked.hidden)]


def _polls(scope: Scope, polls: Iterable[Poll]) -> Table:
    titles = scope.titles
    return _listed(
        "polls", POLLS, [row for poll in polls for row in _of_poll(scope, poll, titles[poll.session_id])]
    )


def _of_poll(scope: Scope, poll: Poll, title: str) -> Iterator[Row]:
    options = list(poll.options.all())
    sees = may_see_tally(poll, is_moderator=scope.asked.hidden, has_voted=False)
    counts = [option.count for option in options]
    shares = whole_shares(counts, poll.ballots, single=poll.kind == Poll.Kind.SINGLE)
    head = (title, poll.number, poll.round, poll.question, poll.kind, poll.state, poll.ballots)
    for option, share in zip(options, shares, strict=True):
        yield (
            (*head, option.text, option.count, share, SHOWN)
            if sees
            else (*head, option.text, None, None, HIDDEN)
        )


def _questions(scope: Scope) -> Table:
    states = Question.State.values if scope.asked.hidden else PUBLIC
    titles = scope.titles
    rows: list[Row] = [
        (titles[q.session_id], q.text, q.state, q.votes, time_text(q.asked_at), q.answer)
        for q in questions_of(titles)
        if q.state in states and q.merged_into_id is None
    ]
    return _listed("questions", ("session", "question", "state", "votes", "asked_at", "answer"), rows)


def _follow_ups(scope: Scope) -> Table:
    titles = scope.titles
    rows: list[Row] = [
        (
            titles[found.line.session_id],
            found.line.title,
            found.line.announced_line,
            found.line.state,
            found.count,
        )
        for found in lines_of(titles)
    ]
    return _listed("follow_ups", ("session", "title", "announced_line", "state", "names"), rows)


def _sessions(scope: Scope) -> Table:
    came = dict(
        Session.objects.filter(pk__in=scope.titles)
        .annotate(came=Count("attendances"))
        .values_list("pk", "came")
    )
    rows: list[Row] = [
        (one.title, one.day.number, time_text(one.starts_at), one.minutes, one.state, came[one.pk])
        for one in scope.sessions
    ]
    return _listed("sessions", ("session", "day", "starts_at", "minutes", "state", "attended"), rows)


# --- people, where they are asked for


def _answers(scope: Scope, polls: Iterable[Poll]) -> Table:
    titles = scope.titles
    rows: list[Row] = []
    for poll in polls:
        if not poll.anonymous:
            texts = {option.pk: option.text for option in poll.options.all()}
            rows += [
                (
                    titles[poll.session_id],
                    poll.question,
                    poll.round,
                    answer.name,
                    answer.company,
                    texts[option],
                )
                for answer in named_answers(poll)
                for option in answer.options
            ]
    return _listed("answers", ("session", "question", "round", "name", "company", "option"), rows)


def _names(scope: Scope) -> Table:
    lines = {found.line.pk: found.line for found in lines_of(scope.titles)}
    titles = scope.titles
    rows: list[Row] = [
        (
            titles[lines[name.line_id].session_id],
            lines[name.line_id].title,
            name.name,
            name.company,
            name.source,
            "yes" if name.shown else "no",
            contact_of(name, scope.today),
        )
        for name in names_under(lines)
        if name.is_present
    ]
    return _listed(
        "sign_ups", ("session", "follow_up", "name", "company", "from", "agreed_to_be_shown", "email"), rows
    )


def _attendees(event_id: int) -> Table:
    found = Attendee.objects.filter(event=event_id).order_by("pk")
    columns = ("name", "company", "country", "joined_at")

    def rows() -> Iterator[Row]:
        for name, company, country, joined_at in found.values_list(*columns).iterator(chunk_size=CHUNK):
            yield name, company, country, time_text(joined_at)

    return Table("attendees", columns, found.count(), rows)


def _registrations(event_id: int) -> Table:
    found = Registration.objects.filter(event=event_id).order_by("pk")
    read = ("name", "email", "company", "country", "registered_at", "link_revoked_at", "pk")
    columns = (*read[:-2], "personal_link")

    def rows() -> Iterator[Row]:
        for *said, registered_at, revoked_at, pk in found.values_list(*read).iterator(chunk_size=CHUNK):
            link = "" if revoked_at else f"{settings.PUBLIC_URL}{personal_link(pk)}"
            yield *said, time_text(registered_at), link

    return Table("registrations", columns, found.count(), rows)
