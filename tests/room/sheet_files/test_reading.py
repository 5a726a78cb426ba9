"""What a file of a run sheet is read as, and how its wrong rows are refused."""

import io
import json

import openpyxl
import pytest

from opendev.room.poll_files.reading import PollFile
from opendev.room.sheet_files.reading import (
    WrongRunSheetFile,
    items_of_file,
    read_sheet_file,
    read_sheet_items,
    read_sheet_text,
)


def said(file: PollFile) -> list[tuple[str, str, int]]:
    return [(item.kind, item.text, item.minutes) for item in items_of_file(file)]


def refused(file: PollFile) -> list[tuple[int, str, list[str]]]:
    return [(row.number, row.code, list(row.fields)) for row in file.refused]


def test_plan_is_read_as_it_is_pasted():
    file = read_sheet_text(
        "Opening prompt: Why? (5)\n\nPoll: Which? [several] / a / b (4)\nQ&A (10)\nBreathe\n"
    )
    assert said(file) == [
        ("prompt", "Why?", 5),
        ("poll", "Which?", 4),
        ("questions", "", 10),
        ("note", "Breathe", 0),
    ]
    assert [row.number for row in file.rows] == [1, 3, 4, 5]
    assert items_of_file(file)[1].poll.kind == "multiple"


def test_wrong_lines_are_named_by_row_and_field():
    file = read_sheet_text(f"Prompt: Why? (601)\nPoll: Only a question\nFollow-up: {'x' * 121}\nNote: fine\n")
    assert refused(file) == [
        (1, "malformed", ["minutes"]),
        (2, "bad_line", ["line"]),
        (3, "malformed", ["text"]),
    ]
    assert said(file) == [("note", "fine", 0)]


def test_table_is_read_by_its_headings():
    table = (
        "Item;Minutes;Text;Kind;Option 1;Option 2\n"
        "prompt;5;Why?;;;\n"
        "Poll;;Which?;;a;b\n"
        "poll;3;How? [scale 1-5];;;\n"
        "line;;Networking;;;\n"
    )
    file = read_sheet_text(table)
    assert (file.form, refused(file)) == ("csv", [])
    assert said(file) == [
        ("prompt", "Why?", 5),
        ("poll", "Which?", 0),
        ("poll", "How?", 3),
        ("line", "Networking", 0),
    ]


def test_rows_of_a_table_are_refused_by_row_and_field():
    table = (
        "item,minutes,text,kind,option_1,option_2\n"
        "dance,,Why?,,,\n"
        "note,soon,Breathe,,,\n"
        "prompt,,Why?,,a,\n"
        "poll,,,,a,b\n"
        "poll,,Which?,single,a,a\n"
        "note,,Fine,,,,astray\n"
    )
    assert refused(read_sheet_text(table)) == [
        (2, "malformed", ["item"]),
        (3, "malformed", ["minutes"]),
        (4, "malformed", ["option_1"]),
        (5, "malformed", ["text"]),
        (6, "malformed", ["options"]),
        (7, "malformed", ["column"]),
    ]


def test_entries_of_json_are_refused_by_row_and_field():
    which = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}]}
    file = read_sheet_items(
        [
            {"kind": "poll", "minutes": 3, "poll": which},
            {"kind": "poll", "line": "Which? / a / b"},
            {"kind": "dance"},
            {"kind": "note", "text": "Breathe", "colour": "red"},
            {"kind": "note", "text": "Breathe", "poll": which},
            {"kind": "poll", "poll": {**which, "kind": "dance"}},
            {"kind": "poll"},
            {"kind": "poll", "line": 7},
            {"kind": "note", "text": "Breathe", "minutes": "3"},
            "note",
        ]
    )
    assert said(file) == [("poll", "Which?", 3), ("poll", "Which?", 0)]
    assert refused(file) == [
        (3, "malformed", ["kind"]),
        (4, "malformed", ["colour"]),
        (5, "malformed", ["poll"]),
        (6, "malformed", ["kind"]),
        (7, "malformed", ["question"]),
        (8, "malformed", ["line"]),
        (9, "malformed", ["minutes"]),
        (10, "malformed", ["kind"]),
    ]


def test_file_of_polls_is_a_run_sheet_of_them():
    book = openpyxl.Workbook()
    for row in (("Question", "Option 1", "Option 2"), ("Which?", "a", "b"), ("Wrong?", "a", "")):
        book.active.append(row)
    book.save(written := io.BytesIO())
    document = json.dumps({"polls": [{"question": "Which?", "kind": "text"}]})
    assert said(read_sheet_text(document)) == [("poll", "Which?", 0)]
    file = read_sheet_file(written.getvalue())
    assert (said(file), refused(file)) == ([("poll", "Which?", 0)], [(3, "malformed", ["options"])])


@pytest.mark.parametrize(
    "content",
    [
        *(
            None,
            7,
            "",
            " \n",
            "x" * 200_001,
            "Note: x\n" * 101,
            '{"items": [',
            '{"items": 7}',
            '{"items": []}',
        ),
        *(
            '{"steps": []}',
            "[]",
            "item,minutes,text\n",
            "item,text,colour\nnote,x,red\n",
            "item,text,text\n,,\n",
        ),
    ],
)
def test_what_is_no_run_sheet_is_refused_whole(content):
    with pytest.raises(WrongRunSheetFile) as refusal:
        read_sheet_text(content)
    assert refusal.value.fields


def test_what_is_neither_text_nor_a_workbook_is_refused():
    for content in (b"\xff\xd8\xff\xe0\x00\x10JFIF", b"PK\x03\x04 broken"):
        with pytest.raises(WrongRunSheetFile):
            read_sheet_file(content)
