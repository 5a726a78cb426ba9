"""The statements about written answers, for both databases; texts are passed as JSON.

A *spelling* is an option that a voter wrote. Its *answer* is the spelling that it is merged into, or itself.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from polls.statements import Statement, ids_as_text, rows_of, run

COLUMNS = "o.id, o.poll_id, o.text, o.key, o.count, o.merged_into_id, o.total, o.shown_as, o.state"


class Spelling(NamedTuple):
    """A spelling as a batch needs it."""

    id: int
    poll_id: int
    text: str
    key: str
    count: int  # type: ignore[assignment]  # named like the column; tuple.count is not used
    merged_into: int | None
    total: int
    shown_as: str
    state: str


class Written(NamedTuple):
    """An answer as attendees see it: its most common spelling, and how many people gave it."""

    pk: int
    text: str
    count: int  # type: ignore[assignment]  # like an option's
    is_picked: bool = False
    position: int | None = None


def _spellings(statement: Statement) -> list[Spelling]:
    return [Spelling(*row) for row in rows_of(*statement)]


def _with_answers(source: str, values: list[Any]) -> Statement:
    """Return the statement for all spellings of the answers of those in `source`, whose table is `w`."""

    def words(join: str, table: str) -> str:
        return (
            f"WITH answers AS (SELECT DISTINCT COALESCE(w.merged_into_id, w.id) AS id FROM {table})"  # noqa: S608  # our own words
            f" SELECT {COLUMNS} FROM answers a {join} polls_option o ON o.id = a.id"
            f" UNION ALL SELECT {COLUMNS} FROM answers a {join} polls_option o ON o.merged_into_id = a.id"
        )

    sqlite, postgres = source.split("|")
    return words("CROSS JOIN", sqlite), words("JOIN", postgres), values


def spellings_by_key(pairs: Collection[tuple[int, str]]) -> list[Spelling]:
    """Return every spelling of the answers that these (poll id, key) count as."""
    if not pairs:
        return []
    source = (
        "json_each(%s) j CROSS JOIN polls_option w ON w.author_kind = 'voter'"
        " AND w.poll_id = j.value ->> 0 AND w.key = j.value ->> 1"
        "|jsonb_array_elements(%s::jsonb) j JOIN polls_option w ON w.author_kind = 'voter'"
        " AND w.poll_id = (j ->> 0)::bigint AND w.key = j ->> 1"
    )
    return _spellings(_with_answers(source, [json.dumps(sorted(pairs))]))


def spellings_by_id(ids: Collection[int]) -> list[Spelling]:
    """Return every spelling of the answers that these spellings count as."""
    if not ids:
        return []
    source = (
        "json_each(%s) j CROSS JOIN polls_option w ON w.id = j.value"
        "|unnest(%s::bigint[]) j JOIN polls_option w ON w.id = j"
    )
    return _spellings(_with_answers(source, ids_as_text(ids)))


def all_spellings(poll_id: int) -> list[Spelling]:
    """Return every spelling of a poll."""
    statement = f"SELECT {COLUMNS} FROM polls_option o WHERE o.poll_id = %s AND o.author_kind = 'voter'"  # noqa: S608  # our own words
    return _spellings((statement, statement, [poll_id]))


def shown_answers(poll_id: int, *, most: int | None) -> list[Written]:
    """Return what everybody may read, the most frequent first; equal counts by their numbers, which reveal nothing."""
    statement = (
        "SELECT id, shown_as, total, is_picked FROM polls_option WHERE poll_id = %s AND author_kind = 'voter'"
        " AND merged_into_id IS NULL AND state = 'shown' AND total > 0 ORDER BY total DESC, id"
    )
    values: list[Any] = [poll_id]
    if most is not None:
        statement, values = f"{statement} LIMIT %s", [poll_id, most]
    return [
        Written(pk, text, count, bool(picked))
        for pk, text, count, picked in rows_of(statement, statement, values)
    ]


def answers_by_state(poll_id: int) -> dict[str, int]:
    """Return how many different answers there are in each state; hidden ones even if nobody gives them now."""
    statement = (
        "SELECT state, COUNT(*) FROM polls_option WHERE poll_id = %s AND author_kind = 'voter'"
        " AND merged_into_id IS NULL GROUP BY state"
    )
    return dict(rows_of(statement, statement, [poll_id]))


def blocked_texts(event_id: int) -> list[str]:
    """Return the words that are never shown at an event."""
    statement = "SELECT text FROM polls_blockedword WHERE event_id = %s"
    return [text for (text,) in rows_of(statement, statement, [event_id])]


def insert_spellings(spellings: Sequence[Spelling]) -> None:
    """Insert new spellings; those that others are merged into come first."""
    if not spellings:
        return
    run(
        "INSERT INTO polls_option"
        " (id, poll_id, text, key, count, merged_into_id, total, shown_as, state, author_kind, is_picked)"
        " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,"
        " value ->> 7, value ->> 8, 'voter', FALSE FROM json_each(%s)",
        "INSERT INTO polls_option"
        " (id, poll_id, text, key, count, merged_into_id, total, shown_as, state, author_kind, is_picked)"
        " SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, value ->> 2, value ->> 3,"
        " (value ->> 4)::int, (value ->> 5)::bigint, (value ->> 6)::int, value ->> 7, value ->> 8, 'voter', FALSE"
        " FROM jsonb_array_elements(%s::jsonb)",
        [json.dumps(spellings)],
    )


def update_counts(spellings: Iterable[Spelling]) -> None:
    """Write counts, totals and shown spellings: only what a vote changes, so that no guard runs."""
    rows = [(s.id, s.count, s.total, s.shown_as) for s in spellings]
    if rows:
        run(
            "UPDATE polls_option SET count = j.value ->> 1, total = j.value ->> 2, shown_as = j.value ->> 3"
            " FROM json_each(%s) j WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET count = (j ->> 1)::int, total = (j ->> 2)::int, shown_as = j ->> 3"
            " FROM jsonb_array_elements(%s::jsonb) j WHERE polls_option.id = (j ->> 0)::bigint",
            [json.dumps(rows)],
        )


def update_spellings(spellings: Iterable[Spelling]) -> None:
    """Write counts, totals, shown spellings, merges and moderation states."""
    rows = [(s.id, s.count, s.merged_into, s.total, s.shown_as, s.state) for s in spellings]
    if rows:
        run(
            "UPDATE polls_option SET count = j.value ->> 1, merged_into_id = j.value ->> 2, total = j.value ->> 3,"
            " shown_as = j.value ->> 4, state = j.value ->> 5 FROM json_each(%s) j"
            " WHERE polls_option.id = j.value ->> 0",
            "UPDATE polls_option SET count = (j ->> 1)::int, merged_into_id = (j ->> 2)::bigint,"
            " total = (j ->> 3)::int, shown_as = j ->> 4, state = j ->> 5"
            " FROM jsonb_array_elements(%s::jsonb) j WHERE polls_option.id = (j ->> 0)::bigint",
            [json.dumps(rows)],
        )


def take_over(answer: Spelling, heir: Spelling) -> None:
    """Give an answer the spelling and the votes of one that is merged into it, and delete that one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE polls_selection SET option_id = %s WHERE option_id = %s"
            " AND ballot_id IN (SELECT id FROM polls_ballot WHERE poll_id = %s)",
            [answer.id, heir.id, answer.poll_id],
        )
        cursor.execute("DELETE FROM polls_option WHERE id = %s", [heir.id])
        cursor.execute(
            "UPDATE polls_option SET text = %s, key = %s, count = %s WHERE id = %s",
            [heir.text, heir.key, heir.count, answer.id],
        )


def delete_spellings(ids: Collection[int]) -> None:
    """Delete unused spellings."""
    if ids:
        run(
            "DELETE FROM polls_option WHERE id IN (SELECT value FROM json_each(%s))",
            "DELETE FROM polls_option WHERE id = ANY(%s::bigint[])",
            ids_as_text(ids),
        )
