"""Queries about polls and ballots."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass
from opendev.core.errors import NotAllowed, NotFound
from polls import ballot_store, written_store
from polls.ballot_store import OwnRow
from polls.kinds import DEFAULT, Kind, kind_named
from polls.models import Option, Poll, Selection
from polls.permissions import OVER
from polls.written_store import Written
from sessions.attendees.models import Attendee

MARK_BYTES = ballot_store.MARK_BYTES


class Mine(NamedTuple):
    """A voter's own answer: `options` is None if none is known, also if it was given on another device.

    If answers are written, `options` are the answers that the voter's words count as, and `own` the words as they were
    written: (the kind's field, its value). `values` are the options' values, in their order; their meaning depends on
    the kind.
    """

    voted: bool
    options: tuple[int, ...] | None
    seq: int
    own: tuple[str, Any] | None = None
    kind: str = DEFAULT
    values: tuple[int | None, ...] = ()


NOT_VOTED = Mine(voted=False, options=None, seq=0)


def mine_of(kind: str, selected: ballot_store.Selected, seq: int) -> Mine:
    """Return the answer in a ballot with these selections."""
    return _mine_of(kind, tuple(selected.items()), seq)


@lru_cache(maxsize=10_000)  # in a storm thousands of voters give the same few answers
def _mine_of(kind: str, selected: tuple[tuple[int, int | None], ...], seq: int) -> Mine:
    if not selected:
        return Mine(voted=False, options=None, seq=seq)
    by_option = dict(selected)
    options = kind_named(kind).chosen(by_option)
    values = tuple([by_option[option] for option in options])
    return Mine(voted=True, options=options, seq=seq, kind=kind, values=values)


def mine_with_other(
    kind: str,
    selected: ballot_store.Selected,
    seq: int,
    other: int,
    written: Collection[int],
    texts: Sequence[str],
) -> Mine:
    """Return the answer in a ballot in which some options are `written`: they count as "Other", with their words."""
    picked = {option: value for option, value in selected.items() if option not in written}
    mine = mine_of(kind, {**picked, **({other: None} if written else {})}, seq)
    return mine._replace(own=("other", " / ".join(texts))) if written else mine


def ballot_key(poll: Poll, attendee_id: int, secret: bytes) -> bytes:
    """Return the key under which a ballot is stored: SHA-256(poll id, attendee, ballot secret), 32 bytes.

    It includes the attendee, so that a secret only opens its owner's ballot, even if two people chose the same one.
    Polls that were launched before this rule keep their keys. In a named poll the attendee replaces the secret: the
    ballot is the attendee's, from any device.
    """
    if not poll.anonymous:
        owner = b"attendee:%d" % attendee_id
    elif poll.key_names_attendee:
        owner = b"attendee:%d:secret:" % attendee_id + secret
    else:
        owner = b"secret:" + secret
    return hashlib.sha256(poll.pk.to_bytes(8, "big") + owner).digest()


def participation_mark(mark_key: bytes, attendee_id: int) -> bytes:
    """Return the mark that an attendee took part: HMAC(the poll's mark key, attendee id), 16 bytes."""
    return hmac.digest(mark_key, b"%d" % attendee_id, "sha256")[:MARK_BYTES]


def own_of_texts(kind: Kind, texts: Sequence[str]) -> tuple[str, Any] | None:
    """Return `Mine.own` for a voter's words."""
    if not texts:
        return None
    value = kind.own_answer(texts)
    return kind.field, tuple(value) if isinstance(value, list) else value


AS_USUAL = -1  # as many answers as the kind reads at once


class WrittenOptions(list[Written]):
    """The written answers in a poll that everybody may read, the most frequent first.

    Attributes:
        different: the total number of such answers.
        waiting: how many wait for a moderator's approval.
        hidden: how many moderators, or the event's list, hid.
        told: as many of them as fit into one message (polls/serializers.py).
        values: (text, count) of all answers, if the kind reads all and shows something instead of them.
    """

    different = waiting = hidden = 0
    told: Sequence[Written] | None = None
    values: Sequence[tuple[str, int]] = ()


class WithOther(list[Option]):
    """A moderator's options including "Other", and what people wrote for it."""

    def __init__(self, options: Iterable[Option], written: WrittenOptions) -> None:
        super().__init__(options)
        self.written = written


def has_written(poll: Poll) -> bool:
    """Return True if people write the answers of a poll, or write for its "Other"."""
    return poll.has_other or kind_named(poll.kind).is_written


def written_of(poll: Poll, *, most: int | None = AS_USUAL) -> WrittenOptions:
    """Return the written answers in a poll, or what its kind shows instead.

    Args:
        most: the maximum number of answers, None for all; by default the kind's own limit.
    """
    if poll.state == Poll.State.DRAFT:
        return WrittenOptions()
    kind = kind_named(poll.kind)
    limit = kind.most_read if most == AS_USUAL or kind.most_read is None else most
    answers = written_store.shown_answers(poll.pk, most=limit)
    values = [(answer.text, answer.count) for answer in answers]
    bins = kind.told(poll.rules, values)
    options = WrittenOptions(
        answers if bins is None else [Written(place, *answer) for place, answer in enumerate(bins)]
    )
    options.values = values if bins is not None else ()
    states = written_store.answers_by_state(poll.pk)
    options.different = states.get(Option.State.SHOWN, 0)
    options.waiting = states.get(Option.State.WAITING, 0)
    options.hidden = states.get(Option.State.HIDDEN, 0) + states.get(Option.State.BLOCKED, 0)
    return options


def shown_answers_among(option_ids: Collection[int]) -> set[int]:
    """Return the given written answers that everybody may still read."""
    answers = Option.objects.filter(pk__in=option_ids, state=Option.State.SHOWN, merged_into=None)
    return set(answers.values_list("pk", flat=True))


def options_of(poll: Poll, *, most: int | None = AS_USUAL) -> Sequence[Option | Written]:
    """Return a poll's options in order: those of its moderator, or the written answers, the most frequent first."""
    if kind_named(poll.kind).is_written:
        return written_of(poll, most=most)
    options = list(poll.options.all())
    return WithOther(options, written_of(poll, most=most)) if poll.has_other else options


def moderators_options(poll: Poll) -> list[Option]:
    """Return the options that moderators wrote, read again, in order."""
    return list(Option.objects.filter(poll=poll, position__isnull=False).order_by("position"))


def fresh_options(poll: Poll) -> Sequence[Option | Written]:
    """Return a poll's options like `options_of`, but read again."""
    if kind_named(poll.kind).is_written:
        return written_of(poll)
    options = moderators_options(poll)
    return WithOther(options, written_of(poll)) if poll.has_other else options


def _with_options(polls: QuerySet[Poll]) -> QuerySet[Poll]:
    moderators = Option.objects.filter(position__isnull=False).order_by("position")
    return polls.prefetch_related(Prefetch("options", queryset=moderators))


def polls_of(session_ids: Iterable[int]) -> list[Poll]:
    """Return the sessions' polls with their options, in running order, in two queries."""
    return list(
        _with_options(Poll.objects.filter(session__in=list(session_ids))).order_by("position", "round", "pk")
    )


def poll_by_id(poll_id: int, *, session_id: int | None = None) -> Poll:
    """Return the poll with its options and its session.

    Raises:
        NotFound: it does not exist, or belongs to another session.
    """
    found = _with_options(Poll.objects.filter(pk=poll_id).select_related("session")).first()
    if found is None or session_id not in {None, found.session_id}:
        raise NotFound
    return found


def round_before(poll: Poll) -> Poll | None:
    """Return the previous round that is over, with its options, or None."""
    rounds = Q(pk=poll.first_round_id) | Q(rerun_of=poll.first_round_id)
    earlier = Poll.objects.filter(rounds, round__lt=poll.round, kind=poll.kind, state__in=OVER)
    return _with_options(earlier).order_by("-round").first() if poll.round > 1 else None


def poll_versions(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return (session id, poll id, version) of every poll of the sessions."""
    return list(Poll.objects.filter(session__in=list(session_ids)).values_list("session_id", "pk", "version"))


def own_answer(attendee: AttendeePass | None, poll: Poll, *, secret: bytes | None = None) -> Mine:
    """Return the attendee's own answer to one poll; `secret` is the client's own ballot secret, if any."""
    if attendee is None:
        return NOT_VOTED
    return own_answers([(attendee, [poll.pk], secret)])[0][poll.pk]


def own_answers(
    wanted: Sequence[tuple[AttendeePass, Sequence[int], bytes | None]],
    *,
    polls: Mapping[int, Poll] | None = None,
) -> list[dict[int, Mine]]:
    """Return for each (attendee, poll ids, own secret or None) the answers by poll id: three queries for all.

    Args:
        polls: the polls by id, if they are known already; this saves a query.
    """
    poll_ids = {poll_id for _attendee, ids, _secret in wanted for poll_id in ids}
    if polls is None:
        facts = Poll.objects.only("pk", "kind", "family", "anonymous", "key_names_attendee")
        polls = facts.in_bulk(poll_ids) if poll_ids else {}
    asked: list[dict[int, bytes]] = []
    for attendee, ids, secret in wanted:
        asked.append(
            {
                i: ballot_key(polls[i], attendee.attendee_id, secret or attendee.ballot_secret(i))
                for i in ids
                if i in polls
            }
        )
    rows, mark_keys = ballot_store.own_rows(list({pair for keys in asked for pair in keys.items()}))
    held: dict[tuple[int, bytes], list[OwnRow]] = {}
    for row in rows:
        held.setdefault((row.poll_id, row.key), []).append(row)
    marks = _marks_of_missing(wanted, asked, held.keys(), mark_keys)
    answers: list[dict[int, Mine]] = []
    for (attendee, ids, _secret), keys in zip(wanted, asked, strict=True):
        mine: dict[int, Mine] = {}
        for poll_id in ids:
            ballot = held.get((poll_id, keys.get(poll_id, b"")))
            if ballot:
                mine[poll_id] = _mine_in(polls[poll_id], ballot)
            else:
                elsewhere = (poll_id, attendee.attendee_id) in marks
                mine[poll_id] = NOT_VOTED._replace(voted=True) if elsewhere else NOT_VOTED
        answers.append(mine)
    return answers


def _mine_in(poll: Poll, ballot: Sequence[OwnRow]) -> Mine:
    """Return the voter's own answer from the rows of the ballot."""
    kind, seq = kind_named(poll.kind), ballot[0].seq
    chosen = {row.option_id: row.value for row in ballot if row.option_id is not None}
    others = {row.option_id for row in ballot if row.other is not None and row.option_id is not None}
    if others:
        other = next(row.other for row in ballot if row.other is not None)
        texts = [row.text for row in ballot if row.text is not None]
        return mine_with_other(poll.kind, chosen, seq, other, others, texts)
    if not kind.is_written:
        return mine_of(poll.kind, chosen, seq)
    answers = tuple(sorted({row.answer for row in ballot if row.answer is not None}))
    texts = sorted(row.text for row in ballot if row.text is not None)
    return Mine(bool(chosen), answers or None, seq, own_of_texts(kind, texts))


def _marks_of_missing(
    wanted: Sequence[tuple[AttendeePass, Sequence[int], bytes | None]],
    asked: Sequence[dict[int, bytes]],
    held: Collection[tuple[int, bytes]],
    mark_keys: Mapping[int, bytes],
) -> set[tuple[int, int]]:
    """Return the (poll id, attendee id) with a mark but without a ballot under the requested key."""
    by_mark = {
        (poll_id, participation_mark(mark_keys[poll_id], attendee.attendee_id)): (
            poll_id,
            attendee.attendee_id,
        )
        for (attendee, _ids, _secret), keys in zip(wanted, asked, strict=True)
        for poll_id, key in keys.items()
        if (poll_id, key) not in held and poll_id in mark_keys
    }
    return {by_mark[mark] for mark in ballot_store.marks_present(list(by_mark))}


def option_texts(poll: Poll) -> dict[int, str]:
    """Return the text of each option, and of each spelling that voters wrote; "" for hidden ones."""
    picked = {option.pk: option.text for option in poll.options.all()}
    if not has_written(poll):
        return picked
    rows = written_store.all_spellings(poll.pk)
    states = {row.id: row.state for row in rows}
    hidden = {Option.State.HIDDEN, Option.State.BLOCKED}
    return picked | {row.id: "" if states[row.merged_into or row.id] in hidden else row.text for row in rows}


class Moderated(NamedTuple):
    """An answer as moderators see it: with all its spellings, and the answers that were merged into it by hand."""

    pk: int
    text: str
    count: int  # type: ignore[assignment]  # like an option's
    state: str
    spellings: list[str]
    merged: list[str]
    is_picked: bool


_ORDER = [Option.State.WAITING, Option.State.SHOWN, Option.State.HIDDEN, Option.State.BLOCKED]


def moderated_answers(poll: Poll) -> list[Moderated]:
    """Return all written answers in a poll, waiting ones first, then the most frequent."""
    rows = written_store.all_spellings(poll.pk)
    groups: dict[int, list[written_store.Spelling]] = {}
    for row in sorted(rows, key=lambda row: (-row.count, row.id)):
        groups.setdefault(row.merged_into or row.id, []).append(row)
    moderated = []
    picked = set(Option.objects.filter(poll=poll, is_picked=True).values_list("pk", flat=True))
    for row in rows:
        if row.merged_into is None and row.total:
            others = [answer for answer in groups[row.id] if answer.text != row.shown_as and answer.count]
            own = [answer.text for answer in others if answer.key == row.key]
            merged = [answer.text for answer in others if answer.key != row.key]
            is_picked = row.id in picked
            moderated.append(Moderated(row.id, row.shown_as, row.total, row.state, own, merged, is_picked))
    return sorted(
        moderated, key=lambda answer: (_ORDER.index(Option.State(answer.state)), -answer.count, answer.pk)
    )


def promoted_words(poll: Poll) -> list[tuple[str, str]]:
    """Return the options that were made from people's words, each with the words and how many wrote them."""
    options = Option.objects.filter(poll=poll, written__isnull=False).order_by("position")
    return [
        (option.text, ", ".join(f"{text} ({count})" for text, count in (option.written or {}).items()))
        for option in options
    ]


def blocked_words(event_id: int) -> list[str]:
    """Return the words that are never shown at an event."""
    return sorted(written_store.blocked_texts(event_id))


class PollIsAnonymous(NotAllowed):
    code, message = "poll_is_anonymous", _("This poll is anonymous. Nobody can see who chose what.")


class NamedAnswer(NamedTuple):
    """What an attendee chose in a named poll; `name` and `company` are "" if none was given.

    `values` are the options' values, in their order, as in `Mine`.
    """

    attendee_id: int
    name: str
    company: str
    options: tuple[int, ...]
    values: tuple[int | None, ...]


def named_answers(poll: Poll) -> list[NamedAnswer]:
    """Return who chose what in a named poll, by name; people without a name last, and nobody who withdrew.

    Raises:
        PollIsAnonymous
    """
    if poll.anonymous:
        raise PollIsAnonymous
    chosen: dict[int, ballot_store.Selected] = {}
    rows = Selection.objects.filter(ballot__poll=poll).order_by("value", "option__position")
    for attendee_id, option_id, value in rows.values_list("ballot__attendee", "option_id", "value"):
        chosen.setdefault(attendee_id, {})[option_id] = value
    people = Attendee.objects.filter(pk__in=chosen).values_list("pk", "name", "company")
    answers = [
        NamedAnswer(pk, name, company, tuple(chosen[pk]), tuple(chosen[pk].values()))
        for pk, name, company in people
    ]
    return sorted(answers, key=lambda answer: (not answer.name, answer.name.casefold(), answer.attendee_id))
