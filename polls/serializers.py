"""The public JSON of polls, built for an audience. It never contains anything that its audience may not see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from opendev.core.groups import EVERYBODY, encode
from opendev.core.text import time_text
from opendev.core.undo import undo_window
from polls.kinds import Counted, Family, Tally, kind_named
from polls.kinds.right_answers import count_line, right_line, right_share, right_words
from polls.models import Option, Poll
from polls.permissions import (
    VOTED,
    close_shows_something_new,
    may_see_poll,
    may_see_right_answer,
    may_see_tally,
)
from polls.selectors import Mine, WithOther, WrittenOptions
from polls.written_store import Written
from sessions.programme.permissions import MODERATORS

Options = Sequence[Option | Written]
MOST_BYTES = 11_000  # of written answers, in one message; this leaves room for the question and the rest


def undo_until(poll: Poll) -> datetime | None:
    """Return until when the last action can be undone, or None."""
    since: datetime | None = None
    match poll.state:
        case Poll.State.LIVE if poll.ballots == 0:
            since = poll.launched_at
        case Poll.State.CLOSED if not (
            close_shows_something_new(poll)
            or poll.finalised_at
            or poll.published_at
            or poll.right_revealed_at
        ):
            since = poll.closed_at
        case Poll.State.PUBLISHED:
            since = poll.published_at
    return since and since + undo_window()


def poll_json(poll: Poll, options: Options, audience: str) -> dict[str, Any] | None:
    """Return the poll for one audience, without anybody's own answer; None if it does not exist for them."""
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
        "options": _options_json(poll, options, sees=sees),
    }
    if poll.rules:
        body["rules"] = poll.rules
    if sees and (result := kind_named(poll.kind).result(tally_of(poll, options))) is not None:
        body["result"] = result
    if poll.right_answer and may_see_right_answer(poll, is_moderator=is_moderator):
        body["right_answer"] = right_json(poll, options, sees=sees)
    if poll.reworded:
        body["reworded"] = poll.reworded
    if poll.regrouped:
        body["regrouped"] = poll.regrouped
    if sees and isinstance(options, WithOther):
        body["other"] = {"answers": _answers_json(options.written), "different": options.written.different}
    return {**body, **_for_moderators(poll, options)} if is_moderator else body


def _for_moderators(poll: Poll, options: Options) -> dict[str, Any]:
    """Return the fields of a poll for moderators only."""
    body: dict[str, Any] = {"undo_until": time_text(undo_until(poll))}
    written = options.written if isinstance(options, WithOther) else options
    if isinstance(written, WrittenOptions):
        body["moderation"] = {"waiting": written.waiting, "hidden": written.hidden}
    return body


def told_poll(poll: Poll, options: Options) -> dict[str, Any]:
    """Return a webhook's payload about a poll: with the tally if everybody may see it, and without written answers."""
    sees = may_see_tally(poll, is_moderator=False, has_voted=False)
    of_poll = [] if isinstance(options, WrittenOptions) else options
    body: dict[str, Any] = {
        "id": str(poll.pk),
        "question": poll.question,
        "kind": poll.kind,
        "state": poll.state,
        "number": poll.number,
        "round": poll.round,
        "closed_at": time_text(poll.closed_at),
        "options": [
            {"id": str(option.pk), "text": option.text} | ({"count": option.count} if sees else {})
            for option in of_poll
        ],
    }
    if sees:
        body["ballots"] = poll.ballots
        if (result := kind_named(poll.kind).result(tally_of(poll, options))) is not None:
            body["result"] = result
    return body


def right_json(poll: Poll, options: Options, *, sees: bool) -> dict[str, Any]:
    """Return the right answer in the form of a vote, when it was revealed, and with the tally how many were right."""
    kind, right = kind_named(poll.kind), poll.right_answer or []
    body: dict[str, Any] = {"revealed_at": time_text(poll.right_revealed_at)}
    if kind.family is Family.WRITE:
        body[kind.field] = right[0]
    else:
        body[kind.field] = [str(options[place - 1].pk) for place in right]
    if sees and poll.right_count is not None:
        body |= {"count": poll.right_count, "share": right_share(poll.right_count, poll.ballots)}
    return body


def right_sentence(poll: Poll, options: Options) -> str:
    """Return the revealed right answer, and how many were right, in one line."""
    kind, texts = kind_named(poll.kind), [option.text for option in options]
    words = right_words(tuple(poll.right_answer or ()), kind, texts, poll.rules)
    return f"{right_line(kind, words)} {count_line(poll.right_count or 0, poll.ballots)}"


def _options_json(poll: Poll, options: Options, *, sees: bool) -> list[dict[str, Any]]:
    """Return the options; without written answers if the tally may not be seen, since they are the tally."""
    if not isinstance(options, WrittenOptions):
        return [_option_json(poll, option, sees=sees) for option in options]
    if not sees:
        return []
    return _answers_json(options)


def _answers_json(options: WrittenOptions) -> list[dict[str, Any]]:
    return [{"id": str(answer.pk), "text": answer.text, "count": answer.count} for answer in bounded(options)]


def bounded(options: WrittenOptions) -> Sequence[Written]:
    """Return as many of the answers, the most frequent first, as fit into one message."""
    if options.told is None:
        options.told = options[: _fitting(options)]
    return options.told


def _fitting(options: WrittenOptions) -> int:
    """Return how many of the answers fit into one message."""
    left = MOST_BYTES
    for place, answer in enumerate(options):
        text = answer.text if answer.text.isascii() else encode(answer.text)
        left -= len(text) + 50
        if left < 0:
            return place
    return len(options)


def _option_json(poll: Poll, option: Option | Written, *, sees: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(option.pk), "text": option.text}
    if (value := kind_named(poll.kind).value_of(poll.rules, option.position or 0)) is not None:
        body["value"] = value
    if sees:
        body["count"] = option.count
    if isinstance(option, Option) and option.is_other:
        body["other"] = True
    if sees and isinstance(option, Option) and option.written:
        body["written"] = option.wrote_it
    return body


def tally_of(poll: Poll, options: Options) -> Tally:
    """Return the data from which the poll's kind computes a result."""
    if isinstance(options, WrittenOptions):
        shown = [
            Counted(answer.text, answer.count, None, str(answer.pk), is_picked=answer.is_picked)
            for answer in bounded(options)
        ]
        right = tuple(poll.right_answer or ()) if poll.right_revealed_at else ()
        return Tally(poll.rules, poll.ballots, shown, options.different, options.values, right=right)
    moderators = [option for option in options if isinstance(option, Option)]
    value_of, keys = kind_named(poll.kind).value_of, [str(option.pk) for option in moderators]
    counted = [
        Counted(
            option.text,
            option.count,
            value_of(poll.rules, option.position or 0),
            str(option.pk),
            weight=option.weight,
            written=option.wrote_it,
            above=[(option.above or {}).get(key, 0) for key in keys] if poll.has_places else (),
        )
        for option in moderators
    ]
    return Tally(poll.rules, poll.ballots, counted)


def mine_json(mine: Mine) -> dict[str, Any]:
    """Return a voter's own answer: `{voted, options|null, seq}`, and the field in which its kind is sent."""
    options = None if mine.options is None else [str(option) for option in mine.options]
    body = {"voted": mine.voted, "options": options, "seq": mine.seq}
    if mine.own is not None:
        field, value = mine.own
        body[field] = value
    return body if options is None else {**body, **kind_named(mine.kind).mine(options, mine.values)}


def audience_of(*, is_moderator: bool, mine: Mine) -> str:
    """Return the audience that a person belongs to for a poll."""
    return MODERATORS if is_moderator else VOTED if mine.voted else EVERYBODY
