"""The statements of the vote's hot path, for both databases: one statement a table a batch.

Measured (docs/adr/0003): the ORM's bulk calls cost 160 microseconds a vote, `executemany` 60, these 43. The rules are
not here but in services/ballots.py; a test compares what stands in the tables afterwards with the ORM's view.

On SQLite a batch travels as one JSON array, on PostgreSQL as arrays in their text form, since psycopg writes a list an
item at a time; both beside one blob that holds all binary values end to end, cut in SQL. They are joined as pairs: with
`key = ANY(...)` PostgreSQL's planner, having no statistics yet for a fresh poll, reads the whole poll for every batch.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from django.db import connection

from polls.models import Option, Poll

KEY_BYTES = 32
MARK_BYTES = 16


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


class NewSelection(NamedTuple):
    """A selection to insert."""

    ballot_id: int
    option_id: int
    poll_id: int
    single: bool
    value: int | None = None


def is_sqlite() -> bool:
    """Return True on SQLite."""
    return connection.vendor == "sqlite"


@contextmanager
def sent_together() -> Iterator[None]:
    """Send statements without waiting for the answer of each; what one of them breaks is raised at the end.

    On PostgreSQL every wait gives the interpreter to the loop, and takes up to 5 ms to get it back in a storm.
    """
    if is_sqlite():
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


Value = int | bool | None
Selected = dict[int, int | None]  # the options of a ballot, each with its value, which only some polls have
Statement = tuple[str, str, list[Any]]  # the words for SQLite, those for PostgreSQL, and what either is given


def rows_of(sqlite: str, postgres: str, given: list[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)
        return list(cursor.fetchall())


def _run(sqlite: str, postgres: str, given: list[Any]) -> None:
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)


def execute(cursor: Any, sqlite: str, postgres: str, given: list[Any]) -> None:
    """Execute a statement in the words of this database."""
    cursor.execute(sqlite if is_sqlite() else postgres, given)


def ids_as_text(ids: Collection[int]) -> list[str]:
    """Return ids as this database takes them: a JSON array, or an array."""
    return [json.dumps(list(ids)) if is_sqlite() else _array(ids)]


def _table(rows: Sequence[Sequence[Value]]) -> list[str]:
    """Return rows as this database takes them: a JSON array of them, or an array a column."""
    return [json.dumps(rows)] if is_sqlite() else [_array(column) for column in zip(*rows, strict=True)]


def _array(values: Iterable[Value]) -> str:
    """Return a PostgreSQL array of whole numbers or truths in its text form."""
    texts = ["NULL" if value is None else str(value) for value in values]
    return f"{{{','.join(texts)}}}"


def _rows_of_all(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """Return the rows of statements that are sent together."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in statements]
        with sent_together():
            for cursor, statement in zip(cursors, statements, strict=True):
                execute(cursor, *statement)
        return [list(cursor.fetchall()) for cursor in cursors]


def lock_polls(poll_ids: Collection[int]) -> list[tuple[Poll, int]]:
    """Lock polls, always in the order of their ids; return each with its event, whose attendees may vote."""
    found: Any = Poll.objects.raw(
        "SELECT p.*, s.event_id AS event"  # noqa: S608  # our own words
        " FROM polls_poll p JOIN opendev_sessions_session s ON s.id = p.session_id"
        f" WHERE p.id {_among()} ORDER BY p.id{'' if is_sqlite() else ' FOR NO KEY UPDATE OF p'}",
        ids_as_text(poll_ids),
    )
    return [(poll, poll.event) for poll in found]


def _among() -> str:
    return "IN (SELECT value FROM json_each(%s))" if is_sqlite() else "= ANY(%s::bigint[])"


def _with_pass(attendee_ids: Collection[int]) -> Statement:
    """Return the question who of these is there, with a pass that was not revoked (sessions/attendees/selectors.py)."""
    statement = (
        f"SELECT a.id FROM opendev_sessions_attendee a WHERE a.id {_among()}"  # noqa: S608  # our own words
        " AND NOT EXISTS (SELECT 1 FROM opendev_sessions_revokedpass r WHERE r.attendee_id = a.id)"
    )
    return statement, statement, ids_as_text(attendee_ids)


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
]  # what a vote asks of a moderator's option
OPTION_COLUMNS = ", ".join(OPTION_FIELDS)


class Judged(NamedTuple):
    """What the votes of a batch are judged by."""

    options: list[Option]  # that moderators wrote, each poll's in its order
    mark_keys: dict[int, bytes]  # of those polls that have one: anonymous, launched, not finalised
    attendees: frozenset[int]  # those who are there, and whose pass was not revoked


def judged_by(poll_ids: Collection[int], attendee_ids: Collection[int]) -> Judged:
    """Return what votes of these attendees in these polls, which are locked, are judged by: one trip."""
    statement = (
        f"SELECT {OPTION_COLUMNS} FROM polls_option WHERE poll_id {_among()}"  # noqa: S608  # our own words
        " AND position IS NOT NULL ORDER BY position"
    )
    options, keys, attendees = _rows_of_all(
        (statement, statement, ids_as_text(poll_ids)), _keys_of(poll_ids), _with_pass(attendee_ids)
    )
    return Judged(
        [_option(row) for row in options],
        {poll: bytes(key) for poll, key in keys},
        frozenset(row[0] for row in attendees),
    )


def _option(row: tuple[Any, ...]) -> Option:
    option = Option.from_db(connection.alias, OPTION_FIELDS, row)
    for name in ("above", "written"):
        if (text := getattr(option, name)) is not None:
            setattr(option, name, json.loads(text))  # both databases give its text
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
    ballots, present = _rows_of_all(_by_key(keys), _present(marks))
    return _stored(ballots), _marks(present)


def ballots_by_key(wanted: Sequence[tuple[int, bytes]]) -> list[StoredBallot]:
    """Return the ballots with these (poll id, key)."""
    return _stored(rows_of(*_by_key(wanted))) if wanted else []


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
    """A selection of a ballot, or a ballot without any; where voters write, with the answer that it counts as."""

    ballot_id: int | None  # None: the poll's mark key stands in `key`
    poll_id: int
    key: bytes
    seq: int
    option_id: int | None
    value: int | None
    answer: int | None
    text: str | None
    other: int | None  # the poll's "Other", where its voter wrote an option of their own


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
    """Return what the ballots with these (poll id, key) hold, and the mark keys of their polls: one query."""
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
        _run(
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
        _run(
            "INSERT INTO polls_ballot (id, poll_id, single, seq, attendee_id, key)"
            " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, substr(%s, 1 + 32 * key, 32)"
            " FROM json_each(%s)",
            "INSERT INTO polls_ballot (id, poll_id, single, seq, attendee_id, key)"
            " SELECT i, p, o, s, a, substr(%s::bytea, 32 * n::int - 31, 32)"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::bigint[], %s::bigint[])"
            " WITH ORDINALITY w(i, p, o, s, a, n)",
            [keys, *_table(rest)],
        )


def insert_selections(selections: Sequence[NewSelection]) -> None:
    """Insert selections."""
    if selections:
        _run(
            "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value)"
            " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(%s)",
            "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::smallint[])",
            _table(selections),
        )


def delete_selections(ballot_ids: Sequence[int]) -> None:
    """Empty these ballots."""
    if ballot_ids:
        _run(
            "DELETE FROM polls_selection WHERE ballot_id IN (SELECT value FROM json_each(%s))",
            "DELETE FROM polls_selection WHERE ballot_id = ANY(%s::bigint[])",
            ids_as_text(ballot_ids),
        )


def set_seqs(seqs: Iterable[tuple[int, int]]) -> None:
    """Set (ballot id, seq)."""
    seqs = list(seqs)
    if seqs:
        _run(
            "UPDATE polls_ballot SET seq = j.value ->> 1 FROM json_each(%s) j WHERE polls_ballot.id = j.value ->> 0",
            "UPDATE polls_ballot SET seq = w.seq FROM unnest(%s::bigint[], %s::bigint[]) w(id, seq)"
            " WHERE polls_ballot.id = w.id",
            _table(seqs),
        )


def add_to_counts(changes: dict[int, int]) -> None:
    """Add to the kept tally: {option id: difference}."""
    changes = {option: difference for option, difference in changes.items() if difference}
    if changes:
        _run(
            "UPDATE polls_option SET count = count + (j.value ->> 1) FROM json_each(%s) j"
            " WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET count = count + w.n FROM unnest(%s::bigint[], %s::bigint[]) w(id, n)"
            " WHERE polls_option.id = w.id",
            _table(list(changes.items())),
        )


def set_weights(options: Sequence[Option]) -> None:
    """Keep what the ballots' values add up to, and which options they put above which."""
    if options:
        rows = json.dumps([[option.pk, option.weight, option.above] for option in options])
        _run(
            "UPDATE polls_option SET weight = j.value ->> 1, above = nullif(j.value -> 2, 'null') FROM json_each(%s) j"
            " WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET weight = (j ->> 1)::int, above = nullif(j -> 2, 'null')"
            " FROM jsonb_array_elements(%s::jsonb) j WHERE polls_option.id = (j ->> 0)::bigint",
            [rows],
        )


def set_poll_tally(poll: Poll) -> None:
    """Keep the poll's number of ballots and its version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE polls_poll SET ballots = %s, version = %s WHERE id = %s",
            [poll.ballots, poll.version, poll.pk],
        )
