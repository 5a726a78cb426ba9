"""Paging of long lists: a cursor for REST, and the number of rows on a page.

A cursor is the position of the last row in a list ordered by a time and an id, so it stays valid when rows are added
or deleted: `<microseconds since 1970>.<id>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Malformed
from opendev.core.text import MAX_ID

REST_PART = 100  # rows in one REST response
SHOWN_FIRST, SHOWN_MORE = 40, 100  # rows of a page's list at first, and with each "show more"
MOST_SHOWN = 10_000
SHOWN = "shown"  # the query parameter that says how many rows a page's lists show
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Cursor = tuple[datetime, int]
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)


def cursor_text(at: datetime, pk: int) -> str:
    """Return the cursor of a row as text, for the address of the next page."""
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{pk}"


def read_cursor(query: Mapping[str, Any]) -> Cursor | None:
    """Return the cursor in the query's `after`, or None.

    Raises:
        Malformed: it is not one of ours.
    """
    text = str(query.get("after", ""))
    if not text:
        return None
    moment, _dot, pk = text.partition(".")
    is_whole = all(part.isascii() and part.isdigit() and len(part) <= 19 for part in (moment, pk))
    if is_whole and int(pk) <= MAX_ID and int(moment) < 10**17:  # before the year 5138
        return EPOCH + timedelta(microseconds=int(moment)), int(pk)
    sentence = _("This is not the address of a page of results. Follow `next` of the page before.")
    raise Malformed(sentence, fields={"after": sentence})


def next_address(path: str, last: Cursor) -> str:
    """Return the absolute address of the page after a row."""
    return f"{settings.PUBLIC_URL}{path}?{urlencode({'after': cursor_text(*last)})}"


@dataclass(frozen=True, slots=True)
class FirstRows(Generic[Row]):
    """The rows of a list that a page shows, at most `shown`, and the number of the others."""

    rows: list[Row]
    left: int
    shown: int

    @property
    def total(self) -> int:
        """The total number of rows."""
        return len(self.rows) + self.left

    @property
    def shown_next(self) -> int:
        """The number of rows on the page after "show more"."""
        return shown_next(self.shown)


def first_rows(rows: Sequence[Row], query: Mapping[str, Any], field: str = SHOWN) -> FirstRows[Row]:
    """Return the part of a list that a page shows, by its query parameter."""
    shown = shown_rows(query, field)
    return FirstRows(list(rows[:shown]), max(0, len(rows) - shown), shown)


def first_stored(rows: QuerySet[Stored], query: Mapping[str, Any]) -> FirstRows[Stored]:
    """Return the same for rows that have not been read yet: the others are counted, in two queries altogether."""
    shown = shown_rows(query)
    first = list(rows[:shown])
    left = max(0, rows.count() - shown) if len(first) == shown else 0
    return FirstRows(first, left, shown)


def shown_rows(query: Mapping[str, Any], field: str = SHOWN) -> int:
    """Return how many rows of each list a page shows: its query parameter, within bounds."""
    text = str(query.get(field, ""))
    shown = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    return min(max(shown, SHOWN_FIRST), MOST_SHOWN)


def shown_next(shown: int) -> int:
    """Return how many rows a page shows after "show more", if it shows this many now."""
    return shown + SHOWN_MORE
