"""Polls in GIFT, Moodle's text form of questions. What is right is what Moodle's importer reads."""

import pytest

from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.reading import WrongPollFile, read_text
from opendev.room.sheet_files.reading import items_of_file, read_sheet_text

QUIZ = r"""// a comment
$CATEGORY: $course$/top/Upgrades

::Single::Which database keeps the state?{
  ~PostgreSQL#no
  =etcd#yes
  ~Redis
}

::Multiple::Which are storage?{ ~%50%Cinder ~%50%Swift ~%-100%Nova }

Ironic manages {=bare metal ~virtual machines} servers.

::True::Zuul gates changes.{T}

::Two line breaks::[markdown]First\n\nsecond{FALSE#wrong#right####general}

::Tags::[html]<p>Is 1 &lt; 2<br>at all?</p>{=<b>yes</b> ~no}

::Escapes::A price of 5 \= 2 + 3, a set \{a, b\}, at 10\:30, C\#, \~5, \\n?{=yes ~no}

::Colon::Ratio 3:1 at 10:30?{=yes ~no}

::Exact::How many? {#5}

::Year::When was it? {#2010:0}

::Half::How long? {#-1.50}

::Tolerance::How many clusters? {#5:2}

::Short::One word for the store?{=etcd =Etcd =%50%zookeeper}

::Essay::What blocks you?{}

::Description::A text without answers.
"""


def test_questions_are_read_as_moodle_reads_them():
    file = read_text(QUIZ)
    assert (file.form, file.refused) == ("GIFT", [])
    assert [(row.number, write_line(row.draft)) for row in file.rows] == [
        (4, "Which database keeps the state? [right 2] / PostgreSQL / etcd / Redis"),
        (10, "Which are storage? [several] [right 1 2] / Cinder / Swift / Nova"),
        (12, "Ironic manages _____ servers. [right 1] / bare metal / virtual machines"),
        (14, "Zuul gates changes. [right 1] / yes / no"),
        (16, "First second [right 2] / yes / no"),
        (18, "Is 1 < 2 at all? [right 1] / yes / no"),
        (20, r"A price of 5 = 2 + 3, a set {a, b}, at 10:30, C#, ~5, \n? [right 1] / yes / no"),
        (22, "Ratio 3:1 at 10:30? [right 1] / yes / no"),
        (24, "How many? [number 0-100] [right 5]"),
        (26, "When was it? [number 0-10000] [right 2010]"),
        (28, "How long? [number -100-100 step 0.1] [right -1.5]"),
        (30, "How many clusters? [number 0-100]"),
        (32, "One word for the store? [words 1]"),
        (34, "What blocks you? [text]"),
    ]
    assert "GIFT" in file.notes[0]


def test_what_no_poll_asks_for_is_refused_by_row_and_field():
    file = read_text(
        "Which?{=a ~b}\n\nMatch. {=Nova -> compute =Neutron -> network}\n\nHow long? {#1,5:0,1}\n\n"
        "Never closed?{=a ~b\n\nClosed?=a ~b}\n\nNested?{=a ~{b}}\n\nOne?{~%100%a}\n\n{=a ~b}\n"
    )
    assert [(row.number, list(row.fields)) for row in file.refused] == [
        (3, ["kind"]),
        (5, ["right_answer"]),
        *((number, ["question"]) for number in (7, 9, 11)),
        (13, ["options"]),
        (15, ["question"]),
    ]


@pytest.mark.parametrize(
    "line",
    ["What does {} do? / a / b", "Which? / {=a} / b", "Is {=} a set? / yes / no\nWhat? {=a ~b} / a / b"],
)
def test_poll_a_line_may_have_braces(line):
    assert read_text(line).form == "text"


def test_text_without_any_answers_is_no_file_of_polls():
    with pytest.raises(WrongPollFile):
        read_text("// {T}\n")


def test_questions_are_items_of_a_run_sheet():
    items = items_of_file(read_sheet_text(QUIZ))
    assert {item.kind for item in items} == {"poll"}
    assert (len(items), items[0].text) == (14, "Which database keeps the state?")
