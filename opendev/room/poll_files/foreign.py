"""Polls in the files of other programs, known by their headings: templates of quizzes, Slido's export, Claper's.

Only formats of which we have seen real files, or the code that writes them. An export of results only contains options
that somebody chose; a note says so.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import Malformed
from opendev.core.sheets import Sheet
from polls.kinds import choice_kind, read_bracket

LOOKED_AT = 20  # rows in which to look for the headings
# How other programs' text tables begin.
FIRST_HEADINGS = (
    ["name", "multiple choice"],
    ["participant id", "poll id"],
    ["participant id", "participant name"],
    ["user id", "user name"],
    ["attendee identifier", "user email"],
    ["date (utc)", "session"],
    ["blooket"],  # the first line of a cell of two
    ["blooket import template", ""],
    ["question #", "question text"],
    ["question text", "question type"],
)
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A poll in such a file: its first row, its question, and a function that returns its JSON form, or raises."""

    row: int
    title: str
    read: Callable[[], Body]


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A parsed file: the program's name, its polls, and sentences about what was left out."""

    program: str
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)


def read_foreign(sheets: Sequence[Sheet]) -> ForeignFile | None:
    """Return the polls of another program's file, or None if no sheet has known headings.

    Raises:
        Malformed: a known file without polls.
    """
    for read in (_wayground, _kahoot, _slido, _claper):
        for sheet in sheets:
            if file := read(sheet):
                return file
    for sheet in sheets:
        for _number, cells in sheet.rows[:LOOKED_AT]:
            _refuse_results([cell.strip().casefold() for cell in cells])
    return None


def _refuse_results(headings: list[str]) -> None:
    """Raise if the headings are only those of answers, from which the questions cannot be derived."""
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


# --- Kahoot's template: headings in row 8, limits in them vary. Blooket's is the same with its own headings in row 2

_ANSWER = re.compile(r"answer \d")
_PLACE = re.compile("[0-9]{1,2}")
_BETWEEN_PLACES = re.compile(r"[\s,;.]+")  # "1,2" is 1.2 if a spreadsheet took it for a number


def _kahoot(sheet: Sheet) -> ForeignFile | None:
    for at, (_number, cells) in enumerate(sheet.rows[:LOOKED_AT]):
        headings = [cell.strip().casefold() for cell in cells]
        answers = [i for i, text in enumerate(headings) if _ANSWER.match(text)]
        # before the answers, since a picture may follow; Blooket numbers its questions in a separate column
        last = max(answers, default=0)
        questions = [i for i, text in enumerate(headings[:last]) if text.startswith("question")]
        right = _place_of_right(headings)
        if questions and len(answers) > 1 and right is not None:
            entries = list(_of_kahoot(sheet.rows[at + 1 :], questions[-1], answers, right))
            program = "Blooket" if headings[questions[-1]] == "question text" else "Kahoot"
            return ForeignFile(program, entries, [_note_of_template(program)])
    return None


def _place_of_right(headings: Sequence[str]) -> int | None:
    return next((i for i, text in enumerate(headings) if text.startswith("correct answer")), None)


def _note_of_template(program: str) -> str:
    return _("Read as %(program)s’s template. Time limits and pictures were left out.") % {"program": program}


def _of_kahoot(
    rows: Sequence[tuple[int, list[str]]], question: int, answers: list[int], right: int
) -> Iterator[Entry]:
    for number, cells in rows:
        texts = [_cell(cells, place) for place in answers]
        title = _cell(cells, question)
        if title or any(texts):  # the template's own rows only have a number
            yield Entry(number, title, _reader_of_quiz(title, texts, _cell(cells, right)))


def _reader_of_quiz(title: str, texts: list[str], right: str, *, several: bool = False) -> Callable[[], Body]:
    def read() -> Body:
        places = [part for part in _BETWEEN_PLACES.split(right) if part]
        options = [place for place, text in enumerate(texts, 1) if text]
        if not all(_PLACE.fullmatch(part) and int(part) in options for part in places):
            sentence = _("“%(right)s” names no answer of this question.") % {"right": right[:40]}
            raise Malformed(sentence, fields={"right_answer": sentence})
        chosen = sorted({options.index(int(part)) + 1 for part in places})
        body: Body = {"question": title, "options": _options(texts)}
        body["kind"] = choice_kind(several=several or len(chosen) > 1)
        return {**body, "right_answer": ", ".join(map(str, chosen))} if chosen else body

    return read


# --- Wayground's template, which was Quizizz's: headings in row 1, below them perhaps a row that explains them

_WAYGROUND = {"question text", "question type", "option 1"}
_EXPLANATION = "text of the question"
_OPTION = re.compile(r"option \d")
_CHOICES = {"": False, "multiple choice": False, "poll": False, "checkbox": True}  # whether several answers


def _wayground(sheet: Sheet) -> ForeignFile | None:
    if not sheet.rows:
        return None
    headings = [cell.strip().casefold() for cell in sheet.rows[0][1]]
    if not set(headings) >= _WAYGROUND:
        return None
    question, kind = headings.index("question text"), headings.index("question type")
    options = [i for i, text in enumerate(headings) if _OPTION.match(text)]
    right = _place_of_right(headings)
    entries = []
    for number, cells in sheet.rows[1:]:
        title, texts = _cell(cells, question), [_cell(cells, place) for place in options]
        if title.casefold().startswith(_EXPLANATION) or not (title or any(texts)):
            continue
        rights = "" if right is None else _cell(cells, right)
        entries.append(Entry(number, title, _reader_of_typed(_cell(cells, kind), title, texts, rights)))
    return ForeignFile("Wayground", entries, [_note_of_template("Wayground")])


def _reader_of_typed(kind: str, title: str, texts: list[str], right: str) -> Callable[[], Body]:
    """Return the function that reads a question of one of Wayground's types."""
    name = kind.casefold().replace("-", " ")
    if name in _CHOICES:
        return _reader_of_quiz(title, texts, right, several=_CHOICES[name])

    def read() -> Body:
        if name != "open ended":
            sentence = _("A question of the type “%(kind)s” cannot be asked here.") % {"kind": kind[:40]}
            raise Malformed(sentence, fields={"kind": sentence})
        return {"question": title, **(read_bracket("text") or {})}

    return read


# --- Slido's "Export All": one row per answer

_SLIDO = tuple(f"poll {column}" for column in ("id", "type", "question", "option"))


def _slido(sheet: Sheet) -> ForeignFile | None:
    if not sheet.rows:
        return None
    headings = [cell.strip().casefold() for cell in sheet.rows[0][1]]
    if not set(_SLIDO) <= set(headings):
        return None
    place = {name: headings.index(name) for name in _SLIDO}
    polls: dict[str, tuple[int, str, str, dict[str, None]]] = {}  # each answer once, in order
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


# --- Claper's poll: one row, one column per option

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
