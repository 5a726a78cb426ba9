"""The statements of a vote's hot path, for both databases: one statement per table and batch.

Measured (docs/adr/0003): the ORM's bulk calls cost 160 microseconds per vote, `executemany` 60, these 43. The rules
are not here but in services/ballots.py; a test compares the resulting tables with the ORM's view.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from polls import pending_store
from polls.models import Option, Poll
from polls.pending_store import Pending
from polls.statements import Statement, among, ids_as_text, is_sqlite, rows_of, rows_of_all, run, table_of

KEY_BYTES = 32
MARK_BYTES = 16
POLL_BITS, RANDOM_BITS = 15, 48


class StoredBallot(NamedTuple):
    """A ballot as the batch needs it."""

    id: int
    poll_id: int
    key: bytes
    seq: int


class NewBallot(NamedTuple):
    """A ballot to insert."""

    id: int
    poll_id: int
    single: bool
    key: bytes
    seq: int
    attendee_id: int | None


def row_keys_in(poll_id: int, count: int) -> list[int]:
    """Return numbers for this many ballots: the last 15 bits of their poll's id, then 48 random ones.

    A poll's rows are together, so that a batch touches few pages however many ballots there are in total, and their
    order does not reveal when they arrived (docs/adr/0003). Among 100,000 ballots of a poll, two collide once in 50,000
    such polls; their batch is then tried again, with other numbers.
    """
    size, first = RANDOM_BITS // 8, (poll_id % (1 << POLL_BITS)) << RANDOM_BITS
    drawn = secrets.token_bytes(size * count)  # one system call for all
    return [first | int.from_bytes(drawn[at : at + size], "big") for at in range(0, size * count, size)]


Selected = dict[int, int | None]  # the options of a ballot, each with its value, which only some polls have


class NewSelection(NamedTuple):
    """A selection to insert."""

    ballot_id: int
    option_id: int
    poll_id: int
    single: bool
    value: int | None = None


def _without_pass(attendee_ids: Collection[int]) -> Statement:
    """Return the query for which of these are gone, or have a pass that was revoked (sessions/attendees/selectors.py).

    Nearly always none are, so no rows travel.
    """
    words = (
        "SELECT {0} FROM {1} LEFT JOIN opendev_sessions_attendee a ON a.id = {0}"
        " LEFT JOIN opendev_sessions_revokedpass r ON r.attendee_id = {0}"
        " WHERE a.id IS NULL OR r.attendee_id IS NOT NULL"
    )
    sqlite, postgres = (
        words.format("j.value", "json_each(%s) j"),
        words.format("w.id", "unnest(%s::bigint[]) w(id)"),
    )
    return sqlite, postgres, ids_as_text(attendee_ids)


OPTION_FIELDS = [
    "id",
    "poll_id",
    "position",
    "text",
    "count",
    "weight",
    "above",
    "is_other",
    "written",
]  # what a vote needs of a moderator's option
OPTION_COLUMNS = ", ".join(OPTION_FIELDS)


class Judged(NamedTuple):
    """What is needed to check the votes of a batch, and what has to be added to the tallies that it writes."""

    options: list[Option]  # written by moderators, in the order of each poll
    mark_keys: dict[int, bytes]  # of polls that have one: anonymous, launched, not finalised
    strangers: frozenset[int]  # those who do not exist any more, or whose pass was revoked
    pending: dict[int, Pending]  # by poll, removed from the table


def judged_by(poll_ids: Collection[int], attendee_ids: Collection[int], kept_ids: Collection[int]) -> Judged:
    """Return what is needed to check votes of these attendees in these polls, which are locked, in one round trip.

    For polls whose stored tallies this transaction writes, pending counts are removed from their table.
    """
    statement = (
        f"SELECT {OPTION_COLUMNS} FROM polls_option WHERE poll_id {among()}"  # noqa: S608  # our own words
        " AND position IS NOT NULL ORDER BY position"
    )
    options, keys, strangers, *taken = rows_of_all(
        (statement, statement, ids_as_text(poll_ids)),
        _keys_of(poll_ids),
        _without_pass(attendee_ids),
        *([] if is_sqlite() else [pending_store.taken_out(kept_ids)]),
    )
    return Judged(
        [_option(row) for row in options],
        {poll: bytes(key) for poll, key in keys},
        frozenset(row[0] for row in strangers),
        pending_store.by_poll(row for rows in taken for row in rows),
    )


def _option(row: tuple[Any, ...]) -> Option:
    option = Option.from_db(connection.alias, OPTION_FIELDS, row)
    for name in ("above", "written"):
        if (text := getattr(option, name)) is not None:
            setattr(option, name, json.loads(text))  # both databases return its text
    return option


def _keys_of(poll_ids: Collection[int], columns: str = "k.poll_id, k.key") -> Statement:
    return (
        f"SELECT {columns} FROM json_each(%s) j CROSS JOIN polls_markkey k ON k.poll_id = j.value",  # noqa: S608
        f"SELECT {columns} FROM polls_markkey k WHERE k.poll_id = ANY(%s::bigint[])",  # noqa: S608  # our words
        ids_as_text(poll_ids),
    )


BALLOT_COLUMNS = "b.id, b.poll_id, b.key, b.seq"


def ballots_and_marks(
    keys: Sequence[tuple[int, bytes]], marks: Sequence[tuple[int, bytes]]
) -> tuple[list[StoredBallot], set[tuple[int, bytes]]]:
    """Return the ballots with these (poll id, key), and which of these (poll id, mark) are in the table."""
    if not marks:
        return ballots_by_key(keys), set()
    # Marks first: each of the two sees what was committed before it began. A mark whose ballot another worker
    # commits in between would look like somebody who voted on another device.
    present, ballots = rows_of_all(_present(marks), _by_key_locked(keys))
    return _stored(ballots), _marks(present)


def ballots_by_key(wanted: Sequence[tuple[int, bytes]]) -> list[StoredBallot]:
    """Return the ballots with these (poll id, key), locked, because another worker may change them at the same time."""
    return _stored(rows_of(*_by_key_locked(wanted))) if wanted else []


def _by_key_locked(wanted: Sequence[tuple[int, bytes]]) -> Statement:
    sqlite, postgres, given = _by_key(wanted)
    return sqlite, f"{postgres} ORDER BY b.id FOR NO KEY UPDATE OF b", given


def _stored(rows: Iterable[tuple[Any, ...]]) -> list[StoredBallot]:
    return [StoredBallot(row[0], row[1], bytes(row[2]), row[3]) for row in rows]


def _by_key(wanted: Sequence[tuple[int, bytes]], columns: str = BALLOT_COLUMNS) -> Statement:
    polls, keys = [poll for poll, _ in wanted], b"".join(key for _, key in wanted)
    return (
        f"SELECT {columns} FROM json_each(%s) j CROSS JOIN polls_ballot b"  # noqa: S608  # our own words
        " ON b.poll_id = j.value AND b.key = substr(%s, 1 + 32 * j.key, 32)",
        f"SELECT {columns} FROM unnest(%s::bigint[]) WITH ORDINALITY w(p, n)"  # noqa: S608
        " JOIN polls_ballot b ON b.poll_id = w.p AND b.key = substr(%s::bytea, 32 * w.n::int - 31, 32)",
        [*ids_as_text(polls), keys],
    )


def selections_of(ballot_ids: Sequence[int]) -> dict[int, Selected]:
    """Return {option id: value} by ballot id, for ballots that have any."""
    found: dict[int, Selected] = {}
    if ballot_ids:
        for ballot_id, option_id, value in rows_of(
            "SELECT s.ballot_id, s.option_id, s.value FROM json_each(%s) j CROSS JOIN polls_selection s"
            " ON s.ballot_id = j.value",
            "SELECT ballot_id, option_id, value FROM polls_selection WHERE ballot_id = ANY(%s::bigint[])",
            ids_as_text(ballot_ids),
        ):
            found.setdefault(ballot_id, {})[option_id] = value
    return found


class OwnRow(NamedTuple):
    """A selection of a ballot, or a ballot without any; if voters write, with the answer that it counts as."""

    ballot_id: int | None  # None: `key` is the poll's mark key
    poll_id: int
    key: bytes
    seq: int
    option_id: int | None
    value: int | None
    answer: int | None
    text: str | None
    other: int | None  # the poll's "Other", if its voter wrote an option of their own


OWN_COLUMNS = "b.id, b.poll_id, b.key, b.seq, s.option_id, s.value, COALESCE(o.merged_into_id, o.id), o.text,"
OWN_COLUMNS += (
    " CASE WHEN o.id IS NOT NULL THEN"
    " (SELECT x.id FROM polls_option x WHERE x.poll_id = b.poll_id AND x.is_other) END"
)
OWN_TABLES = (
    " LEFT JOIN polls_selection s ON s.ballot_id = b.id"
    " LEFT JOIN polls_option o ON o.id = s.option_id AND o.author_kind = 'voter'"
)
KEY_AS_OWN = "NULL, k.poll_id, k.key, NULL, NULL, NULL, NULL, NULL, NULL"


def own_rows(wanted: Sequence[tuple[int, bytes]]) -> tuple[list[OwnRow], dict[int, bytes]]:
    """Return the contents of the ballots with these (poll id, key), and the mark keys of their polls, in one query."""
    if not wanted:
        return [], {}
    sqlite, postgres, values = _by_key(wanted, OWN_COLUMNS)
    sqlite_keys, postgres_keys, polls = _keys_of({poll for poll, _ in wanted}, KEY_AS_OWN)
    both = f"{{}}{OWN_TABLES} UNION ALL {{}}"
    rows = rows_of(both.format(sqlite, sqlite_keys), both.format(postgres, postgres_keys), [*values, *polls])
    found = [OwnRow(row[0], row[1], bytes(row[2]), *row[3:]) for row in rows]
    keys = {row.poll_id: row.key for row in found if row.ballot_id is None}
    return [row for row in found if row.ballot_id is not None], keys


def marks_present(wanted: Sequence[tuple[int, bytes]]) -> set[tuple[int, bytes]]:
    """Return which of these (poll id, mark) are in the table."""
    return _marks(rows_of(*_present(wanted))) if wanted else set()


def _marks(rows: Iterable[tuple[Any, ...]]) -> set[tuple[int, bytes]]:
    return {(poll, bytes(mark)) for poll, mark in rows}


def _present(wanted: Sequence[tuple[int, bytes]]) -> Statement:
    polls, marks = [poll for poll, _ in wanted], b"".join(mark for _, mark in wanted)
    return (
        "SELECT m.poll_id, m.mark FROM json_each(%s) j CROSS JOIN polls_participation m"
        " ON m.poll_id = j.value AND m.mark = substr(%s, 1 + 16 * j.key, 16)",
        "SELECT m.poll_id, m.mark FROM unnest(%s::bigint[]) WITH ORDINALITY w(p, n)"
        " JOIN polls_participation m ON m.poll_id = w.p AND m.mark = substr(%s::bytea, 16 * w.n::int - 15, 16)",
        [*ids_as_text(polls), marks],
    )


def insert_marks(marks: Sequence[tuple[int, bytes]]) -> None:
    """Insert participations."""
    if marks:
        polls, values = [poll for poll, _ in marks], b"".join(mark for _, mark in marks)
        run(
            "INSERT INTO polls_participation (poll_id, mark)"
            " SELECT value, substr(%s, 1 + 16 * key, 16) FROM json_each(%s)",
            "INSERT INTO polls_participation (poll_id, mark)"
            " SELECT p, substr(%s::bytea, 16 * n::int - 15, 16) FROM unnest(%s::bigint[]) WITH ORDINALITY w(p, n)",
            [values, *ids_as_text(polls)],
        )


def insert_ballots(ballots: Sequence[NewBallot]) -> None:
    """Insert ballots."""
    if ballots:
        keys = b"".join(b.key for b in ballots)
        rest = [(b.id, b.poll_id, b.single, b.seq, b.attendee_id) for b in ballots]
        run(
            "INSERT INTO polls_ballot (id, poll_id, single, seq, attendee_id, key)"
            " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, substr(%s, 1 + 32 * key, 32)"
            " FROM json_each(%s)",
            "INSERT INTO polls_ballot (id, poll_id, single, seq, attendee_id, key)"
            " SELECT i, p, o, s, a, substr(%s::bytea, 32 * n::int - 31, 32)"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::bigint[], %s::bigint[])"
            " WITH ORDINALITY w(i, p, o, s, a, n)",
            [keys, *table_of(rest)],
        )


def insert_selections(selections: Sequence[NewSelection]) -> None:
    """Insert selections."""
    if selections:
        run(
            "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value)"
            " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(%s)",
            "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::smallint[])",
            table_of(selections),
        )


def delete_selections(ballot_ids: Sequence[int]) -> None:
    """Empty these ballots."""
    if ballot_ids:
        run(
            "DELETE FROM polls_selection WHERE ballot_id IN (SELECT value FROM json_each(%s))",
            "DELETE FROM polls_selection WHERE ballot_id = ANY(%s::bigint[])",
            ids_as_text(ballot_ids),
        )


def set_seqs(seqs: Iterable[tuple[int, int]]) -> None:
    """Set (ballot id, seq)."""
    seqs = list(seqs)
    if seqs:
        run(
            "UPDATE polls_ballot SET seq = j.value ->> 1 FROM json_each(%s) j WHERE polls_ballot.id = j.value ->> 0",
            "UPDATE polls_ballot SET seq = w.seq FROM unnest(%s::bigint[], %s::bigint[]) w(id, seq)"
            " WHERE polls_ballot.id = w.id",
            table_of(seqs),
        )


def add_to_counts(changes: dict[int, int]) -> None:
    """Add to the stored tally: {option id: difference}."""
    changes = {option: difference for option, difference in changes.items() if difference}
    if changes:
        run(
            "UPDATE polls_option SET count = count + (j.value ->> 1) FROM json_each(%s) j"
            " WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET count = count + w.n FROM unnest(%s::bigint[], %s::bigint[]) w(id, n)"
            " WHERE polls_option.id = w.id",
            table_of(list(changes.items())),
        )


def set_weights(options: Sequence[Option]) -> None:
    """Store the sums of the ballots' values, and which options they put above which."""
    if options:
        rows = json.dumps([[option.pk, option.weight, option.above] for option in options])
        run(
            "UPDATE polls_option SET weight = j.value ->> 1, above = nullif(j.value -> 2, 'null') FROM json_each(%s) j"
            " WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET weight = (j ->> 1)::int, above = nullif(j -> 2, 'null')"
            " FROM jsonb_array_elements(%s::jsonb) j WHERE polls_option.id = (j ->> 0)::bigint",
            [rows],
        )


def set_poll_tally(poll: Poll) -> None:
    """Store the poll's number of ballots and its version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE polls_poll SET ballots = %s, version = %s WHERE id = %s",
            [poll.ballots, poll.version, poll.pk],
        )
