"""The kinds of polls, one module each. Nothing outside this package names a kind; a test looks for it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from polls.kinds.base import Family, Kind, Spelling
from polls.kinds.grammar import MAX_BRACKET, escape, protect, restore, split_line
from polls.kinds.merging import MAX_KEY_LENGTH, is_blocked, merge_key
from polls.kinds.multiple import Multiple
from polls.kinds.number import Number, NumberOffStep, NumberOutOfRange, read_number
from polls.kinds.option_ids import MAX_OPTIONS, MIN_OPTIONS, read_option_ids
from polls.kinds.other import MAX_OTHER_LENGTH, OtherNeedsWords, other_spelling, read_other
from polls.kinds.points import Points, read_points
from polls.kinds.presets import PRESETS, draft_of_line, preset_choices, with_preset
from polls.kinds.ranking import Ranking, read_ranking
from polls.kinds.refusals import DuplicateOption, UnknownOption, WrongAnswer, WrongNumberOfOptions, wrong
from polls.kinds.right_answers import take_right
from polls.kinds.scale import Scale
from polls.kinds.single import Single
from polls.kinds.tallies import Counted, ResultRow, Tally
from polls.kinds.text import MAX_TEXT_LENGTH, AnswerTooLong, Text, read_text
from polls.kinds.words import MAX_WORD_LENGTH, MAX_WORDS, Words, WrongNumberOfWords, read_words

__all__ = [
    "DEFAULT",
    "DEFAULT_FIELD",
    "FAMILIES",
    "KINDS",
    "MAX_KEY_LENGTH",
    "MAX_OPTIONS",
    "MAX_OTHER_LENGTH",
    "MAX_TEXT_LENGTH",
    "MAX_WORDS",
    "MAX_WORD_LENGTH",
    "MIN_OPTIONS",
    "NAMES",
    "PRESETS",
    "AnswerTooLong",
    "Counted",
    "DuplicateOption",
    "Family",
    "Kind",
    "NumberOffStep",
    "NumberOutOfRange",
    "OtherNeedsWords",
    "ResultRow",
    "Spelling",
    "Tally",
    "UnknownOption",
    "WrongAnswer",
    "WrongNumberOfOptions",
    "WrongNumberOfWords",
    "brackets_of",
    "choice_kind",
    "escape",
    "is_blocked",
    "kind_choices",
    "kind_named",
    "merge_key",
    "number_kind",
    "other_spelling",
    "preset_choices",
    "protect",
    "read_answer",
    "read_bracket",
    "read_other",
    "read_quick_line",
    "restore",
    "split_line",
    "take_right",
    "with_preset",
]

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (Single(), Multiple(), Scale(), Ranking(), Points(), Words(), Text(), Number())
}
NAMES = list(KINDS)
DEFAULT = NAMES[0]
DEFAULT_FIELD = KINDS[DEFAULT].field
FAMILIES = [str(family) for family in Family]


_WITH_RULES = re.compile(r"(?P<kind>[a-z]+)\s*(?P<rules>\{.*\})\Z", re.DOTALL)
ANSWERS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "options": read_option_ids,
    "ranking": read_ranking,
    "points": read_points,
    "words": read_words,
    "text": read_text,
    "number": read_number,
}


def read_answer(sent: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return the field of a message that contains the answer, and the answer; only its shape is checked.

    Raises:
        Malformed: none of the fields, more than one, or the wrong shape.
    """
    fields = [field for field in ANSWERS if field in sent] or [DEFAULT_FIELD]
    if len(fields) > 1:
        sentence = _("Send only one of these: %(fields)s.") % {"fields": ", ".join(fields)}
        raise wrong(fields[1], sentence)
    if sent.get("other") and sent.get(DEFAULT_FIELD) is None and fields == [DEFAULT_FIELD]:
        return DEFAULT_FIELD, ()  # "Other" alone
    return fields[0], ANSWERS[fields[0]](sent.get(fields[0]))


def read_quick_line(line: str) -> dict[str, Any] | None:
    """Return the JSON form of "Question? [scale 1-5]" or "Question? [agree]", or None if the line does not end with a
    kind or a preset in brackets. "Question? [right 2]" gives a right answer, but no kind.
    """
    parts = split_line(line)
    if parts is None:
        return None
    question, bracket = parts
    bracket, right = take_right(bracket)
    draft: dict[str, Any] = {"question": question, **({"right_answer": right} if right else {})}
    if right and not bracket:
        return draft
    rules = read_bracket(bracket)
    return None if rules is None else {**draft, **rules}


def read_bracket(bracket: str) -> dict[str, Any] | None:
    """Return the JSON form of a bracket: a preset, a kind in its own notation, or any kind by its name, with
    its rules as JSON: `scale {"from": 1, "to": 5}`. None if it is none of these.
    """
    if len(bracket) > MAX_BRACKET:
        return None
    if (ready := draft_of_line(bracket)) is not None:
        return ready
    match = _WITH_RULES.match(restore(bracket))
    if match is not None and match["kind"] in KINDS:
        try:
            return {"kind": match["kind"], "rules": json.loads(match["rules"])}
        except (ValueError, RecursionError):
            return None
    drafts = (kind.read_line(bracket) for kind in KINDS.values())
    draft = next((draft for draft in drafts if draft is not None), None)
    return {"kind": bracket} if draft is None and bracket in KINDS else draft


def brackets_of(
    name: str, rules: Mapping[str, Any], *, fewest: int, most: int, options: int
) -> Iterator[str]:
    """Return the possible brackets for a poll of a kind, the shortest first; "" for none.

    Not each of them is complete: the caller parses one again, and uses the next if the result is another poll.
    """
    yield KINDS[name].write_line(rules, fewest, most, options)
    yield name
    yield f"{name} {json.dumps(rules, ensure_ascii=False)}"


def choice_kind(*, several: bool) -> str:
    """Return the kind of a poll in which people choose one option, or several."""
    return next(
        kind.name for kind in KINDS.values() if kind.field == DEFAULT_FIELD and kind.one_row != several
    )


def number_kind() -> str:
    """Return the kind of a poll in which people write a number."""
    return Number.name


def kind_named(name: str) -> Kind:
    """Return the kind with this name."""
    return KINDS[name]


def kind_choices() -> list[tuple[str, Any]]:
    """Return (name, label) of each kind."""
    return [(kind.name, kind.label) for kind in KINDS.values()]
