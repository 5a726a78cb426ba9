"""What batches recorded in polls whose kept tallies another batch was writing, until one of the next adds it.

Only PostgreSQL has batches side by side, so the table stays empty on SQLite (docs/adr/0066).
"""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from polls.statements import Statement, ids_as_text, is_sqlite, rows_of, run


class Pending(NamedTuple):
    """What a batch recorded: by how much the poll's ballots are more, and {option id: difference}."""

    poll_id: int
    ballots: int
    counts: dict[int, int]


def insert(rows: Collection[Pending]) -> None:
    """Leave what a batch recorded to whoever writes the kept tallies next."""
    for row in rows:
        run(
            "",
            "INSERT INTO polls_pendingtally (poll_id, ballots, counts) VALUES (%s, %s, %s::jsonb)",
            [row.poll_id, row.ballots, json.dumps(row.counts)],
        )


def take(poll_ids: Collection[int]) -> list[Pending]:
    """Take what is pending out of its table: only for who writes the kept tallies of these polls, under their locks."""
    return [] if is_sqlite() or not poll_ids else [pending_of(row) for row in rows_of(*taken_out(poll_ids))]


def taken_out(poll_ids: Collection[int]) -> Statement:
    """Return the statement of `take`, whose rows `pending_of` reads."""
    statement = (
        "DELETE FROM polls_pendingtally WHERE poll_id = ANY(%s::bigint[]) RETURNING poll_id, ballots, counts"
    )
    return "", statement, ids_as_text(poll_ids)


def pending_of(row: tuple[Any, ...]) -> Pending:
    """Return a row of `taken_out`."""
    return Pending(row[0], row[1], {int(option): count for option, count in json.loads(row[2]).items()})


def polls_with_pending() -> list[int]:
    """Return the ids of the polls that something is pending for."""
    return (
        []
        if is_sqlite()
        else [row[0] for row in rows_of("", "SELECT DISTINCT poll_id FROM polls_pendingtally", [])]
    )
