"""Changesets against a model that is slow and plain, and their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etherpad_links.easysync import (
    Attributes,
    BadChangeset,
    Changeset,
    Document,
    Op,
    add_lines,
    follow,
    from_units,
    map_line_end,
    map_position,
    pack,
    remove_line,
    rewrite_line,
    splice,
    split_lines,
    to_units,
    unpack,
)
from etherpad_links.easysync.documents import changed_by, sorted_attributes
from tests.etherpad_links.strategies import changesets, documents, edited_twice, texts

MARK = sorted_attributes([("author", "a.ann"), ("insertorder", "first"), ("list", "bullet1"), ("lmkr", "1")])
MINE = sorted_attributes([("author", "a.us")])


NEW = -1
Cell = tuple[int, str, Attributes]  # its place in the old document, or NEW


def cells_after(document: Document, change: Changeset) -> list[Cell]:
    """The model: every unit is a cell that knows where it was; an edit makes a new list of cells."""
    old: list[Cell] = [
        (n, unit, mark) for n, (unit, mark) in enumerate(zip(document.text, document.marks, strict=True))
    ]
    new: list[Cell] = []
    for op in change.ops:
        if op.kind == "+":
            new += [(NEW, unit, op.attributes) for unit in op.text]
        else:
            taken, old = old[: op.length], old[op.length :]
            if op.kind == "=":
                new += [(name, unit, changed_by(mark, op.attributes)) for name, unit, mark in taken]
    return new + old


@given(st.data())
def test_apply_agrees_with_the_model(data: st.DataObject):
    document = data.draw(documents())
    change = data.draw(changesets(document))
    cells = cells_after(document, change)
    after = change.apply(document)
    assert after.text == "".join(unit for _, unit, _ in cells)
    assert list(after.marks) == [mark for _, _, mark in cells]
    assert len(after.text) == change.new_length


@given(st.data())
def test_position_agrees_with_the_model(data: st.DataObject):
    document = data.draw(documents())
    change = data.draw(changesets(document))
    places = {name: at for at, (name, _, _) in enumerate(cells_after(document, change))}
    for position in range(len(document.text)):
        assert map_position(change, position) == places.get(position)


@given(st.data())
def test_end_of_a_line_stays_with_the_line(data: st.DataObject):
    """The model: the first newline at or behind what stood before the old one; gone if that newline is."""
    document = data.draw(documents())
    change = data.draw(changesets(document))
    cells = cells_after(document, change)
    for line in split_lines(document):
        inserted = typed_before(change, line.end)
        at = next((n for n, (name, _, _) in enumerate(cells) if name == line.end), None)
        if "\n" in inserted:
            mapped = map_line_end(change, line.end)
            assert mapped is not None
            assert cells[mapped][1] == "\n"
        else:
            assert map_line_end(change, line.end) == at


def typed_before(change: Changeset, position: int) -> str:
    """What a change inserts right before the unit at a position."""
    old, typed = 0, ""
    for op in change.ops:
        if op.kind == "+" and old == position:
            typed += op.text
        old += 0 if op.kind == "+" else op.length
    return typed


@given(edited_twice(), st.booleans())
def test_two_edits_at_once_end_in_one_document(case: tuple[Document, Changeset, Changeset], first: bool):
    document, a, b = case
    one_way = follow(a, b, first_wins=first).apply(a.apply(document))
    other_way = follow(b, a, first_wins=not first).apply(b.apply(document))
    assert one_way == other_way


@given(edited_twice())
def test_nothing_that_either_wrote_is_lost(case: tuple[Document, Changeset, Changeset]):
    document, a, b = case
    text = follow(a, b).apply(a.apply(document)).text
    inserted = [op.text for change in (a, b) for op in change.ops if op.kind == "+"]
    kept = {n for n, _, _ in cells_after(document, a)} & {n for n, _, _ in cells_after(document, b)} - {NEW}
    assert sorted(text) == sorted("".join(inserted) + "".join(document.text[n] for n in kept))


@given(st.data())
def test_wire_form_comes_back_as_it_went(data: st.DataObject):
    document = data.draw(documents())
    change = data.draw(changesets(document))
    wire, pool = pack(change, document)
    back = unpack(wire, pool["numToAttrib"])
    assert back.apply(document) == change.apply(document)
    assert Changeset.build(back.old_length, back.ops) == change


@given(texts)
def test_units_are_counted_as_javascript_does(text: str):
    units = to_units(text)
    assert len(units) == sum(2 if character == "😀" else 1 for character in text)
    assert from_units(units) == text
    assert to_units(units) == units


def test_half_an_emoji_survives_on_its_way():
    half = to_units("😀")[:1]
    assert to_units(from_units(f"a{half}b")) == f"a{half}b"


def test_wire_form_is_etherpads():
    document = Document.plain("Heads\n😀\n")
    change = splice(document, 5, 0, [("\nAnn", MINE)])
    assert pack(change, document) == (
        "Z:9>4=5*0|1+1*0+3$\nAnn",
        {"numToAttrib": {"0": ["author", "a.us"]}, "nextNum": 1},
    )
    after_emoji = splice(document, 8, 0, [(to_units("é😀"), ())])
    assert pack(after_emoji, document)[0] == "Z:9>3|1=6=2+3$é😀"


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "Z:1>0",
        "X:1>0$",
        "Z:2>1+1$",  # the bank is short
        "Z:2>1+1$ab",  # the bank is long
        "Z:2>2+1$a",  # the head promises another length
        "Z:2<3-3$",  # deletes more than there is
        "Z:2>0?1$",
        "Z:2>1*5+1$a",  # the pool does not know the attribute
    ],
)
def test_what_is_no_changeset_is_refused(wire: str):
    with pytest.raises(BadChangeset):
        unpack(wire, {"0": ["author", "a.ann"]})


def test_changeset_for_another_document_is_refused():
    with pytest.raises(BadChangeset):
        unpack("Z:5>1+1$a", {}).apply(Document.plain("ab\n"))


def test_document_with_runs_of_another_length_is_refused():
    with pytest.raises(BadChangeset):
        Document.from_wire("ab\n", "*0+2", {"0": ["author", "a.ann"]})


# --- who yields to whom


def test_insertion_at_the_end_of_a_line_leaves_a_word_there_whole():
    document = Document.plain("Ann\nnext\n")
    theirs = splice(document, 3, 0, [("ette", ())])
    ours = add_lines(document, split_lines(document)[0], ["Bob"], "a.us")
    assert follow(theirs, ours).apply(theirs.apply(document)).text == "Annette\nBob\nnext\n"
    assert follow(ours, theirs).apply(ours.apply(document)).text == "Annette\nBob\nnext\n"


def test_two_added_lines_stand_in_the_order_of_the_server():
    document = Document.plain("Ann\n")
    line = split_lines(document)[0]
    first, second = (add_lines(document, line, [name], f"a.{name}") for name in ("Bob", "Cid"))
    assert follow(first, second).apply(first.apply(document)).text == "Ann\nBob\nCid\n"


# --- lines


def test_lines_are_numbered_as_people_count():
    lines = split_lines(Document.plain("one\n\nthree 😀\n"))
    assert [(line.number, line.text, line.is_blank) for line in lines] == [
        (1, "one", False),
        (2, "", True),
        (3, "three 😀", False),
    ]
    assert [(line.start, line.end) for line in lines] == [(0, 3), (4, 4), (5, 13)]


def listed(*names: str) -> Document:
    text, marks = "", []
    for name in names:
        text += f"*{to_units(name)}\n"
        marks += [MARK, *[MINE] * len(to_units(name)), ()]
    return Document(text, tuple(marks))


def test_mark_of_a_list_is_not_text():
    line = split_lines(listed("Ann"))[0]
    assert (line.text, line.mark, line.authors) == ("Ann", MARK, ("a.us",) * 3)


def test_star_that_somebody_typed_is_text():
    assert split_lines(Document.plain("*Ann\n"))[0].text == "*Ann"


def test_line_added_under_an_entry_is_an_entry():
    document = listed("Ann", "Dora")
    after = add_lines(document, split_lines(document)[0], ["Bob", "Cid"], "a.us").apply(document)
    lines = split_lines(after)
    assert [line.text for line in lines] == ["Ann", "Bob", "Cid", "Dora"]
    assert all(dict(line.mark)["list"] == "bullet1" for line in lines)


def test_numbered_list_counts_on():
    mark = sorted_attributes([("insertorder", "first"), ("list", "number1"), ("lmkr", "1"), ("start", "4")])
    document = Document("*Ann\n", (mark, (), (), (), ()))
    after = add_lines(document, split_lines(document)[0], ["Bob", "Cid"], "a.us").apply(document)
    assert [dict(line.mark)["start"] for line in split_lines(after)] == ["4", "5", "6"]


@given(documents(), st.data())
def test_removing_a_line_leaves_all_others(document: Document, data: st.DataObject):
    lines = split_lines(document)
    gone = data.draw(st.integers(0, len(lines) - 1))
    left = split_lines(remove_line(document, lines[gone]).apply(document))
    wanted = [line.units for n, line in enumerate(lines) if n != gone]
    assert [line.units for line in left] == (wanted or [""])


@given(documents(), texts.filter(lambda text: "\n" not in text), st.data())
def test_rewriting_a_line_leaves_all_others(document: Document, text: str, data: st.DataObject):
    lines = split_lines(document)
    place = data.draw(st.integers(0, len(lines) - 1))
    after = rewrite_line(document, lines[place], text, "a.us").apply(document)
    wanted = [line.units for line in lines]
    wanted[place] = to_units(text)
    assert [line.units for line in split_lines(after)] == wanted


@given(documents(), st.data())
def test_everything_added_bears_our_author(document: Document, data: st.DataObject):
    lines = split_lines(document)
    change = add_lines(document, data.draw(st.sampled_from(lines)), ["Bob", "Cid"], "a.us")
    assert {dict(op.attributes)["author"] for op in change.ops if op.kind == "+"} == {"a.us"}


def test_nothing_goes_behind_the_last_newline():
    document = Document.plain("a\n")
    for position, deleted in ((2, 0), (1, 1), (-1, 0)):
        with pytest.raises(BadChangeset):
            splice(document, position, deleted, [("x", ())])


def test_canonical_form_is_the_one_of_the_wire():
    ops = [Op("+", 1, "a"), Op("-", 2), Op("+", 3, "b\nc"), Op("=", 0), Op("-", 1), Op("=", 4)]
    assert Changeset.build(9, ops).ops == (Op("-", 3), Op("+", 3, "ab\n"), Op("+", 1, "c"))


@pytest.mark.parametrize(
    "pairs",
    [
        [("heading", "h2"), ("lmkr", "1")],  # ep_headings2
        [("align", "center"), ("lmkr", "1")],
        [
            ("author", "a.us"),
            ("insertorder", "first"),
            ("lmkr", "1"),
        ],  # a star that was left below such a line
    ],
)
def test_line_below_one_with_another_mark_than_a_lists_is_a_plain_line(pairs):
    mark = sorted_attributes(pairs)
    document = Document("*Networking\n", (mark, *((),) * 11))
    after = add_lines(document, split_lines(document)[0], ["Ann", "Bob"], "a.us").apply(document)
    assert after.text == "*Networking\nAnn\nBob\n"
    assert after.marks[0] == mark
    assert set(after.marks[11:-1]) == {MINE}
