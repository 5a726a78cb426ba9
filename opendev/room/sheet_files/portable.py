"""Run sheets as they are copied between sessions: as text with one item per line, CSV, or JSON, with whole polls."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opendev.room.pasting import ends_with_minutes
from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.portable import CSV, TEXT, portable_json
from opendev.room.poll_files.tables import COLUMNS as POLL_COLUMNS
from opendev.room.poll_files.tables import cells_of, option_columns, write_rows
from polls.services.reading import PollDraft
from sessions.run_sheet.models import RunSheetItem

Kind = RunSheetItem.Kind
# The words of a plan as text, by kind; pasting.py parses them.
WORDS = {
    Kind.PROMPT: "Prompt",
    Kind.POLL: "Poll",
    Kind.QUESTIONS: "Questions",
    Kind.LINE: "Follow-up",
    Kind.NOTE: "Note",
}
ITEM, TITLE, ITEMS = "item", "text", "items"
# A poll's question is the item's text; the other columns are those of a table of polls.
COLUMNS = (ITEM, "minutes", TITLE, *POLL_COLUMNS[1:])


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item of a run sheet without ids. The text of a poll's item is its question."""

    kind: str
    text: str
    minutes: int
    poll: PollDraft | None = None


def write_items(items: Sequence[PlannedItem], form: str) -> str:
    """Return a run sheet as text with one item per line, as CSV, or as JSON."""
    if form == TEXT:
        return "".join(f"{item_line(item)}\n" for item in items)
    if form == CSV:
        polls = [item.poll for item in items if item.poll]
        return write_rows([*COLUMNS, *option_columns(polls)], [_cells(item) for item in items])
    document = {ITEMS: [item_json(item) for item in items]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def item_line(item: PlannedItem) -> str:
    """Return an item as a line that `read_plan_line` turns back into the same item.

    Minutes of 0 are left out, unless the text itself ends like minutes.
    """
    text = write_line(item.poll) if item.poll else item.text
    line = f"{WORDS[Kind(item.kind)]}: {text}" if text else WORDS[Kind(item.kind)]
    return f"{line} ({item.minutes})" if item.minutes or ends_with_minutes(line) else line


def item_json(item: PlannedItem) -> dict[str, Any]:
    """Return the JSON form of an item: `{kind, minutes, text}`, or for a poll `{kind, minutes, poll}`."""
    content = {"poll": portable_json(item.poll)} if item.poll else {"text": item.text}
    return {"kind": item.kind, "minutes": item.minutes, **content}


def _cells(item: PlannedItem) -> list[str]:
    word = WORDS[Kind(item.kind)].casefold()
    rest = cells_of(item.poll) if item.poll else [item.text]
    return [word, str(item.minutes), *rest]
