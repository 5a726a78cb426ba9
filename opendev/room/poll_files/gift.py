"""Polls in GIFT, Moodle's text form of questions: "::name:: Which one? {=right ~wrong}", with a blank line between two.

Parts that a poll cannot have are left out, with a note: feedback, tolerances, spellings of typed answers, and
descriptions, which ask nothing.
"""

import html
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import Malformed
from opendev.room.poll_files.foreign import Body, Entry, ForeignFile
from polls.kinds import choice_kind, number_kind, read_bracket

PROGRAM = "GIFT"
# Escaped characters, and their stand-ins while a question is parsed: control characters, which no text may contain.
_ESCAPED = {
    "~": "\x01",
    "=": "\x02",
    "#": "\x03",
    "{": "\x04",
    "}": "\x05",
    ":": "\x06",
    "\\": "\x07",
    "n": " ",
}
_SIGNS = {stand_in: sign for sign, stand_in in _ESCAPED.items() if sign != "n"}
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_STAND_IN = re.compile("[\x01-\x07]")
_ANSWERS = re.compile(r"^[ \t]*::|\{\s*(?:[=~#]|(?:T|TRUE|F|FALSE)\s*[}#])", re.MULTILINE)
_NAME = re.compile(r"::.*?::", re.DOTALL)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")
_ONE = re.compile(r"([=~])([^=~]*)")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d{1,5})?)%")
_TRUTH = re.compile(r"(T|TRUE|F|FALSE)\s*(?:#.*)?\Z", re.DOTALL)
_EXACT = re.compile(r"=?(-?\d{1,12}(?:\.\d{1,6})?)(?::0(?:\.0*)?)?\Z")


def read_gift(text: str) -> ForeignFile | None:
    """Return the questions of a text in GIFT; None if it is something else.

    In a text with one poll per line, slashes come before any brace.
    """
    protected = _ESCAPE.sub(lambda match: _ESCAPED[match[1]], text)
    answers = _ANSWERS.search(protected)
    if answers is None or " / " in protected[: answers.start()].rpartition("\n")[2]:
        return None
    entries = [
        Entry(number, _plain(block.partition("{")[0])[0], _reader_of(block))
        for number, block in _blocks(protected)
        if "{" in block or "}" in block  # else a description
    ]
    notes = [
        _("Read as GIFT. Feedback, tolerances, typed spellings and texts without answers were left out.")
    ]
    return ForeignFile(PROGRAM, entries, notes)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Return (number of the first line, text) of each block between blank lines, without comments and categories."""
    begins, lines = 0, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.lstrip().startswith(("//", "$CATEGORY:")):
            continue
        if line.strip():
            begins = begins or number
            lines.append(line)
        elif lines:
            yield begins, "\n".join(lines)
            begins, lines = 0, []


def _plain(text: str) -> tuple[str, bool]:
    """Return a question's text in one line without its name, and whether it is written in HTML."""
    text = _NAME.sub("", text, count=1) if text.lstrip().startswith("::") else text
    form = _FORMAT.match(text.lstrip())
    is_html = form is not None and form[1].casefold() == "html"
    return _line(text.lstrip()[form.end() :] if form else text, is_html=is_html), is_html


def _line(text: str, *, is_html: bool) -> str:
    if is_html:
        text = html.unescape(_TAG.sub(" ", text))
    return " ".join(_STAND_IN.sub(lambda match: _SIGNS[match[0]], text).split())


def _reader_of(block: str) -> Callable[[], Body]:
    def read() -> Body:
        before, opened, rest = block.partition("{")
        inside, closed, behind = rest.rpartition("}")
        if not opened or not closed or "{" in inside or "}" in inside:
            raise _wrong("question", _("A question’s answers stand between { and }."))
        question, is_html = _plain(before)
        if behind := _line(behind, is_html=is_html):
            question = f"{question} _____ {behind}"  # the gap is within the sentence
        answers = inside.partition("####")[0].strip()
        return {"question": question, **_body_of(answers, is_html=is_html)}

    return read


def _body_of(answers: str, *, is_html: bool) -> Body:
    """Return the form of poll for a question with these answers.

    Raises:
        Malformed: there is no such poll.
    """
    if not answers:
        return read_bracket("text") or {}
    if truth := _TRUTH.match(answers):
        options = [{"text": _("yes")}, {"text": _("no")}]
        return {"options": options, "right_answer": "1" if truth[1].startswith("T") else "2"}
    if answers.startswith("#"):
        return _number(answers[1:].strip())
    parts = [_part(sign, text, is_html=is_html) for sign, text in _ONE.findall(answers)]
    if not parts or not answers.startswith(("=", "~")):
        raise _wrong("options", _("A question’s answers stand between { and }."))
    if all(sign == "=" for sign, _weight, _text in parts):
        if any("->" in text for _sign, _weight, text in parts):
            raise _wrong(
                "kind", _("A question of the type “%(kind)s” cannot be asked here.") % {"kind": "->"}
            )
        return read_bracket("words 1") or {}
    return _choice(parts)


def _part(sign: str, text: str, *, is_html: bool) -> tuple[str, Decimal, str]:
    """Return an answer's sign, its share of the marks, and its text without feedback."""
    text = text.strip()
    weight = _WEIGHT.match(text)
    answer = text[weight.end() :] if weight else text
    share = Decimal(weight[1]) if weight else Decimal(0)
    return sign, share, _line(answer.partition("#")[0], is_html=is_html)


def _choice(parts: list[tuple[str, Decimal, str]]) -> Body:
    """Return a choice; of several if no single answer is the right one."""
    several = all(sign == "~" for sign, _share, _text in parts)
    right = [
        str(place)
        for place, (sign, share, _text) in enumerate(parts, 1)
        if (share > 0 if several else sign == "=")
    ]
    body: Body = {"kind": choice_kind(several=several), "options": [{"text": text} for *_rest, text in parts]}
    return {**body, "right_answer": ", ".join(right)} if right else body


def _number(answer: str) -> Body:
    """Return a number, with bounds around the right one; a tolerance or a range gives none, as a poll's is exact."""
    body: dict[str, Any] = {"kind": number_kind()}
    exact = _EXACT.match(answer.partition("#")[0].strip())
    if exact is None and ("," in answer or not any(sign.isdigit() for sign in answer)):
        return {**body, "right_answer": answer[:40]}  # not a number, which the kind reports
    if exact is None:
        return body
    value = Decimal(exact[1])
    size = max(Decimal(100), Decimal(10) ** len(str(int(abs(value)))))
    step = Decimal(1).scaleb(int(value.normalize().as_tuple().exponent)) if value % 1 else Decimal(1)
    low = -size if value < 0 else Decimal(0)
    body["rules"] = {"from": f"{low:f}", "to": f"{size:f}", "step": f"{step:f}"}
    return {**body, "right_answer": f"{value:f}"}


def _wrong(field: str, sentence: str) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
