"""A poll that was written to text, CSV or JSON is read as the same poll, whatever its kind and settings."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from opendev.room.poll_files.lines import without_ids, write_line
from opendev.room.poll_files.portable import FORMS, write_polls
from opendev.room.poll_files.reading import read_file
from polls.kinds import KINDS
from polls.services.reading import read_draft
from tests.room.poll_files.drafts import RULES, drafts


def test_drafts_are_made_of_every_kind():
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@hypothesis_settings(max_examples=60, deadline=None, derandomize=True)
def test_poll_of_every_kind_comes_back_equal(name, data):
    polls = data.draw(st.lists(drafts(name), min_size=1, max_size=3))
    for form in FORMS:
        file = read_file(write_polls(polls, form).encode())
        assert (file.form, file.refused) == (form, [])
        assert file.drafts == [without_ids(draft) for draft in polls]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"options": ["a", "b"]}, "Which? / a / b"),
        ({"options": ["a", "b"], "kind": "multiple"}, "Which? [several] / a / b"),
        (
            {"options": ["a", "b", "c"], "kind": "multiple", "max": 2},
            "Which? [several] [pick 1-2] / a / b / c",
        ),
        ({"options": ["TCP / IP", "b"]}, r"Which? / TCP \/ IP / b"),
        ({"question": "Which [old] one", "options": ["a", "b"]}, "Which [old] one / a / b"),
        ({"question": "Which [rank]", "options": ["a", "b"]}, r"Which \[rank\] / a / b"),
        ({"options": ["a", "b"], "rules": {"other": True}}, "Which? [other] / a / b"),
        ({"kind": "scale"}, "Which? [scale 1-5]"),
        (
            {"kind": "scale", "rules": {"from": 0, "to": 10, "nps": True, "labels": ["never", "always"]}},
            "Which? [scale 0-10, nps: never … always]",
        ),
        ({"kind": "scale", "rules": {"labels": ["a … b", "c"]}}, None),
        ({"kind": "ranking", "options": ["a", "b", "c"]}, "Which? [rank] / a / b / c"),
        (
            {"kind": "points", "options": ["a", "b"], "rules": {"exact": True}},
            "Which? [points exactly 100] / a / b",
        ),
        ({"kind": "words", "max": 3, "min": 2}, "Which? [words 3] [pick 2-3]"),
        ({"kind": "text", "rules": {"length": 140}}, "Which? [text 140]"),
        (
            {"kind": "number", "rules": {"to": "10", "step": "0.5", "unit": "km"}, "anonymous": False},
            "Which? [number 0-10 step 0.5 km] [named]",
        ),
        (
            {
                "options": ["a", "b"],
                "visibility": "after_close",
                "may_change": False,
                "right_answer": {"options": [2]},
            },
            "Which? [final, results after close, right 2] / a / b",
        ),
    ],
)
def test_line_is_as_short_as_it_can_be(body, line):
    body = {"question": "Which?", **body}
    if "options" in body:
        body["options"] = [{"text": text} for text in body["options"]]
    written = write_line(read_draft(body))
    assert written == line if line else written.startswith('Which? [scale {"from"')
