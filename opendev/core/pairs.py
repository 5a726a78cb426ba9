"""Rows that only say that an attendee supports something: which of them a batch adds, and which it deletes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

Pair = tuple[int, int]  # what is supported, and by which attendee


def write_pairs(model: type[Model], field: str, *, stored: set[Pair], held: set[Pair]) -> set[Pair]:
    """Update the stored pairs to the current ones, in a few queries; return the pairs that changed.

    Args:
        model: it has the foreign keys `attendee` and `field`.
        field: names what is supported.
    """
    rows, new, gone = model._default_manager, held - stored, stored - held
    rows.bulk_create(_row(model, field, pair) for pair in sorted(new))
    for subject in sorted({subject for subject, _attendee in gone}):
        rows.filter(**{field: subject, "attendee__in": _attendees(gone, subject)}).delete()
    return new | gone


def _row(model: type[Model], field: str, pair: Pair) -> Any:
    return model(**{f"{field}_id": pair[0], "attendee_id": pair[1]})


def _attendees(pairs: Iterable[Pair], subject: int) -> list[int]:
    return [attendee for each, attendee in pairs if each == subject]
