"""The exported tables of polls, questions, follow-ups and sessions; people only on request.

Without `hidden` a table only has what everybody may see, so that a file can be passed on. With it, moderators get what
they see in the control room. `people` adds names and addresses, as far as the caller may read them elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from django.conf import settings
from django.db.models import Count

from polls.kinds import Family, Kind, kind_named
from polls.kinds.shares import whole_shares
from polls.models import Option, Poll
from polls.permissions import may_see_poll, may_see_tally
from polls.selectors import WithOther, named_answers, option_texts, options_of, polls_of
from polls.serializers import tally_of
from sessions.attendees.models import Attendee
from sessions.follow_ups.selectors.lines import contact_of, lines_of, names_under
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.questions.permissions import PUBLIC
from sessions.questions.selectors import questions_of
from sessions.registrations.links import personal_link
from sessions.registrations.models import Registration
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import PUBLIC as SUGGESTED
from sessions.suggestions.selectors import suggestions_of

Cell = str | int | float | datetime | None
Row = Sequence[Cell]
CHUNK = 500  # rows read from the database at a time

FIGURES = ("place", "points", "first_places", "mean")  # of an option in some kinds, besides its count
POLLS = (
    *("session", "poll", "round", "question", "kind", "state", "voted"),
    *("option", "votes", "share_percent", "result", "session_slug"),
    *("value", "summary", *FIGURES),
    *("right_answer", "right_votes", "own_words", "written_votes"),
)
SHOWN, HIDDEN = "shown", "hidden"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its name: its columns, the number of rows, the rows as they are read, and the zone of its times."""

    name: str
    columns: Sequence[str]
    count: int
    rows: Callable[[], Iterable[Row]]
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Asked:
    """Requested data beyond what everybody may see."""

    hidden: bool = False
    people: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of an export."""

    sessions: Sequence[Session]
    polls: Sequence[Poll] | None = None  # None: all of the sessions
    asked: Asked = Asked()
    event_id: int | None = None  # set if a whole event is exported
    today: date = date.min

    @property
    def titles(self) -> dict[int, str]:
        """The sessions' titles by id; parts of one topic are numbered."""
        return {session.pk: session.title_with_part for session in self.sessions}

    @property
    def slugs(self) -> dict[int, str]:
        """The slug of each session in its addresses: titles may be the same, these are not."""
        return {session.pk: session.slug for session in self.sessions}

    @property
    def zone(self) -> tzinfo:
        """The event's time zone."""
        return self.sessions[0].event.zone if self.sessions else UTC

    def table(self, name: str, columns: Sequence[str], rows: list[Row]) -> Table:
        """Return a table of rows that have been read already."""
        return Table(name, columns, len(rows), lambda: rows, self.zone)


def tables_of(scope: Scope) -> list[Table]:
    """Return the tables of a scope; for a poll only its own."""
    polls = _seen(scope)
    found = [_polls(scope, polls)]
    if scope.polls is None:
        found += [_questions(scope), _follow_ups(scope), _suggestions(scope), _sessions(scope)]
    if scope.asked.people:
        found.append(_answers(scope, polls))
        if scope.polls is None:
            found.append(_names(scope))
        if scope.event_id is not None:
            found += [_attendees(scope.event_id, scope.zone), _registrations(scope.event_id, scope.zone)]
    return found


def _seen(scope: Scope) -> list[Poll]:
    polls = polls_of(scope.titles) if scope.polls is None else scope.polls
    return [poll for poll in polls if may_see_poll(poll, is_moderator=scope.asked.hidden)]


def _polls(scope: Scope, polls: Iterable[Poll]) -> Table:
    return scope.table("polls", POLLS, [row for poll in polls for row in _of_poll(scope, poll)])


def _of_poll(scope: Scope, poll: Poll) -> Iterator[Row]:
    options = options_of(poll, most=None)
    sees = may_see_tally(poll, is_moderator=scope.asked.hidden, has_voted=False)
    title, slug = scope.titles[poll.session_id], scope.slugs[poll.session_id]
    kind, tally = kind_named(poll.kind), tally_of(poll, options)
    shares = whole_shares([option.count for option in options], poll.ballots, single=poll.single)
    summary = kind.note_of(tally) if sees else ""
    head = (title, poll.number, poll.round, poll.question, poll.kind, poll.state, poll.ballots)
    nothing = [None] * len(FIGURES)
    right = _right_of(poll, kind, len(options))
    right_votes = poll.right_count if sees else None
    if kind.is_written and not (sees and options):  # the written answers are the tally
        [revealed] = _right_of(poll, kind, 1)
        shown = SHOWN if sees else HIDDEN
        yield (*head, "", None, None, shown, slug, None, "", *nothing, revealed, right_votes, None, None)
        return
    figures = kind.figures(tally) if sees and kind.family == Family.WEIGH else [{}] * len(options)
    for option, share, more, is_right in zip(options, shares, figures, right, strict=True):
        result = (option.count, share, SHOWN) if sees else (None, None, HIDDEN)
        own = (more.get(name) for name in FIGURES)
        value = kind.value_of(poll.rules, option.position or 0)
        wrote = option.wrote_it if sees and isinstance(option, Option) and option.written else None
        rest = (slug, value, summary, *own, is_right, right_votes, None, wrote)
        yield (*head, option.text, *result, *rest)
    if sees and isinstance(options, WithOther):
        for answer in options.written:
            rest = (slug, None, summary, *nothing, None, right_votes, "yes", None)
            yield (*head, answer.text, answer.count, None, SHOWN, *rest)


def _right_of(poll: Poll, kind: Kind, options: int) -> list[Cell]:
    """Return for each option, once it was revealed, "yes" or "no", its right place, or the right number; else None.

    A file can be passed on, so before that there is nothing, even if moderators ask for hidden results.
    """
    if poll.right_revealed_at is None or not poll.right_answer:
        return [None] * options
    if kind.is_written:
        return [poll.right_answer[0]] * options
    places = {place: at for at, place in enumerate(poll.right_answer, 1)}
    if kind.has_places:
        return [places.get(place) for place in range(1, options + 1)]
    return ["yes" if place in places else "no" for place in range(1, options + 1)]


def _questions(scope: Scope) -> Table:
    states = Question.State.values if scope.asked.hidden else PUBLIC
    titles, slugs = scope.titles, scope.slugs
    rows: list[Row] = [
        (titles[q.session_id], q.text, q.state, q.votes, q.asked_at, q.answer, slugs[q.session_id])
        for q in questions_of(titles)
        if q.state in states and q.merged_into_id is None
    ]
    columns = ("session", "question", "state", "votes", "asked_at", "answer", "session_slug")
    return scope.table("questions", columns, rows)


def _follow_ups(scope: Scope) -> Table:
    titles, slugs = scope.titles, scope.slugs
    rows: list[Row] = [
        (
            titles[found.line.session_id],
            found.line.title,
            found.line.announced_line,
            found.line.state,
            found.count,
            slugs[found.line.session_id],
        )
        for found in lines_of(titles)
    ]
    columns = ("session", "title", "announced_line", "state", "names", "session_slug")
    return scope.table("follow_ups", columns, rows)


def _suggestions(scope: Scope) -> Table:
    states = Suggestion.State.values if scope.asked.hidden else SUGGESTED
    titles, slugs = scope.titles, scope.slugs
    rows: list[Row] = [
        (titles[s.session_id], s.title, s.state, s.supporters, s.suggested_at, slugs[s.session_id])
        for s in suggestions_of(titles)
        if s.state in states
    ]
    columns = ("session", "title", "state", "supporters", "suggested_at", "session_slug")
    return scope.table("suggestions", columns, rows)


def _sessions(scope: Scope) -> Table:
    came = dict(
        Session.objects.filter(pk__in=scope.titles)
        .annotate(came=Count("attendances"))
        .values_list("pk", "came")
    )
    titles = scope.titles
    rows: list[Row] = [
        (titles[one.pk], one.day.number, one.starts_at, one.minutes, one.state, came[one.pk], one.slug)
        for one in scope.sessions
    ]
    columns = ("session", "day", "starts_at", "minutes", "state", "attended", "session_slug")
    return scope.table("sessions", columns, rows)


# --- people, on request


def _answers(scope: Scope, polls: Iterable[Poll]) -> Table:
    titles, slugs = scope.titles, scope.slugs
    rows: list[Row] = []
    for poll in polls:
        if not poll.anonymous:
            texts = option_texts(poll)
            rows += [
                (
                    titles[poll.session_id],
                    poll.question,
                    poll.round,
                    answer.name,
                    answer.company,
                    texts[option],
                    slugs[poll.session_id],
                    value,
                )
                for answer in named_answers(poll)
                for option, value in zip(answer.options, answer.values, strict=True)
            ]
    columns = ("session", "question", "round", "name", "company", "option", "session_slug", "value")
    return scope.table("answers", columns, rows)


def _names(scope: Scope) -> Table:
    lines = {found.line.pk: found.line for found in lines_of(scope.titles)}
    titles, slugs = scope.titles, scope.slugs
    rows: list[Row] = [
        (
            titles[lines[name.line_id].session_id],
            lines[name.line_id].title,
            name.name,
            name.company,
            name.source,
            "yes" if name.shown else "no",
            contact_of(name, scope.today),
            slugs[lines[name.line_id].session_id],
        )
        for name in names_under(lines)
        if name.is_present
    ]
    columns = (
        "session",
        "follow_up",
        "name",
        "company",
        "from",
        "agreed_to_be_shown",
        "email",
        "session_slug",
    )
    return scope.table("sign_ups", columns, rows)


def _attendees(event_id: int, zone: tzinfo) -> Table:
    found = Attendee.objects.filter(event=event_id).order_by("pk")
    columns = ("name", "company", "country", "joined_at")

    def rows() -> Iterator[Row]:
        yield from found.values_list(*columns).iterator(chunk_size=CHUNK)

    return Table("attendees", columns, found.count(), rows, zone)


def _registrations(event_id: int, zone: tzinfo) -> Table:
    found = Registration.objects.filter(event=event_id).order_by("pk")
    read = ("name", "email", "company", "country", "registered_at", "link_revoked_at", "pk")
    columns = (*read[:-2], "personal_link")

    def rows() -> Iterator[Row]:
        for *said, registered_at, revoked_at, pk in found.values_list(*read).iterator(chunk_size=CHUNK):
            link = "" if revoked_at else f"{settings.PUBLIC_URL}{personal_link(pk)}"
            yield *said, registered_at, link

    return Table("registrations", columns, found.count(), rows, zone)
