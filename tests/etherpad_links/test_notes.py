"""The pad as people read it here."""

import asyncio
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etherpad_links.easysync import Document
from etherpad_links.models import PadCopy
from etherpad_links.notes import NotesLine, difference, notes_of
from etherpad_links.sync.memory import PadMemory
from tests.etherpad_links.strategies import documents

short = st.sampled_from([NotesLine(0, ((text, 0),)) for text in "abc"])


def copy_of(document: Document) -> PadCopy:
    runs, pool = document.to_wire()
    text = document.text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return PadCopy(revision=7, text=text, runs=runs, pool=pool)


@given(st.lists(short, max_size=6), st.lists(short, max_size=6))
def test_difference_turns_one_into_the_other(before: list[NotesLine], after: list[NotesLine]):
    change = difference(before, after)
    assert [*before[: change.at], *change.lines, *before[change.at + change.removed :]] == after


@given(documents())
def test_copy_holds_the_whole_document(document: Document):
    runs, pool = document.to_wire()
    assert Document.from_wire(document.text, runs, pool) == document


def test_lines_are_told_by_author_and_depth():
    ann, bob = (("author", "a.ann"),), (("author", "a.bob"),)
    mark = (("author", "a.ann"), ("list", "bullet2"), ("lmkr", "1"))
    document = Document("*ab\n<b>\n", (mark, ann, bob, (), ann, ann, ann, ()))
    notes = notes_of(copy_of(document))
    assert notes.lines == (NotesLine(2, (("a", 1), ("b", 2))), NotesLine(0, (("<b>", 1),)))


def test_copy_that_cannot_be_read_is_empty_notes():
    assert notes_of(PadCopy(revision=1, text="abc\n", runs="+1", pool={})).lines == ()


def test_copy_of_a_pad_with_pictures_is_small_and_reads_the_same():
    stored: list[dict[str, Any]] = []

    async def database(_work: Any, *, copy: dict[str, Any], **_rest: Any) -> None:
        stored.append(copy)

    pictures = [(("author", "a.ann"), ("img", f"data:image/png;base64,{n}{'A' * 700_000}")) for n in range(8)]
    document = Document(
        "".join(f"*{n}\n" for n in range(8)), tuple(mark for mark in pictures for _ in "*n\n")
    )
    memory = PadMemory(SimpleNamespace(pk=1, session_id=1), database, None)
    pad: Any = SimpleNamespace(document=document, revision=8, author="a.ann")
    asyncio.run(memory.save(pad))
    [copy] = stored
    assert sum(len(key) + len(value) for key, value in copy["pool"].values()) < 1_000
    copied = Document.from_wire(document.text, copy["runs"], copy["pool"])
    assert copied.text == document.text
    assert len(set(copied.marks)) == 8
    assert [dict(mark)["author"] for mark in copied.marks] == ["a.ann"] * len(document.marks)
