"""Locks on polls: batches of votes share them, everything else takes them exclusively (docs/adr/0066).

SQLite has one writer at a time, so nothing is locked there. On PostgreSQL each poll has an advisory lock, which batches
share and any other change takes exclusively. Unlike row locks, advisory locks are granted in the order of the
requests, so that a close never waits for the end of a storm (measured: with shared/exclusive row locks, later
batches overtake it). Below it, the row's own lock decides which batch writes the stored tally.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from polls.kinds import Family
from polls.models import Poll
from polls.statements import Statement, among, ids_as_text, is_sqlite, rows_of, rows_of_all

SPACE = 0x706F6C6C  # "poll": keeps these keys apart from other advisory locks of ours
FIELDS = [field.attname for field in Poll._meta.concrete_fields]
SELECT = (
    f"SELECT s.event_id AS event, {', '.join(f'p.{name}' for name in FIELDS)}"  # noqa: S608  # our own words
    " FROM polls_poll p JOIN opendev_sessions_session s ON s.id = p.session_id WHERE p.id"
)
ALONE = "pg_advisory_xact_lock"
KEEP = " FOR NO KEY UPDATE OF p"  # the row's lock: its holder may write the stored tally
KEEP_IF_FREE = f"{KEEP} SKIP LOCKED"


class MustWait(Exception):
    """Another batch writes the stored tally of a poll whose batches cannot run in parallel."""


class Locked(NamedTuple):
    """A poll in a batch: with its event, whose attendees may vote, and whether the batch may write its stored tally."""

    poll: Poll
    event_id: int
    is_kept: bool


def lock_polls(poll_ids: Collection[int]) -> list[Locked]:
    """Lock polls exclusively for this transaction, always in the order of their ids."""
    if is_sqlite():
        return _read(poll_ids)
    _, rows = rows_of_all(_advisory(poll_ids, ALONE), _polls(poll_ids, KEEP))
    return [_locked(row, is_kept=True) for row in rows]


def share_polls(poll_ids: Collection[int]) -> list[Locked]:
    """Lock polls against everything but other batches; if no batch writes a poll's stored tally, this one may.

    Raises:
        MustWait: another batch has locked a poll whose votes change more than counts.
    """
    if is_sqlite():
        return _read(poll_ids)
    _, rows = rows_of_all(
        _advisory(poll_ids, "pg_advisory_xact_lock_shared"),
        _polls(poll_ids, KEEP_IF_FREE),
    )
    polls = [_locked(row, is_kept=True) for row in rows]
    if others := set(poll_ids) - {each.poll.pk for each in polls}:
        polls += [_locked(row, is_kept=False) for row in rows_of(*_polls(others, ""))]
    if not all(each.is_kept or _only_counts(each.poll) for each in polls):
        raise MustWait
    return polls


def _only_counts(poll: Poll) -> bool:
    """Return True if votes only change the counts of existing options."""
    return poll.family == Family.PICK and not poll.has_other


def free_polls(poll_ids: Collection[int]) -> list[Poll]:
    """Return the polls whose stored tallies nobody is writing; from here on this transaction may."""
    if is_sqlite():
        return [each.poll for each in _read(poll_ids)]
    return [_locked(row, is_kept=True).poll for row in rows_of(*_polls(poll_ids, KEEP_IF_FREE))]


def wait_for_batches(poll_ids: Collection[int]) -> None:
    """Wait until no batch has locked these polls, and let none start before this transaction ends."""
    if not is_sqlite():
        rows_of(*_advisory(poll_ids, ALONE))


def _read(poll_ids: Collection[int]) -> list[Locked]:
    statement = f"{SELECT} {among()} ORDER BY p.id"
    return [_locked(row, is_kept=True) for row in rows_of(statement, "", ids_as_text(poll_ids))]


def _advisory(poll_ids: Collection[int], function: str) -> Statement:
    statement = f"SELECT {function}(hashint8extended(p, {SPACE})) FROM unnest(%s::bigint[]) p"  # noqa: S608
    return "", statement, ids_as_text(sorted(poll_ids))


def _polls(poll_ids: Collection[int], lock: str) -> Statement:
    """Return the query for current polls: a separate statement, to see the commits that the lock waited for."""
    return "", f"{SELECT} {among()} ORDER BY p.id{lock}", ids_as_text(poll_ids)


def _locked(row: tuple[Any, ...], *, is_kept: bool) -> Locked:
    event_id, *values = row
    for at, column, converters in _converted(connection.vendor):
        for convert in converters:
            values[at] = convert(values[at], column, connection)
    return Locked(Poll.from_db("default", FIELDS, values), event_id, is_kept)


@cache  # as Django finds them for every query anew
def _converted(vendor: str) -> list[tuple[int, Any, list[Callable[[Any, Any, Any], Any]]]]:
    """Return which of a poll's fields a database gives in another form, and what makes each what it is."""
    columns = [field.get_col(Poll._meta.db_table) for field in Poll._meta.concrete_fields]
    converters = [
        connection.ops.get_db_converters(column) + column.get_db_converters(connection) for column in columns
    ]
    return [(at, columns[at], each) for at, each in enumerate(converters) if each]
