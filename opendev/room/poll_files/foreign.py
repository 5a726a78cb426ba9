"""Polls in the files of other programs, known by their headings: Kahoot's template, Slido's export, Claper's.

Only files of which real ones, or the code that writes them, were seen. An export of results holds the options that
somebody chose; a note says so.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import Malformed
from opendev.core.sheets import Sheet
from polls.kinds import choice_kind, read_bracket

LOOKED_AT = 20  # rows among which the headings are
# How the tables of text begin that are none of ours.
FIRST_HEADINGS = (
    ["name", "multiple choice"],
    ["participant id", "poll id"],
    ["participant id", "participant name"],
    ["user id", "user name"],
    ["attendee identifier", "user email"],
    ["date (utc)", "session"],
)
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A poll of such a file: the row that it begins in, its question, and what reads its JSON form, or raises."""

    row: int
    title: str
    read: Callable[[], Body]


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """What was read of a file: the program's name, its polls, and sentences about what was left out."""

    program: str
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)


def read_foreign(sheets: Sequence[Sheet]) -> ForeignFile | None:
    """Return the polls of another program's file; None where no sheet has headings that are known.

    Raises:
        Malformed: a file that is known and holds no polls.
    """
    for read in (_kahoot, _slido, _claper):
        for sheet in sheets:
            if file := read(sheet):
                return file
    for sheet in sheets:
        for _number, cells in sheet.rows[:LOOKED_AT]:
            _refuse_results([cell.strip().casefold() for cell in cells])
    return None


def _refuse_results(headings: list[str]) -> None:
    """Raise where the headings are those of answers alone: what was asked cannot be told from them."""
    known = {
        "Mentimeter": ["date (utc)", "session", "voter"],
        "Slido": ["participant id", "participant name"],
        "Slido ": ["user id", "user name"],
        "Claper": ["attendee identifier", "user email"],
    }
    for program, first in known.items():
        if headings[: len(first)] == first:
            sentence = _("This file of %(program)s has who answered what. The polls cannot be made from it.")
            words = {"program": program.strip()}
            raise Malformed(sentence % words, fields={"file": sentence % words})


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def _options(texts: Sequence[str]) -> list[Body]:
    return [{"text": text} for text in texts if text]


# --- Kahoot's template: headings in row 8, limits in them vary

_ANSWER = re.compile(r"answer \d")
_PLACE = re.compile("[0-9]{1,2}")
_BETWEEN_PLACES = re.compile(r"[\s,;.]+")  # "1,2" is 1.2 where a spreadsheet took it for a number


def _kahoot(sheet: Sheet) -> ForeignFile | None:
    for at, (_number, cells) in enumerate(sheet.rows[:LOOKED_AT]):
        headings = [cell.strip().casefold() for cell in cells]
        question = next((i for i, text in enumerate(headings) if text.startswith("question")), None)
        answers = [i for i, text in enumerate(headings) if _ANSWER.match(text)]
        right = next((i for i, text in enumerate(headings) if text.startswith("correct answer")), None)
        if question is not None and len(answers) > 1 and right is not None:
            entries = list(_of_kahoot(sheet.rows[at + 1 :], question, answers, right))
            notes = [_("Read as Kahoot’s template. Time limits were left out.")]
            return ForeignFile("Kahoot", entries, notes)
    return None


def _of_kahoot(
    rows: Sequence[tuple[int, list[str]]], question: int, answers: list[int], right: int
) -> Iterator[Entry]:
    for number, cells in rows:
        texts = [_cell(cells, place) for place in answers]
        title = _cell(cells, question)
        if title or any(texts):  # the template's own rows have a number and nothing else
            yield Entry(number, title, _reader_of_quiz(title, texts, _cell(cells, right)))


def _reader_of_quiz(title: str, texts: list[str], right: str) -> Callable[[], Body]:
    def read() -> Body:
        places = [part for part in _BETWEEN_PLACES.split(right) if part]
        options = [place for place, text in enumerate(texts, 1) if text]
        if not all(_PLACE.fullmatch(part) and int(part) in options for part in places):
            sentence = _("“%(right)s” names no answer of this question.") % {"right": right[:40]}
            raise Malformed(sentence, fields={"right_answer": sentence})
        chosen = sorted({options.index(int(part)) + 1 for part in places})
        body: Body = {"question": title, "options": _options(texts)}
        body["kind"] = choice_kind(several=len(chosen) > 1)
        return {**body, "right_answer": ", ".join(map(str, chosen))} if chosen else body

    return read


# --- Slido's "Export All": a row an answer

_SLIDO = tuple(f"poll {column}" for column in ("id", "type", "question", "option"))


def _slido(sheet: Sheet) -> ForeignFile | None:
    if not sheet.rows:
        return None
    headings = [cell.strip().casefold() for cell in sheet.rows[0][1]]
    if not set(_SLIDO) <= set(headings):
        return None
    place = {name: headings.index(name) for name in _SLIDO}
    polls: dict[str, tuple[int, str, str, dict[str, None]]] = {}  # each answer once, in their order
    for number, cells in sheet.rows[1:]:
        identity, kind, question, answer = (_cell(cells, place[name]) for name in _SLIDO)
        answers = polls.setdefault(identity, (number, kind, question, {}))[3]
        if answer:
            answers[answer] = None
    entries = [
        Entry(number, question, _reader_of_slido(kind, question, list(answers)))
        for number, kind, question, answers in polls.values()
    ]
    note = _(
        "Read as Slido’s export of answers. Options that nobody chose, and right answers, are not in it."
    )
    return ForeignFile("Slido", entries, [note])


def _reader_of_slido(kind: str, question: str, answers: list[str]) -> Callable[[], Body]:
    def read() -> Body:
        name = kind.casefold()
        if name.startswith(("multiple choice", "quiz")):
            several = "multiple answer" in name or "multiple choice)" in name
            return {"question": question, "kind": choice_kind(several=several), "options": _options(answers)}
        bracket = {"word cloud": "words", "open text": "text"}.get(name)
        if bracket is None:
            sentence = _("A poll of Slido’s type “%(kind)s” cannot be made from its answers.") % {
                "kind": kind[:40]
            }
            raise Malformed(sentence, fields={"kind": sentence})
        return {"question": question, **(read_bracket(bracket) or {})}

    return read


# --- Claper's poll: one row, a column an option

_CLAPER = ["name", "multiple choice", "slide #"]


def _claper(sheet: Sheet) -> ForeignFile | None:
    if not sheet.rows or [cell.strip().casefold() for cell in sheet.rows[0][1][:3]] != _CLAPER:
        return None
    texts = [cell.strip() for cell in sheet.rows[0][1][3:]]
    entries = [
        Entry(
            number,
            _cell(cells, 0),
            lambda cells=cells: {  # type: ignore[misc]
                "question": _cell(cells, 0),
                "kind": choice_kind(several=_cell(cells, 1).casefold() == "true"),
                "options": _options(texts),
            },
        )
        for number, cells in sheet.rows[1:]
    ]
    return ForeignFile("Claper", entries, [_("Read as Claper’s export of a poll. Its votes were left out.")])
