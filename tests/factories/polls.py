"""Polls in any state, and votes for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count

from opendev.core.attendance import AttendeePass
from opendev.core.errors import DomainError
from polls.kinds import DEFAULT, kind_named
from polls.models import Option, Poll, Selection
from polls.services import Recorded, Vote, add_poll, record_ballots, set_poll_state
from polls.services.reading import read_draft
from sessions.programme.models import Session
from tests.factories.sessions import NOW, make_session, organiser_of

WAY_TO = {
    "draft": (),
    "live": ("live",),
    "closed": ("live", "closed"),
    "published": ("live", "closed", "published"),
    "archived": ("live", "closed", "archived"),
}


def make_poll(
    session: Session | None = None,
    *,
    state: str = "live",
    options: Iterable[str] | None = ("a", "b", "c"),
    now: datetime = NOW,
    **rules: Any,
) -> Poll:
    """A poll that went the legal way to its state, all at `now`; `rules` as in the JSON of a poll."""
    if kind_named(rules.get("kind", DEFAULT)).is_written:
        options = None
    session = session or make_session()
    caller = organiser_of(session.event)
    given = {"question": "Which?", **rules}
    if options is not None:
        given["options"] = [{"text": text} for text in options]
    poll = add_poll(session_id=session.pk, caller=caller, draft=read_draft(given), now=now)
    for step in WAY_TO[state]:
        poll = set_poll_state(poll_id=poll.pk, caller=caller, state=step, now=now)
    poll.session = session
    return poll


def options_of(poll: Poll) -> dict[str, int]:
    """The ids of the poll's options by their texts."""
    return dict(poll.options.values_list("text", "pk"))


def vote_for(
    poll: Poll,
    attendee: AttendeePass,
    *texts: str,
    seq: int | None = None,
    at: datetime = NOW,
    secret: bytes | None = None,
) -> Vote:
    """A vote for the options with these texts; none: the answer is taken back."""
    ids = options_of(poll)
    return Vote(poll.pk, attendee, tuple(ids[text] for text in texts), at, seq, secret, withdraws=not texts)


def write_in(
    poll: Poll,
    attendee: AttendeePass,
    *texts: str,
    seq: int | None = None,
    at: datetime = NOW,
) -> Vote:
    """A vote of these words, in a poll whose answers are written; none: the answer is taken back."""
    field = kind_named(poll.kind).field
    return Vote(poll.pk, attendee, texts, at, seq, None, withdraws=not texts, field=field)


def record(*votes: Vote, now: datetime = NOW) -> list[str]:
    """Record a batch; for each vote what its ballot holds then ("a+b", "" when empty), or its refusal's code."""
    texts = dict(Option.objects.values_list("pk", "text"))

    def said(outcome: Recorded | DomainError) -> str:
        if isinstance(outcome, DomainError):
            return outcome.code
        if outcome.mine.own is not None:
            value = outcome.mine.own[1]
            return value if isinstance(value, str) else "+".join(value)
        return "+".join(texts[option] for option in outcome.mine.options or ())

    return [said(outcome) for outcome in record_ballots(votes, now).outcomes]


def as_tally(poll: Poll) -> dict[str, int]:
    """What the product says: the kept count of each option that has any, and of the ballots under ""."""
    kept = dict(poll.options.exclude(count=0).values_list("text", "count"))
    ballots = Poll.objects.values_list("ballots", flat=True).get(pk=poll.pk)
    return {**kept, **({"": ballots} if ballots else {})}


def votes_counted(poll: Poll) -> dict[str, int]:
    """The same, counted from the rows."""
    rows = Selection.objects.filter(poll=poll).values_list("option__text").annotate(Count("option"))
    ballots = Selection.objects.filter(poll=poll).values("ballot").distinct().count()
    return {**dict(rows), **({"": ballots} if ballots else {})}
