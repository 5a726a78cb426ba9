"""Read and write a poll as one line: "Question? [kind] [settings] / a / b".

Quick polls, run sheets and files use this form.
`write_line` reads back each line before returning it, so a line always describes the whole poll.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from django.conf import settings as django_settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import DomainError, Malformed
from opendev.core.text import ascii_digits
from polls.kinds import (
    KINDS,
    brackets_of,
    escape,
    protect,
    read_quick_line,
    restore,
    split_line,
    take_right,
)
from polls.kinds.other import has_other
from polls.models import Poll
from polls.services.reading import PollDraft, read_draft

# A slash beside a space separates options, so that "CI/CD" stays one word.
_SLASH = re.compile(r"(?<!\s)\s+[/／]\s*|[/／]\s+")  # the lookbehind scans a run of spaces only once
# Full-width slashes are written without spaces. They separate options if a line has no other slash.
_WIDE_SLASH = re.compile("／")
_ASKS = re.compile(r"[?？؟;՞⁇⁈⁉‽][\"'”’»)\]）」』]*\Z")
_ENDS = re.compile(r"[:：!！…][\"'”’»)\]）」』]*\Z")
_PICK = re.compile(r"pick (?P<low>\d{1,2})(?:\s?[-–]\s?(?P<high>\d{1,2}))?\Z")
RESULTS = {f"results {value.replace('_', ' ')}": value for value in Poll.Visibility.values}
SETTINGS: dict[str, tuple[str, Any]] = {
    "named": ("anonymous", False),
    "final": ("may_change", False),
    **{words: ("visibility", value) for words, value in RESULTS.items()},
}


class BadLine(Malformed):
    code = "bad_line"
    message = _("Write the question, then at least two options, separated by slashes: Question? / one / two")


def read_line(line: str) -> dict[str, Any]:
    """Return the JSON form of a quick poll: "Question? / a / b / c", its kind in brackets after the question.

    Raises:
        BadLine: fewer than two options.
    """
    line = protect(line)
    draft = read_head(line)
    if draft is not None and _has_answers(draft):
        return _restored(draft)
    question, options = _parted(line)
    if not question or len(options) < 2:
        raise BadLine(fields={"line": BadLine.message})
    draft = read_head(question)
    if draft is None or "options" in draft or ("kind" in draft and KINDS[draft["kind"]].is_written):
        draft = {"question": question}
    return _restored({**draft, "options": [{"text": option} for option in options]})


def _restored(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a protected line with its original characters."""
    return {name: restore(value) for name, value in draft.items()}


def read_head(text: str) -> dict[str, Any] | None:
    """Return the JSON form of a question followed by brackets: a kind or ready answers, then settings.

    For example "Question? [rank 3] [named, results after close]". None if there are no such brackets.
    """
    settings: dict[str, Any] = {}
    rest = text
    while parts := split_line(rest):
        more = read_settings(parts[1])
        if more is None:
            break
        rest, settings = parts[0], {**more, **settings}
    head = read_quick_line(rest)
    if head is None and not settings:
        return None
    return {"question": rest, **(head or {}), **settings}


def read_settings(bracket: str) -> dict[str, Any] | None:
    """Return the settings that all kinds share, from "named, final, results after close, pick 1-3, right 2".

    None if the bracket is empty or contains anything else.
    """
    bracket, right = take_right(bracket)
    settings: dict[str, Any] = {"right_answer": right} if right else {}
    for word in filter(None, (" ".join(part.casefold().split()) for part in bracket.split(","))):
        if word in SETTINGS:
            name, value = SETTINGS[word]
            settings[name] = value
        elif match := _PICK.match(word):
            low, high = (int(ascii_digits(match[part] or match["low"])) for part in ("low", "high"))
            settings |= {"min": low, "max": high}
        else:
            return None
    return settings or None


def _has_answers(draft: Mapping[str, Any]) -> bool:
    """Return True if a bracket settles the answers: ready ones, or a kind that makes or collects them."""
    kind = KINDS.get(draft.get("kind", ""))
    return "options" in draft or (kind is not None and (kind.makes_options or kind.is_written))


def _parted(line: str) -> tuple[str, list[str]]:
    """Return the question and the options of a line.

    The question ends at the first slash. If it has no punctuation there, and exactly one later part before
    the last asks and has two options after it, the question ends after that part instead:
    "Do you run 24 / 7 support? / yes / no".
    """
    line = line.strip().strip("/／").strip()
    slashes = list((_SLASH if _SLASH.search(line) else _WIDE_SLASH).finditer(line))
    begins = [0, *(slash.end() for slash in slashes)]
    ends = [*(slash.start() for slash in slashes), len(line)]
    parts = [(line[begin:end].strip(), end) for begin, end in zip(begins, ends, strict=True)]
    first, behind = parts[0], [part for part in parts[1:] if part[0]]
    asking = [place for place, (text, _end) in enumerate(behind[:-1], 1) if _asks(text)]
    if not _is_ended(first[0]) and len(asking) == 1 and len(behind) - asking[0] >= 2:
        return line[: behind[asking[0] - 1][1]], [text for text, _end in behind[asking[0] :]]
    return first[0], [text for text, _end in behind]


def _asks(text: str) -> bool:
    """Return True if a part ends with a question mark, ignoring a kind in brackets."""
    draft = read_head(text)
    return _ASKS.search(draft["question"] if draft else text) is not None


def _is_ended(text: str) -> bool:
    """Return True if the first part is a whole question: it ends with punctuation or a kind in brackets."""
    return bool(read_head(text) or _ASKS.search(text) or _ENDS.search(text))


def is_all_question(line: str) -> bool:
    """Return True if a line has no options: it has no slash, or only one inside the question."""
    question, options = _parted(line)
    return not options or (len(options) == 1 and not _is_ended(question) and _asks(options[0]))


def write_line(draft: PollDraft) -> str:
    """Return a poll as a line that `read_line` turns back into the same poll.

    The shortest such line is used: most polls need neither escapes nor rules as JSON.
    """
    poll = without_ids(draft)
    for line in _lines_of(draft):
        if _says(line, poll):
            return line
    raise AssertionError(f"no line says this poll: {poll}")


def _lines_of(draft: PollDraft) -> Iterator[str]:
    options = len(draft.options) + has_other(draft.rules)
    brackets = brackets_of(draft.kind, draft.rules, fewest=draft.min, most=draft.max, options=options)
    settings = (settings_of(draft), settings_of(draft, pick=True))
    texts: tuple[list[str], list[str]] = ([], [text for _id, text in draft.options])
    writers: tuple[Callable[[str], str], ...] = (str, escape)
    for bracket, write, setting, options_written in product(brackets, writers, settings, texts):
        heads = [f"[{write(part)}]" for part in (bracket, setting) if part]
        question, *rest = (write(text) for text in (draft.question, *options_written))
        yield " / ".join([" ".join([question, *heads]), *rest])


def _says(line: str, poll: PollDraft) -> bool:
    """Return True if a line is read as this poll in every language: some options are translated."""
    for language, _name in django_settings.LANGUAGES:
        with translation.override(language):
            try:
                read = read_draft(read_line(line))
            except DomainError:
                return False
        if read != poll:
            return False
    return True


def settings_of(draft: PollDraft, *, pick: bool = False) -> str:
    """Return the settings of a poll that differ from the defaults, in the form that `read_settings` reads."""
    words = [f"pick {draft.min}-{draft.max}"] if pick else []
    words += [
        word
        for word, (name, value) in SETTINGS.items()
        if getattr(draft, name) == value and getattr(USUAL, name) != value
    ]
    words += [f"right {' '.join(str(part) for part in draft.right_answer)}"] if draft.right_answer else []
    return ", ".join(words)


USUAL = PollDraft(question="", options=())


def without_ids(draft: PollDraft) -> PollDraft:
    """Return a draft without option ids, so that it can be created in another session."""
    return replace(draft, options=tuple((None, text) for _id, text in draft.options))
