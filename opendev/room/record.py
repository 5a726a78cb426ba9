"""The record that a room becomes after its session: polls and prompts, in the order in which they appeared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from opendev.room.cards import PollCard, launch_order


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that the room has seen, and when."""

    id: str
    text: str
    shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the record: a poll's card, or a prompt."""

    card: PollCard | None = None
    prompt: Prompt | None = None


def record_of(cards: Iterable[PollCard], prompts: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Return polls and prompts in the order of launch or first display; `prompts` as in the running payload."""
    timed = [(card.poll["launched_at"] or "", Entry(card=card)) for card in sorted(cards, key=launch_order)]
    timed += [(told["shown_at"], Entry(prompt=_prompt(told))) for told in prompts]
    return [entry for _at, entry in sorted(timed, key=lambda pair: pair[0])]


def _prompt(told: Mapping[str, Any]) -> Prompt:
    return Prompt(told["id"], told["text"], parse_datetime(told["shown_at"]))
