"""A run sheet that was written to text, CSV or JSON is read as the same run sheet, with polls of every kind."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from opendev.core.errors import DomainError
from opendev.room.poll_files.lines import without_ids
from opendev.room.poll_files.portable import FORMS
from opendev.room.sheet_files.portable import WORDS, PlannedItem, item_line, write_items
from opendev.room.sheet_files.reading import items_of_file, read_sheet_file
from polls.kinds import KINDS
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.services.plan import WITHOUT_TEXT, read_item
from tests.room.poll_files.drafts import drafts, words

# What ends like minutes, or begins like a kind.
PIECES = (
    "(5)",
    "（10）",
    "(3 min.)",
    "Poll:",
    "Note：",
    "Prompt: ",
    "- ",
    "• ",
    "items",
    "item,text",
    ":",
    "a",
)
MINUTES = st.sampled_from([0, 1, 45, 600])
OTHERS = [kind for kind in RunSheetItem.Kind.values if kind != "poll"]


def texts(least: int) -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(PIECES), min_size=least, max_size=4).map("".join)
    return st.one_of(words(120, least=least), pieces)


@st.composite
def items(draw: st.DrawFn, kind: str) -> PlannedItem:
    """An item of this kind, with a text and minutes that the services take."""
    fields = {"kind": kind, "text": draw(texts(kind not in WITHOUT_TEXT)), "minutes": draw(MINUTES)}
    try:
        item = read_item(fields)
    except DomainError:
        return draw(st.nothing())
    return PlannedItem(item.kind, item.text, item.minutes)


@st.composite
def polls(draw: st.DrawFn, kind: str) -> PlannedItem:
    draft = without_ids(draw(drafts(kind)))
    return PlannedItem("poll", draft.question, draw(MINUTES), draft)


def test_every_kind_of_item_has_a_word():
    assert set(WORDS) == set(RunSheetItem.Kind)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@hypothesis_settings(max_examples=40, deadline=None, derandomize=True)
def test_run_sheet_comes_back_equal_with_polls_of_every_kind(kind, data):
    other = st.sampled_from(OTHERS).flatmap(items)
    sheet = [*data.draw(st.lists(other, max_size=3)), data.draw(polls(kind)), data.draw(other)]
    for form in FORMS:
        file = read_sheet_file(write_items(sheet, form).encode())
        assert (file.form, file.refused) == (form, [])
        assert items_of_file(file) == sheet


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (PlannedItem("prompt", "Why?", 5), "Prompt: Why? (5)"),
        (PlannedItem("note", "Poll: no poll", 0), "Note: Poll: no poll"),
        (PlannedItem("note", "Call Ada (5)", 0), "Note: Call Ada (5) (0)"),
        (PlannedItem("questions", "", 10), "Questions (10)"),
        (PlannedItem("line", "Keep talking", 0), "Follow-up: Keep talking"),
    ],
)
def test_line_is_as_people_write_it(item, line):
    assert item_line(item) == line
