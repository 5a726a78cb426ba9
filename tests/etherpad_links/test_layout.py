"""Which pad line is whose heading, and what is never a name."""

from etherpad_links.easysync import Document, Line, split_lines
from etherpad_links.sync.layout import Block, lay_out, name_headings, stray
from etherpad_links.sync.passages import Passage, passage_act
from etherpad_links.sync.plan import Known, compare, settle
from etherpad_links.sync.tracking import TrackedLine

US, THEM = "a.us", "a.them"
RESULT = Passage(
    "7", "[poll-7]", ("Poll 1: Which? [poll-7]", "* Metal: 1 vote, 100%", "1 voted. https://c.example")
)
WRITTEN = {"7": list(RESULT.lines)}


def pad(*lines: str) -> list[Line]:
    """Lines of a pad; those that begin with "!" are ours."""
    text, marks = "", []
    for line in lines:
        author, shown = (US, line[1:]) if line.startswith("!") else (THEM, line)
        text += f"{shown}\n"
        marks += [(("author", author),)] * (len(shown) + 1)
    return split_lines(Document(text, tuple(marks)))


def line(number: int, title: str, *names: str, state: str = "new", at: Line | None = None) -> TrackedLine:
    tracked = TrackedLine(number, title, title, position=at.end if at else None, state=state)
    tracked.known = [Known(number * 100 + n, name, name, "written") for n, name in enumerate(names)]
    return tracked


def found(lines: list[Line], *tracked: TrackedLine) -> list[tuple[int | None, list[str]]]:
    name_headings(tracked)
    layout = lay_out(lines, tracked, US, [RESULT], WRITTEN)
    return [
        (block.heading.number if block.heading else None, [name.text for name in block.names])
        for block in layout.blocks
    ]


def test_new_line_takes_an_exact_heading_and_never_one_that_is_alike():
    lines = pad("Working group A", "!Ann", "", "Table 1: storage")
    a, b = line(1, "Working group A"), line(2, "Working group B")
    assert found(lines, a, b) == [(1, ["Ann"]), (None, [])]
    assert b.state == "new"


def test_line_whose_heading_was_cut_out_is_missing_beside_one_that_is_alike():
    lines = pad("!Working group B", "!Bob")
    a, b = (
        line(1, "Working group A", "Ann", state="ok"),
        line(2, "Working group B", "Bob", state="ok", at=lines[0]),
    )
    assert found(lines, a, b) == [(None, []), (1, ["Bob"])]
    assert (a.state, b.state) == ("missing", "ok")


def test_heading_of_ours_that_was_renamed_is_found_without_its_place():
    lines = pad("!Working group A, in room 3", "!Ann")
    assert found(lines, line(1, "Working group A in room", "Ann", state="ok")) == [(1, ["Ann"])]


def test_equal_titles_get_headings_that_can_be_told_apart_and_always_the_same_ones():
    first, second, third = line(1, "Networking"), line(2, "networking:"), line(3, "Networking (2)")
    name_headings([first, second, third])
    headings = [one.own_heading for one in (first, second, third)]
    assert headings == ["Networking", "networking: (2)", "Networking (2)"]
    again = [line(3, "Networking (2)"), line(2, "networking:"), line(1, "Networking")]
    name_headings(again)
    assert [one.own_heading for one in reversed(again)] == headings
    written = line(1, "Networking", state="ok")
    name_headings([written, late := line(9, "Networking")])
    assert late.heading == "Networking (2)"


def test_result_directly_below_a_block_ends_it_also_where_people_changed_it():
    ours = [f"!{text}" for text in RESULT.lines]
    for gap in ([], [""]):
        lines = pad("!Alpha group", "!Ada", *gap, *ours, "", "more")
        assert found(lines, line(1, "Alpha group", "Ada", state="ok", at=lines[0])) == [(1, ["Ada"])]
    lines = pad("!Alpha group", ours[0], "* Metal won", ours[2], "typed below")
    assert found(lines, line(1, "Alpha group", state="ok", at=lines[0])) == [(1, [])]
    lines = pad("!Alpha group", ours[1], ours[2])  # its first line was removed
    assert found(lines, line(1, "Alpha group", state="ok", at=lines[0])) == [(1, [])]


def test_heading_below_a_shortened_result_is_still_a_heading():
    lines = pad(f"!{RESULT.lines[0]}", "!Alpha group", "!Ada")
    assert found(lines, line(1, "Alpha group", "Ada", state="ok", at=lines[1])) == [(2, ["Ada"])]


def test_doubled_heading_ends_the_block_above_it():
    lines = pad("!A", "Ann", "!B", "", "B")
    a, b = line(1, "A", state="ok", at=lines[0]), line(2, "B", state="ok", at=lines[2])
    assert found(lines, a, b) == [(1, ["Ann"]), (None, [])]
    assert b.state == "doubled"


def test_line_that_we_wrote_is_never_a_new_name():
    lines = pad("!Ada", "!Somebody of another line", "Zoe")
    settled = settle(compare(lines, [Known(1, "Ada", "Ada", "written")], US), US)
    assert settled.typed == ["Zoe"]


def test_claim_that_was_a_line_of_ours_goes_and_takes_no_line_along():
    lines = pad("!Metal: 1 vote, 100%")
    wrong = Known(1, "Metal: 1 vote, 100%", "Metal: 1 vote, 100%", "written", is_claim=True)
    removed = Known(1, "", "Metal: 1 vote, 100%", "written", is_claim=True)
    assert settle(compare(lines, [wrong], US), US).gone == [wrong]
    plan = compare(lines, [removed], US)
    assert (plan.vanished, plan.remove) == ([removed], [])


def test_name_of_ours_below_a_result_comes_back_under_its_heading():
    lines = pad("!Alpha group", "!Ada", "", *(f"!{text}" for text in RESULT.lines), "!Cid", "", "!Cid")
    alpha = line(1, "Alpha group", "Ada", "Cid", state="ok", at=lines[0])
    name_headings([alpha])
    layout = lay_out(lines, [alpha], US, [RESULT], WRITTEN)
    plans = [(block, compare(block.names, alpha.known, US)) for block in layout.blocks]
    one, where = stray(layout, plans, lines, US) or (None, None)
    assert one is not None
    assert (one.text, where.number) == ("Cid", 7)


def test_name_elsewhere_is_left_alone_unless_its_heading_was_lost():
    lines = pad("!Alpha group", "!Ada", "", "Maybe:", "!Cid")
    alpha = line(1, "Alpha group", "Ada", "Cid", state="ok", at=lines[0])
    for refills, expected in ((False, None), (True, 5)):
        alpha.refills = refills
        layout = lay_out(lines, [alpha], US)
        plans = [(block, compare(block.names, alpha.known, US, refills=refills)) for block in layout.blocks]
        assert isinstance(layout.blocks[0], Block)
        found_stray = stray(layout, plans, lines, US)
        assert (found_stray[1].number if found_stray else None) == expected


def test_longer_result_grows_where_it_is_and_not_below_another_heading():
    document = Document.plain(f"{RESULT.lines[0]}\n{RESULT.lines[2]}\nAlpha group\nAda\n")
    longer = Passage("7", "[poll-7]", (*RESULT.lines, "* one more"))
    act = passage_act(document, split_lines(document), longer, RESULT.lines, US)
    assert act is not None
    assert act.changeset is not None
    assert act.changeset.apply(document).text.split("\n")[2:4] == ["* one more", "Alpha group"]


def test_lines_that_shared_a_heading_part():
    """What two lines whose titles are alike left behind before each had a heading of its own."""
    lines = pad("!Working group A", "!Ann", "!Bob", "", "!Working group B")
    a = line(1, "Working group A", "Ann", state="ok", at=lines[0])
    b = line(2, "Working group B", "Bob", state="ok", at=lines[0])
    b.heading = "Working group A"
    assert found(lines[:3], b, a) == [(None, []), (1, ["Ann", "Bob"])]
    assert (b.state, b.heading, b.refills) == ("new", "Working group B", True)
    assert found(lines, a, b) == [(1, ["Ann", "Bob"]), (5, [])]
    equal = line(3, "Working group A", state="ok", at=lines[0])
    assert found(lines, a, equal)[1] == (None, [])
    assert equal.heading == "Working group A (2)"


def test_line_that_begins_anew_takes_its_own_heading_at_once_and_is_refilled():
    lines = pad("!Working group A", "!Ann", "!Bob", "", "!Working group B")
    a = line(1, "Working group A", "Ann", state="ok", at=lines[0])
    b = line(2, "Working group B", "Bob", state="ok", at=lines[0])
    b.heading = "Working group A"
    assert found(lines, a, b) == [(1, ["Ann", "Bob"]), (5, [])]
    assert (b.state, b.refills) == ("ok", True)


def test_name_is_not_taken_for_a_heading():
    lines = pad("!Networking", "!Kata", "", "more")
    networking = line(1, "Networking", "Kata", state="ok", at=lines[0])
    kata = line(2, "Kata")
    assert found(lines, networking, kata) == [(1, ["Kata"]), (None, [])]
    assert kata.state == "new"


def test_heading_that_was_just_written_or_pointed_to_has_its_line_number_at_once():
    lines = pad("Agenda", "", "!Networking", "!Ann", "!Networking")
    written, pointed = line(1, "Networking"), line(2, "Agenda")
    written.take_new_heading(lines, "Networking")
    assert (written.place.state, written.place.number, written.place.position) == ("ok", 5, lines[4].end)
    pointed.pointed_at = 3
    pointed.point(lines)
    assert (pointed.place.state, pointed.place.number, pointed.place.position) == ("ok", 3, lines[2].end)
