"""Portable polls: the JSON form without ids, and files with several of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.tables import write_table
from polls.kinds import Family, kind_named
from polls.services.reading import PollDraft

TEXT, CSV, JSON = "text", "csv", "json"
FORMS = (TEXT, CSV, JSON)
ENDINGS = {TEXT: "txt", CSV: "csv", JSON: "json"}
CONTENT_TYPES = {
    TEXT: "text/plain; charset=utf-8",
    CSV: "text/csv; charset=utf-8",
    JSON: "application/json",
}
FIELDS = (
    *("question", "kind", "rules", "options", "min", "max"),
    *("anonymous", "may_change", "visibility", "right_answer"),
)


def portable_json(draft: PollDraft) -> dict[str, Any]:
    """Return the JSON form of a poll as REST accepts it for a new one: all its settings, and no ids."""
    kind = kind_named(draft.kind)
    body: dict[str, Any] = {name: getattr(draft, name) for name in FIELDS}
    body["options"] = [{"text": text} for _id, text in draft.options]
    body["right_answer"] = _right_json(draft)
    return {name: value for name, value in body.items() if name != "options" or not kind.is_written}


def _right_json(draft: PollDraft) -> dict[str, Any] | None:
    """Return the right answer with positions from 1 instead of ids, as `read_right` accepts them."""
    if not draft.right_answer:
        return None
    kind = kind_named(draft.kind)
    is_written = kind.family is Family.WRITE
    return {kind.field: draft.right_answer[0] if is_written else list(draft.right_answer)}


def write_polls(drafts: Sequence[PollDraft], form: str) -> str:
    """Return polls as text with one poll per line, as CSV, or as JSON."""
    if form == TEXT:
        return "".join(f"{write_line(draft)}\n" for draft in drafts)
    if form == CSV:
        return write_table(drafts)
    return json.dumps(document_of(drafts), ensure_ascii=False, indent=2) + "\n"


def document_of(drafts: Sequence[PollDraft]) -> Mapping[str, Any]:
    """Return the JSON document of polls."""
    return {"polls": [portable_json(draft) for draft in drafts]}
