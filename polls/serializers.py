"""The public JSON of polls, built for an audience. What an audience may not see is not in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from opendev.core.groups import EVERYBODY
from opendev.core.text import time_text
from opendev.core.undo import undo_window
from polls.kinds import Counted, Tally, kind_named
from polls.models import Option, Poll
from polls.permissions import VOTED, close_shows_something_new, may_see_poll, may_see_tally
from polls.selectors import Mine
from sessions.programme.permissions import MODERATORS


def undo_until(poll: Poll) -> datetime | None:
    """Return until when the last act can be taken back, or None where it cannot."""
    since: datetime | None = None
    match poll.state:
        case Poll.State.LIVE if poll.ballots == 0:
            since = poll.launched_at
        case Poll.State.CLOSED if not (
            close_shows_something_new(poll) or poll.finalised_at or poll.published_at
        ):
            since = poll.closed_at
        case Poll.State.PUBLISHED:
            since = poll.published_at
    return since and since + undo_window()


def poll_json(poll: Poll, options: Sequence[Option], audience: str) -> dict[str, Any] | None:
    """Return the poll for one audience, without anybody's own answer; None where it does not exist for them."""
    is_moderator = audience == MODERATORS
    if not may_see_poll(poll, is_moderator=is_moderator):
        return None
    sees = may_see_tally(poll, is_moderator=is_moderator, has_voted=audience == VOTED)
    body: dict[str, Any] = {
        "id": str(poll.pk),
        "session": str(poll.session_id),
        "question": poll.question,
        "kind": poll.kind,
        "min": poll.min,
        "max": poll.max,
        "anonymous": poll.anonymous,
        "may_change": poll.may_change,
        "visibility": poll.visibility,
        "state": poll.state,
        "number": poll.number,
        "round": poll.round,
        "version": poll.version,
        "launched_at": time_text(poll.launched_at),
        "closes_at": time_text(poll.closes_at),
        "ballots": poll.ballots,
        "options": [_option_json(poll, option, sees=sees) for option in options],
    }
    if poll.rules:
        body["rules"] = poll.rules
    if sees and (result := kind_named(poll.kind).result(tally_of(poll, options))) is not None:
        body["result"] = result
    if poll.reworded:
        body["reworded"] = poll.reworded
    if is_moderator:
        body["undo_until"] = time_text(undo_until(poll))
    return body


def _option_json(poll: Poll, option: Option, *, sees: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(option.pk), "text": option.text}
    if (value := kind_named(poll.kind).value_of(poll.rules, option.position)) is not None:
        body["value"] = value
    if sees:
        body["count"] = option.count
    return body


def tally_of(poll: Poll, options: Sequence[Option]) -> Tally:
    """Return what the poll's kind makes a result of."""
    value_of = kind_named(poll.kind).value_of
    counted = [
        Counted(option.text, option.count, value_of(poll.rules, option.position)) for option in options
    ]
    return Tally(poll.rules, poll.ballots, counted)


def mine_json(mine: Mine) -> dict[str, Any]:
    """Return one's own answer: `{voted, options|null, seq}`."""
    options = None if mine.options is None else [str(option) for option in mine.options]
    return {"voted": mine.voted, "options": options, "seq": mine.seq}


def audience_of(*, is_moderator: bool, mine: Mine) -> str:
    """Return the audience that a person belongs to for a poll."""
    return MODERATORS if is_moderator else VOTED if mine.voted else EVERYBODY
