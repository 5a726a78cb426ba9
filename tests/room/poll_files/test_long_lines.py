"""Lines that are far too long, or made to keep a pattern busy: each is refused, and at once."""

import time
from contextlib import suppress

import pytest

from opendev.room.pasting import read_plan_line
from opendev.room.poll_files.lines import read_line, write_line
from opendev.room.poll_files.reading import WrongPollFile, read_text
from polls.kinds import read_bracket
from polls.services.reading import MAX_OPTION_LENGTH, MAX_QUESTION_LENGTH, read_draft

BLANKS = " " * 40_000


@pytest.mark.parametrize(
    "line",
    [
        f"Which?{BLANKS}a",
        f"Which? / a{BLANKS}b",
        "Which" + "\\" * 40_000 + "a",
        "Which? [scale 1-5" + ",  a  " * 12 + "!]",
        "Which? [" + ", right a" * 10_000 + '"]',
        "Which? [scale " + '{"a":' * 900 + "1" + "}" * 900 + "]",
        'Which? [scale {"a":' + r"\[" * 900 + "1" + r"\]" * 900 + "}]",
    ],
    ids=["blanks", "blanks in an option", "backslashes", "words", "right answers", "objects", "lists"],
)
def test_line_is_refused_at_once(line):
    started = time.process_time()
    file = read_text(line)
    assert [row.code for row in file.refused] == ["bad_line"]
    assert time.process_time() - started < 1


def test_item_of_a_run_sheet_is_read_at_once():
    started = time.process_time()
    assert read_plan_line(f"Note: a{BLANKS}b (3)")["minutes"] == 3
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "::" * 90_000,
        "{=" * 90_000,
        "[html]a{=" + "<" * 180_000 + "}",
        "\n \n" * 60_000 + "::a{T}",
        "{" + BLANKS * 4,
    ],
    ids=["names", "braces", "tags", "blank lines", "blanks"],
)
def test_gift_is_read_at_once(text):
    started = time.process_time()
    with suppress(WrongPollFile):
        read_text(text)
    assert time.process_time() - started < 1


def test_bracket_that_is_longer_than_any_is_none():
    assert read_bracket("scale " + '{"a": ' * 900 + "1" + "}" * 900) is None


def test_longest_poll_is_written_and_read():
    option = "[/" * (MAX_OPTION_LENGTH // 2 - 1)
    draft = read_draft(
        {
            "question": "[/" * (MAX_QUESTION_LENGTH // 2),
            "kind": "scale",
            "rules": {"from": -100, "to": -90, "labels": ['"' * 40, "[" * 40], "no_opinion": True},
            "options": [{"text": f"{option}{place:02}"} for place in range(12)],
        }
    )
    assert read_draft(read_line(write_line(draft))) == draft
