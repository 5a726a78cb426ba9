"""Parsing a run sheet as text, one item per line, into the JSON form of its items. The services validate them.

    Opening prompt: What images do you build? (5)
    Poll: Where are you today? / Trying it out / In production (4 min)
    Questions (10)
    Follow-up: Networking API for Kubernetes (3)
    Hand over to part three

The last word before the first colon gives the kind; a line without one is a note, which the room
never sees, so that nothing is shown to everybody by mistake.
"""

import re
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import Malformed

KIND_WORDS = {
    "prompt": "prompt",
    "poll": "poll",
    "question": "questions",
    "questions": "questions",
    "q&a": "questions",
    "follow-up": "line",
    "follow-ups": "line",
    "note": "note",
}
# Colon and brackets, including those of Chinese and Japanese keyboards.
_MINUTES = re.compile(r"[(（]\s*(\d{1,3})\s*(?:min|minutes|′|')?\.?\s*[)）]\s*$", re.IGNORECASE)
_HEAD = re.compile(r"^([^:：/?]{1,40}?)\s*(?:[:：]\s*(.*))?$", re.DOTALL)
MAX_PASTED = 40_000


def read_plan(text: Any) -> list[dict[str, Any]]:
    """Return the items of a pasted plan: `{kind, text, minutes, line?}`; empty lines are ignored.

    Raises:
        Malformed: no text, or one that is too long.
    """
    if not isinstance(text, str) or not text.strip():
        sentence = _("Write one item per line.")
        raise Malformed(sentence, fields={"lines": sentence})
    if len(text) > MAX_PASTED:
        sentence = _("This is too long for a run sheet.")
        raise Malformed(sentence, fields={"lines": sentence})
    return [read_plan_line(line) for line in text.splitlines() if line.strip()]


def ends_with_minutes(line: str) -> bool:
    """Return True if a line ends with minutes in brackets, which `read_plan_line` takes off it."""
    return _MINUTES.search(line) is not None


def read_plan_line(line: str) -> dict[str, Any]:
    """Return one item. A poll's `line` is its text with the options, if it has any."""
    said, minutes = line.strip().lstrip("-*•").strip(), 0
    if found := _MINUTES.search(said):
        said, minutes = said[: found.start()].strip(), int(found[1])
    kind, text = _kind_and_text(said)
    item: dict[str, Any] = {"kind": kind or "note", "text": text, "minutes": minutes}
    if kind == "poll":
        item |= {"text": "", "line": text}
    return item


def _kind_and_text(line: str) -> tuple[str | None, str]:
    """Return the kind that a line gives and the text after it; None and the line if it gives none."""
    head = _HEAD.match(line)
    words = head[1].split() if head else []
    kind = KIND_WORDS.get(words[-1].casefold()) if words else None
    if head is None or kind is None or (head[2] is None and (kind != "questions" or len(words) > 1)):
        return None, line
    return kind, (head[2] or "").strip()


def says_its_kind(line: str) -> bool:
    """Return True if a line gives its kind, and is not a note for lack of one."""
    return _kind_and_text(line.strip().lstrip("-*•").strip())[0] is not None
