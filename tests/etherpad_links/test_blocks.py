"""Where headings and names stand, and when that cannot be said."""

import pytest

from etherpad_links.easysync import Document, Line, split_lines
from etherpad_links.sync.blocks import distinct_heading, folded, is_name, locate, name_on, names_under

HEADING = "Networking API"
US = "a.us"


def lines_of(text: str, ours: str = "") -> list[Line]:
    """Lines of a pad in which the lines that `ours` names are written by us."""
    marks = []
    for line in text.removesuffix("\n").split("\n"):
        mark = (("author", US if line and line in ours.split(",") else "a.them"),)
        marks += [mark] * (len(line) + 1)
    return split_lines(Document(text, tuple(marks)))


def end_of(text: str, line: str) -> int:
    return text.index(line) + len(line)


@pytest.mark.parametrize(
    ("text", "position_of", "copies", "found"),
    [
        ("x\nNetworking API\ny\n", "Networking API", 1, ("ok", 2)),
        ("x\nnetworking  api:\ny\n", None, 1, ("ok", 2)),  # spelt another way
        ("x\n* Networking API\ny\n", None, 1, ("ok", 2)),  # made an entry of a list
        (
            "x\nA network API for pods\ny\n",
            "A network API for pods",
            1,
            ("ok", 2),
        ),  # renamed: its place counts
        ("x\nNetworking API\n\ny\n", "\n\n", 1, ("ok", 2)),  # Enter at its end: the blank line is not it
        ("x\nNetworking APIs\ny\n", None, 1, ("missing", None)),  # nearly the same, but not ours
        ("Networking APIs\nNetworking APIz\n", None, 1, ("missing", None)),  # nearly the same, twice
        ("x\ny\n", None, 1, ("missing", None)),
        ("Networking API\nx\nNetworking API\n", "x", 1, ("doubled", None)),
        ("Networking API\nx\nNetworking API\n", "Networking API", 2, ("ok", 1)),  # a moderator has seen both
        ("Networking API\nx\nNetworking API\n", None, 2, ("doubled", None)),
        ("Networking API\nx\nRenamed\n", "Renamed", 2, ("ok", 3)),
    ],
)
def test_heading_is_found_by_its_place_then_by_its_words(text, position_of, copies, found):
    position = end_of(text, position_of) if position_of else None
    place = locate(lines_of(text), heading=HEADING, position=position, copies=copies)
    assert (place.state, place.line and place.line.number) == found


@pytest.mark.parametrize(
    ("text", "ours", "found"),
    [
        ("x\nNetworking APIs\ny\n", "Networking APIs", ("ok", 2)),  # nearly the same, ours, and only one
        ("Networking APIs\nNetworking APIz\n", "Networking APIs,Networking APIz", ("missing", None)),
        ("x\nNetworking APIs\ny\n", "", ("missing", None)),  # somebody else's
    ],
)
def test_close_match_is_for_a_heading_of_ours_that_was_renamed(text, ours, found):
    place = locate(lines_of(text, ours), heading=HEADING, position=None, author=US)
    assert (place.state, place.line and place.line.number) == found


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("Networking API\nAnn\nBob\n\nElse\n", [], ["Ann", "Bob"]),
        ("Networking API\n\nElse\n", [], []),
        ("Networking API\n", [], []),
        ("Networking API\nAnn\nOther heading\nCid\n", [], ["Ann"]),
        (
            "Networking API\n\nAnn\nBob\n",
            ["ann"],
            ["Ann", "Bob"],
        ),  # one blank line before a name of the block
        ("Networking API\nAnn\n\nBob\n", ["bob"], ["Ann", "Bob"]),
        ("Networking API\nAnn\n\nAnn\n", ["ann"], ["Ann"]),  # that name was met already
        ("Networking API\nAnn\n\nAnn\n", ["ann", "ann"], ["Ann", "Ann"]),
        ("Networking API\nAnn\n\n\nBob\n", ["bob"], ["Ann"]),  # two are the end
        ("Networking API\nAnn\n\nBob said so\n", [], ["Ann"]),
    ],
)
def test_names_stand_below_down_to_a_blank_line_or_another_heading(text, known, names):
    lines = lines_of(text)
    others = {line.number for line in lines if line.text == "Other heading"}
    found = names_under(lines, lines[0], fences=others, known=known)
    assert [line.text for line in found] == names


@pytest.mark.parametrize(
    ("title", "taken", "heading"),
    [
        ("Table 1", set(), "Table 1"),
        ("Table 1", {"table 2"}, "Table 1"),
        ("Table 1", {"table 1"}, "Table 1 (2)"),
        ("Table 1:", {"table 1", "table 1: (2)"}, "Table 1: (3)"),
    ],
)
def test_heading_of_a_line_reads_like_no_other(title, taken, heading):
    assert distinct_heading(title, taken) == heading


def test_signs_of_a_list_and_spelling_are_no_part_of_a_name():
    assert [name_on(line) for line in lines_of("* Ann\n- Bob  Lee\n12. Cid\n3D\n")] == [
        "Ann",
        "Bob Lee",
        "Cid",
        "3D",
    ]
    assert folded("  - ZOË ") == folded("zoe\u0308")


def test_sentence_is_no_name():
    short, long = lines_of(f"Ann\n{'word ' * 20}\n")
    assert is_name(short)
    assert not is_name(long)
