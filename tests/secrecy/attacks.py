"""What an operator with a copy of the database may try, to learn who took part in an anonymous poll, and chose what.

The attacker knows the schema, the code, every attendee's id, in which order and at what moments they voted (a camera, a
proxy's log), and holds no device secret. Each attack returns its claims; `joins` says which are right beyond luck.
"""

import hashlib
import hmac
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.secrecy.dumps import Dump, Row, moments

Claims = dict[int, Any]


@dataclass
class Truth:
    """What happened: each attendee's options, in the order of their votes, and the moment of each in milliseconds."""

    poll: int
    chosen: dict[int, frozenset[int]]
    moments: dict[int, int]
    bystanders: list[int]

    @property
    def attendees(self) -> list[int]:
        """Everybody whom the attacker knows, voters and others."""
        return [*self.chosen, *self.bystanders]


def selections(dump: Dump, ballot: Row) -> frozenset[int]:
    rows = dump.tables["polls_selection"]
    return frozenset(row["option_id"] for row in rows if row["ballot_id"] == ballot["id"])


def by_marks(dump: Dump, truth: Truth) -> Claims:
    """Who took part: the mark of each known attendee, made with the mark key in the dump."""
    found: Claims = {}
    marks = {row["mark"] for row in dump.rows("polls_participation", truth.poll)}
    for key in [row["key"] for row in dump.rows("polls_markkey", truth.poll)]:
        for attendee in truth.attendees:
            if hmac.digest(key, b"%d" % attendee, "sha256")[:16] in marks:
                found[attendee] = True
    return found


def by_marks_in_the_bytes(dump: Dump, truth: Truth, old_key: bytes) -> Claims:
    """The same from what was deleted: marks, or the key itself, that still stand in the bytes."""
    found: Claims = {}
    for attendee in truth.attendees:
        mark = hmac.digest(old_key, b"%d" % attendee, "sha256")[:16]
        if mark in dump.raw or mark.hex() in dump.text.lower():
            found[attendee] = True
    if old_key in dump.raw or old_key.hex() in dump.text.lower():
        found[0] = True
    return found


def by_keys(dump: Dump, truth: Truth) -> Claims:
    """Who holds which ballot: keys made of what is known of an attendee."""
    known = {row["key"]: row for row in dump.rows("polls_ballot", truth.poll)}
    poll = truth.poll.to_bytes(8, "big")
    found: Claims = {}
    for attendee in truth.attendees:
        names = [b"%d" % attendee, attendee.to_bytes(8, "big"), f"{attendee:032x}".encode()]
        secrets = [hmac.digest(name, b"poll:%d" % truth.poll, "sha256") for name in names] + names
        named = b"attendee:%d:secret:" % attendee
        for prefix, secret in product((b"attendee:", b"secret:", named, b""), secrets):
            if row := known.get(hashlib.sha256(poll + prefix + secret).digest()):
                found[attendee] = selections(dump, row)
    return found


def by_named_column(dump: Dump, truth: Truth) -> Claims:
    return {
        row["attendee_id"]: selections(dump, row)
        for row in dump.rows("polls_ballot", truth.poll)
        if row["attendee_id"] is not None
    }


def by_order(dump: Dump, truth: Truth) -> Claims:
    """The n-th who voted holds the n-th ballot in the file."""
    return dict(zip(truth.chosen, lying(dump, truth), strict=False))


def by_order_of_keys(dump: Dump, truth: Truth) -> Claims:
    """The same, with ballots in the order of their ids."""
    rows = sorted(dump.rows("polls_ballot", truth.poll), key=lambda row: row["id"])
    return dict(zip(truth.chosen, [selections(dump, row) for row in rows], strict=False))


def by_order_of_selections(dump: Dump, truth: Truth) -> Claims:
    """The same, in the order in which the selections lie."""
    ballots: dict[int, set[int]] = {}
    for row in dump.rows("polls_selection", truth.poll):
        ballots.setdefault(row["ballot_id"], set()).add(row["option_id"])
    return dict(zip(truth.chosen, map(frozenset, ballots.values()), strict=False))


def by_transaction(dump: Dump, truth: Truth) -> Claims:
    """The mark and the ballot that one transaction wrote belong together, and the mark leads to the attendee."""
    keys = [row["key"] for row in dump.rows("polls_markkey", truth.poll)]
    of_transaction = {row["_xmin"]: row for row in dump.rows("polls_ballot", truth.poll) if row["_xmin"]}
    found: Claims = {}
    for row in dump.rows("polls_participation", truth.poll):
        for key, attendee in product(keys, truth.attendees):
            if (
                hmac.digest(key, b"%d" % attendee, "sha256")[:16] == row["mark"]
                and row["_xmin"] in of_transaction
            ):
                found[attendee] = selections(dump, of_transaction[row["_xmin"]])
    return found


def by_moments(dump: Dump, truth: Truth) -> Claims:
    """A number in a ballot that is the moment of somebody's vote, to the second."""
    found: Claims = {}
    for row in dump.rows("polls_ballot", truth.poll):
        numbers = [value for value in row.values() if isinstance(value, int)]
        for attendee, moment in truth.moments.items():
            if any(abs(number - moment) < 1000 for number in numbers):
                found[attendee] = selections(dump, row)
    return found


def by_counter(dump: Dump, truth: Truth) -> Claims:
    """Ballots in the order of their counters are votes in the order of their moments."""
    rows = sorted(dump.rows("polls_ballot", truth.poll), key=lambda row: (row["seq"], row["_place"]))
    return dict(zip(truth.chosen, [selections(dump, row) for row in rows], strict=False))


def by_commits(dump: Dump, truth: Truth) -> Claims:
    """The write-ahead log commit by commit: the new mark leads to an attendee, the new selections are theirs."""
    found: Claims = {}
    marks: set[bytes] = set()
    chosen: dict[int, set[int]] = {}
    for moment in moments(dump.log) if dump.log else ():
        keys = [
            key for (key,) in moment.execute("SELECT key FROM polls_markkey WHERE poll_id = ?", [truth.poll])
        ]
        before, marks = (
            marks,
            {
                bytes(mark)
                for (mark,) in moment.execute(
                    "SELECT mark FROM polls_participation WHERE poll_id = ?", [truth.poll]
                )
            },
        )
        rows_before, chosen = chosen, {}
        for ballot, option in moment.execute(
            "SELECT ballot_id, option_id FROM polls_selection WHERE poll_id = ?", [truth.poll]
        ):
            chosen.setdefault(ballot, set()).add(option)
        new = [options for ballot, options in chosen.items() if ballot not in rows_before]
        for key, attendee in product(keys, truth.attendees):
            if hmac.digest(key, b"%d" % attendee, "sha256")[:16] in marks - before and len(new) == 1:
                found[attendee] = frozenset(new[0])
    return found


def lying(dump: Dump, truth: Truth) -> list[frozenset[int]]:
    return [selections(dump, row) for row in dump.rows("polls_ballot", truth.poll)]


TOOK_PART = {"marks": by_marks}
CHOSE = {
    "keys of what is known": by_keys,
    "a column that names attendees": by_named_column,
    "the order in the file": by_order,
    "the order of ids": by_order_of_keys,
    "the order of selections": by_order_of_selections,
    "the transaction that wrote": by_transaction,
    "moments": by_moments,
    "counters": by_counter,
    "the commits in the log": by_commits,
}


def right(claims: Claims, truth: Truth) -> int:
    """How many claims about choices are true."""
    return sum(truth.chosen.get(attendee) == chosen for attendee, chosen in claims.items())


def joins(dump: Dump, truth: Truth) -> dict[str, int]:
    """The attacks that tell more than guessing does, and how many attendees each gives away.

    Everybody chose one of many options, each as often as the others: who guesses is right about one in as many.
    """
    luck = len(truth.chosen) / len(set(truth.chosen.values()))
    found = {name: len(attack(dump, truth)) for name, attack in TOOK_PART.items()}
    found |= {name: right(attack(dump, truth), truth) for name, attack in CHOSE.items()}
    limits = {**dict.fromkeys(TOOK_PART, 0.0), **dict.fromkeys(CHOSE, 5 * luck)}
    return {name: n for name, n in found.items() if n > limits[name]}
