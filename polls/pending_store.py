"""Pending counts: recorded by batches while another batch was writing the poll's stored tally, and added later.

Only PostgreSQL has parallel batches, so the table stays empty on SQLite (docs/adr/0066).
"""

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from polls.statements import Statement, ids_as_text, is_sqlite, rows_of, run


class Pending(NamedTuple):
    """Pending counts of a poll: the change of its number of ballots, and {option id: difference}."""

    poll_id: int
    ballots: int
    counts: dict[int, int]


def by_poll(rows: Iterable[tuple[Any, ...]]) -> dict[int, Pending]:
    """Return the sums of the rows of `taken_out`, {poll id: pending}."""
    pending: dict[int, Pending] = {}
    for poll_id, ballots, text in rows:
        _poll_id, before, counts = pending.get(poll_id, Pending(poll_id, 0, {}))
        for option, difference in json.loads(text).items():
            counts[int(option)] = counts.get(int(option), 0) + difference
        pending[poll_id] = Pending(poll_id, before + ballots, counts)
    return pending


def insert(rows: Collection[Pending]) -> None:
    """Leave a batch's counts to the next writer of the stored tallies."""
    for row in rows:
        run(
            "",
            "INSERT INTO polls_pendingtally (poll_id, ballots, counts) VALUES (%s, %s, %s::jsonb)",
            [row.poll_id, row.ballots, json.dumps(row.counts)],
        )


def take(poll_ids: Collection[int]) -> dict[int, Pending]:
    """Remove pending counts from their table: only for the writer of these polls' stored tallies, under their locks."""
    return by_poll(rows_of(*taken_out(poll_ids))) if poll_ids and not is_sqlite() else {}


def taken_out(poll_ids: Collection[int]) -> Statement:
    """Return the statement of `take`, whose rows `by_poll` reads."""
    statement = (
        "DELETE FROM polls_pendingtally WHERE poll_id = ANY(%s::bigint[]) RETURNING poll_id, ballots, counts"
    )
    return "", statement, ids_as_text(poll_ids)


def polls_with_pending() -> list[int]:
    """Return the ids of the polls with pending counts."""
    return (
        []
        if is_sqlite()
        else [row[0] for row in rows_of("", "SELECT DISTINCT poll_id FROM polls_pendingtally", [])]
    )
