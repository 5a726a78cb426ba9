"""Polls in the files of other programs."""

import io
import time

import openpyxl
import pytest

from opendev.core.sheets import Sheet
from opendev.room.poll_files.foreign import read_foreign
from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.reading import WrongPollFile, read_file

KAHOOT = (
    *((), (None, "Quiz template"), (None, "Add questions, at least two answers …"), (), (), (), ()),
    (
        *(None, "Question - max 120 characters"),
        *(f"Answer {place} - max 75 characters" for place in range(1, 5)),
        *(
            "Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs",
            "Correct answer(s) - choose at least one",
        ),
    ),
    (1, "Which store keeps the state?", "etcd", "Redis", "PostgreSQL", None, 20, 1),
    (2, "Which are storage?", "Cinder", "Swift", "Nova", None, 30, "1,2"),
    (4, None, None, None, None, None, None, None),
    (5, "Only one answer?", "Yes", None, None, None, 20, 1),
    (6, "Which versions?", 2025.1, 2025.2, None, None, 20, "2"),
    (7, "No right answer given?", "A", "B", None, None, 20, None),
    (8, "Right answer out of range?", "A", "B", None, None, 20, "5"),
    (9, "Spaces and a semicolon?", "A", "B", "C", None, 20, "1; 3"),
    (10, "A spreadsheet made a number of it?", "A", "B", "C", None, 20, 1.2),
    (11, "A number too long to be one?", "A", "B", None, None, 20, "9" * 5000),
)
ANONYMOUS = ("a" * 40,)
SLIDO = (
    *(("Participant ID", "Poll ID", "Poll Type", "Poll Question", "Poll Option", "Submission Date"),),
    ("a0", 101, "Word cloud", "One word: what blocks you?", "etcd", "03/04/2027"),
    ("a1", 101, "Word cloud", "One word: what blocks you?", "time", "03/04/2027"),
    ("a0", 102, "Multiple choice (Multiple answer)", "Which storage do you use?", "Cinder", "03/04/2027"),
    (
        "a1",
        102,
        "Multiple choice (Multiple answer)",
        "Which storage do you use?",
        "Other; see notes",
        "03/04/2027",
    ),
    ("a2", 102, "Multiple choice (Multiple answer)", "Which storage do you use?", "Cinder", "03/04/2027"),
    ("a0", 103, "Quiz (Single choice)", "Zuul gates changes.", "Yes", "03/04/2027"),
    ("a1", 103, "Quiz (Single choice)", "Zuul gates changes.", "No", "03/04/2027"),
)
RATING = ("a0", 104, "Rating", "How likely would you recommend us?", "9", "03/04/2027")


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    book.save(written := io.BytesIO())
    return written.getvalue()


def lines(file):
    return [write_line(draft) for draft in file.drafts]


def test_kahoots_template_is_read_with_its_right_answers():
    file = read_file(workbook(Sheet1=KAHOOT))
    assert lines(file) == [
        "Which store keeps the state? [right 1] / etcd / Redis / PostgreSQL",
        "Which are storage? [several] [right 1 2] / Cinder / Swift / Nova",
        "Which versions? [right 2] / 2025.1 / 2025.2",
        "No right answer given? / A / B",
        "Spaces and a semicolon? [several] [right 1 3] / A / B / C",
        "A spreadsheet made a number of it? [several] [right 1 2] / A / B / C",
    ]
    assert [(row.number, row.title, list(row.fields)) for row in file.refused] == [
        (12, "Only one answer?", ["options"]),
        (15, "Right answer out of range?", ["right_answer"]),
        (18, "A number too long to be one?", ["right_answer"]),
    ]
    assert "Kahoot" in file.notes[0]


EXPLAINED = ("Text of the question\n\n(required)\n", "Question Type\n\n(default is Multiple Choice)\n")
WAYGROUND = (
    (
        *("Question Text", "Question Type", *(f"Option {place}" for place in range(1, 6))),
        *("Correct Answer", "Time in seconds", "Image Link", "Answer explanation"),
    ),
    (*EXPLAINED, "Text for option 1\n\n(required in all cases …)"),
    ("Which is largest?", "Multiple Choice", "Earth", "Mars", "Jupiter", None, None, 3, 20),
    ("Which are planets?", "Checkbox", "Venus", "Neptune", "Uranus", "Pluto", None, "1,2,3", 45),
    ("Which one is, of many?", "Checkbox", "Venus", "Pluto", None, None, None, 1, 45),
    ("What would you do there?", "Open-Ended", None, None, None, None, None, None, 180),
    ("Which do you like?", "Poll", "Stars", "Comets", None, None, None, None, 20),
    ("The usual type?", None, "yes", "no", None, None, None, 1, None),
    ("Name a moon of Mars", "Fill-in-the-Blank", "Phobos", "Deimos", None, None, None, None, 60),
    ("Draw it", "Draw"),
    ("Out of range?", "Multiple Choice", "a", "b", None, None, None, 5, 20),
)
BLOOKET = (
    '"Blooket\nImport Template",,,,,,,\n'
    'Question #,Question Text,Answer 1,Answer 2,"Answer 3\n(Optional)","Answer 4\n(Optional)",'
    '"Time Limit (sec)\n(Max: 300 seconds)","Correct Answer(s)\n(Only include Answer #)",Question Image\n'
    "1,What is 2+2?,3,4,5,,20,2,\n"
    '2,Which are even?,1,2,3,4,30,"2,4",https://example.org/a.png\n'
    "3,,,,,,,,\n"
)


def test_waygrounds_template_is_read_by_its_types():
    file = read_file(workbook(Sheet1=WAYGROUND))
    assert (file.form, lines(file)) == (
        "Wayground",
        [
            "Which is largest? [right 3] / Earth / Mars / Jupiter",
            "Which are planets? [several] [right 1 2 3] / Venus / Neptune / Uranus / Pluto",
            "Which one is, of many? [several] [right 1] / Venus / Pluto",
            "What would you do there? [text]",
            "Which do you like? / Stars / Comets",
            "The usual type? [right 1] / yes / no",
        ],
    )
    assert [(row.number, list(row.fields)) for row in file.refused] == [
        (9, ["kind"]),
        (10, ["kind"]),
        (11, ["right_answer"]),
    ]


def test_blookets_template_is_read_from_its_second_row():
    file = read_file(BLOOKET.encode("utf-8-sig"))
    assert (file.form, lines(file), file.refused) == (
        "Blooket",
        ["What is 2+2? [right 2] / 3 / 4 / 5", "Which are even? [several] [right 2 4] / 1 / 2 / 3 / 4"],
        [],
    )


def test_slidos_export_gives_what_was_asked_and_the_options_that_were_chosen():
    pivot = [("Participant ID", "Participant Name", "One word: what blocks you?"), (None, None, "Word cloud")]
    file = read_file(workbook(Pivot_All=pivot, Export_All=SLIDO))
    assert lines(file) == [
        "One word: what blocks you? [words 1]",
        "Which storage do you use? [several] / Cinder / Other; see notes",
        "Zuul gates changes. / Yes / No",
    ]
    refused = read_file(workbook(Export_All=(*SLIDO, RATING))).refused
    assert [(row.number, list(row.fields)) for row in refused] == [(9, ["kind"])]


def test_many_answers_of_one_poll_are_read_in_time_that_their_number_allows():
    answers = [("a", "7", "Open text", "Why?", f"because {place}") for place in range(20_000)]
    rows = [list(SLIDO[0][:5]), *map(list, answers)]
    started = time.process_time()
    file = read_foreign([Sheet("Export All", list(enumerate(rows, 1)))])
    assert time.process_time() - started < 1
    assert file is not None
    assert [entry.title for entry in file.entries] == ["Why?"]


def test_clapers_poll_has_its_options_as_headings():
    file = read_file(b'Name,Multiple choice,Slide #,etcd,"Redis, Inc",=1+1\nWhich store?,false,3,12,4,0\n')
    assert lines(file) == ["Which store? / etcd / Redis, Inc / =1+1"]
    file = read_file(b"Name,Multiple choice,Slide #,etcd,etcd\nWhich store?,true,3,12,4\n")
    assert [list(row.fields) for row in file.refused] == [["options"]]


@pytest.mark.parametrize(
    ("program", "rows"),
    [
        (
            "Mentimeter",
            [("Note: there are more sheets",), ("Date (UTC)", "Session", "Voter", "Which?: Answer")],
        ),
        ("Slido", [("Participant ID", "Participant Name", "One word?"), (None, None, "Word cloud")]),
        ("Slido", [("User ID", "User Name", "One word?"), (None, None, "Word cloud")]),
        ("Claper", [("Attendee identifier", "User email", "Which?", "Total"), ("6A", "N/A", "etcd", "1/1")]),
    ],
)
def test_file_of_answers_alone_is_refused_by_its_name(program, rows):
    with pytest.raises(WrongPollFile) as refusal:
        read_file(workbook(Sheet1=rows))
    assert program in str(refusal.value.message)
