"""The page of a poll's wording: written until voting closes, read after it."""

import re

import pytest

from tests.factories import make_moderator, make_poll
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "boxes"), [("live", 0), ("closed", 4), ("published", 4)])
def test_boxes_are_read_only_once_voting_has_closed(browser_of, session, state, boxes):
    poll = make_poll(session, state=state, options=["a", "b", "c"])
    desk, address = browser_of(user=make_moderator(session)), at(session, "control-poll-edit", poll)
    page = text_of(desk.get(address))
    assert len(re.findall(r"\sreadonly\b", page)) == boxes
    assert ("data-read-only" in page, ">Save</button>" in page) == (boxes > 0, boxes == 0)


def test_words_that_come_too_late_are_refused_and_the_poll_is_shown_as_it_is(browser_of, session):
    poll = make_poll(session, state="closed", question="Which?")
    desk, address = browser_of(user=make_moderator(session)), at(session, "control-poll-edit", poll)
    ids = list(poll.options.values_list("pk", flat=True))
    late = {"question": "Which one?", "option_id": ids, "option_text": ["x", "b", "c"]}
    refused = desk.post(address, late)
    assert (refused.status_code, code_of(refused) is not None) == (409, True)
    assert "Which?" in text_of(refused)
    assert "Which one?" not in text_of(refused)
