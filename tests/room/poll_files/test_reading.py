"""What a file of polls is read as, and how its wrong rows are refused."""

import time

import pytest

from opendev.room.poll_files.reading import (
    MOST_POLLS,
    PollFile,
    WrongPollFile,
    read_file,
    read_polls,
    read_text,
)
from opendev.room.poll_files.tables import guarded, unguarded


def refused(file: PollFile) -> list[tuple[int, str, list[str]]]:
    return [(row.number, row.code, list(row.fields)) for row in file.refused]


def test_lines_are_read_as_quick_polls_and_counted_with_the_empty_ones():
    file = read_text("\nWhich? / a / b\n\nOnly a question\nHow? [scale 1-9000: a … b]\n")
    assert (file.form, [draft.question for draft in file.drafts]) == ("text", ["Which?"])
    assert refused(file) == [(4, "bad_line", ["line"]), (5, "bad_line", ["line"])]
    assert [row.title for row in file.rows][1] == "Only a question"


def test_table_of_a_german_spreadsheet_is_read_by_its_headings():
    content = "sep=;\r\nQuestion;Kind;Option 1;Option 2;Visibility\r\nWelche?;;ja;nein;always\r\nWie?;scale 1-4;;;\r\n"
    file = read_file(content.encode("utf-16"))
    assert (file.form, refused(file)) == ("csv", [])
    assert [(draft.question, draft.visibility, len(draft.options)) for draft in file.drafts] == [
        ("Welche?", "always", 2),
        ("Wie?", "after_voting", 4),
    ]


def test_rows_of_a_table_are_refused_by_row_and_field():
    rows = (
        "question,kind,min,anonymous,right_answer,option_1,option_2",
        "Which?,hologram,,,,a,b",
        "Which?,,x,,,a,b",
        "Which?,,,perhaps,,a,b",
        "Which?,,,,9,a,b",
        "Which?,,,,,a,a",
        ",,,,,a,b",
        "Which?,,,,,a,b,c",
        "Which?,,,,,a,b",
    )
    file = read_text("\n".join(rows))
    assert refused(file) == [
        (2, "malformed", ["kind"]),
        (3, "malformed", ["min"]),
        (4, "malformed", ["anonymous"]),
        (5, "malformed", ["right_answer"]),
        (6, "malformed", ["options"]),
        (7, "malformed", ["question"]),
        (8, "malformed", ["column"]),
    ]
    assert len(file.drafts) == 1


def test_json_is_refused_by_entry_and_field():
    options = [{"text": "a", "id": "7"}, {"text": "b"}]
    file = read_polls(
        [
            {"question": "Which?", "options": options},
            {"question": "Which?", "options": options, "visiblity": "always"},
            {"question": "Which?", "options": options, "state": "live"},
            "Which?",
            {"question": "Which?", "preset": "nps"},
        ]
    )
    assert refused(file) == [
        (2, "malformed", ["visiblity"]),
        (3, "malformed", ["state"]),
        (4, "malformed", ["question"]),
    ]
    assert file.drafts[0].options == ((None, "a"), (None, "b"))
    assert file.drafts[1].rules["nps"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n ",
        b"\0\0\0\0\0\0a",
        b'{"polls": [',
        b'{"polls": 7}',
        b'[{"question": "Which?",}]',
        b"[]",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0 of Excel 97",
        b"question,kind,colour\nWhich?,,red\n",
        b"question,kind,kind\nWhich?,,\n",
        b"question,kind\n",
        "\n".join(["Which? / a / b"] * (MOST_POLLS + 1)).encode(),
        b"x" * 200_001,
    ],
)
def test_file_that_holds_no_polls_is_refused_as_a_whole(content):
    with pytest.raises(WrongPollFile) as refusal:
        read_file(content)
    assert refusal.value.code == "wrong_poll_file"
    assert refusal.value.fields


def test_no_more_rows_are_read_than_a_file_can_have():
    started = time.process_time()
    with pytest.raises(WrongPollFile):
        read_text("a\n" * 99_000)
    assert time.process_time() - started < 0.5


def test_question_may_look_like_the_beginning_of_json():
    assert read_text("[old] or {new}? / a / b").drafts[0].question == "[old] or {new}?"


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''=1", "'", "'a", "-5", "@x", "＝x", "a", "'tis"])
def test_cell_that_a_spreadsheet_would_run_is_guarded_and_comes_back(text):
    assert not guarded(text).startswith(("=", "+", "-", "@"))
    assert unguarded(guarded(text)) == text
