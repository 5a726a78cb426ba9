"""The tabs of a room, of which one is open at a time. A new one is a template and an entry here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A part of the room with its tab. `count` is shown in the tab; a part that this session does not have has none.

    Its template is in the page even if it does not exist yet, so that the script can show it once it does.
    """

    key: str
    label: Promise
    icon: str
    template: str
    count: Callable[[Context], int | None]
    exists: Callable[[Context], bool]


PARTS = (
    Part("poll", _("Poll"), "poll", "room/parts/poll.html", lambda _context: None, lambda _context: True),
    Part(
        "questions",
        _("Questions"),
        "ask",
        "room/parts/questions.html",
        lambda context: len(context["questions"].open) + bool(context["questions"].on_air),
        lambda context: context["session"].state != "over" or bool(context["questions"].everything),
    ),
    Part(
        "follow-ups",
        _("Follow-ups"),
        "sign",
        "room/parts/follow_ups.html",
        lambda context: len(context["lines"]),
        lambda context: bool(context["lines"] or context["suggestions"].listed) or context["may_suggest"],
    ),
    Part(
        "notes",
        _("Notes"),
        "notes",
        "room/parts/notes.html",
        lambda _context: None,
        lambda context: bool(context["notes_url"]),
    ),
)


@dataclass(frozen=True)
class Tab:
    """A part as it stands in one session."""

    part: Part
    count: int | None
    exists: bool


PART_OF_KIND = {
    "questions": "questions",
    "line": "follow-ups",
}  # where the room continues with the running item


def parts_context(context: Context, wanted: str) -> dict[str, Any]:
    """Return the room's tabs and parts; `wanted` is the requested part, "" for the running item's."""
    running = context.get("running")
    if not wanted and running and not (context["on_air"] and context["on_air"].is_live):
        wanted = PART_OF_KIND.get(running["kind"], "")
    tabs = [Tab(part, part.count(context), part.exists(context)) for part in PARTS]
    existing = [tab.part.key for tab in tabs if tab.exists]
    return {
        "parts": tabs,
        "open_part": wanted if wanted in existing else existing[0],
        "has_tabs": len(existing) > 1,
    }
