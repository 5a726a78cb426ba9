"""The page of one's bank."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.room.models import BankedPoll
from polls.models import Poll
from tests.factories import make_attendee, make_helper, make_moderator, make_poll, make_session
from tests.room.pages import code_of, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(session):
    return make_moderator(session)


@pytest.fixture
def desk(user, browser_of):
    return browser_of(user=user)


def address(session):
    return session.address("control-bank")


def test_polls_are_saved_added_and_removed(desk, session):
    poll = make_poll(session, question="Where are you?", right_answer={"options": [2]})
    shown = text_of(desk.get(address(session)))
    assert "Your bank is empty" in shown
    shown = text_of(followed(desk, desk.post(address(session), {"polls": poll.pk, "do": "save"})))
    assert "a / b / c" in shown
    row = BankedPoll.objects.get()
    room = followed(desk, desk.post(address(session), {"polls": row.pk, "do": "add"}))
    assert room.context["selected"].poll["question"] == "Where are you?"
    copy = Poll.objects.filter(session=session).latest("pk")
    assert (copy.state, copy.right_answer) == ("draft", [2])
    followed(desk, desk.post(address(session), {"polls": row.pk, "do": "remove"}))
    assert not BankedPoll.objects.exists()


def test_refusals_are_said_on_the_page_and_ticks_stay(desk, session):
    poll, elsewhere = make_poll(session), make_poll(make_session())
    shown = desk.post(address(session), {"do": "save"})
    assert (shown.status_code, code_of(shown)) == (400, "nothing_chosen")
    shown = desk.post(address(session), {"polls": [poll.pk, elsewhere.pk], "do": "save"})
    assert (shown.status_code, code_of(shown)) == (400, "malformed")
    assert f'value="{poll.pk}" checked' in " ".join(shown.content.decode().split())
    assert desk.post(address(session), {"polls": "x", "do": "save"}).status_code == 400
    assert desk.post(address(session), {"polls": "987654", "do": "remove"}).status_code == 404
    assert desk.post(address(session), {"polls": poll.pk, "do": "dance"}).status_code == 404


def test_poll_whose_page_led_here_is_ticked(desk, session):
    make_poll(session, state="draft")
    poll = make_poll(session, state="draft", question="This one?")
    edit = desk.get(session.address("control-poll-edit", poll=poll.pk))
    assert f"{address(session)}?polls={poll.pk}" in edit.content.decode()
    shown = desk.get(f"{address(session)}?polls={poll.pk}")
    assert [poll.question for poll, _label, is_ticked in shown.context["polls"] if is_ticked] == ["This one?"]


def test_others_are_led_away_and_ones_own_bank_is_shown_alone(desk, session, browser_of):
    poll = make_poll(session, question="Only mine?", state="archived")
    Poll.objects.filter(pk=poll.pk).update(state="draft", launched_at=None)
    desk.post(address(session), {"polls": poll.pk, "do": "save"})
    poll.delete()
    row = BankedPoll.objects.get()
    colleague = browser_of(user=make_moderator(session))
    assert "Only mine?" not in text_of(colleague.get(address(session)))
    assert colleague.post(address(session), {"polls": row.pk, "do": "remove"}).status_code == 404
    for browser in (browser_of(user=make_helper(session)), browser_of(make_attendee(session)), browser_of()):
        assert browser.get(address(session)).status_code in {302, 401, 403}
        assert browser.post(address(session), {"polls": row.pk, "do": "add"}).status_code in {302, 401, 403}
    assert BankedPoll.objects.get() == row


def test_page_asks_no_more_for_more_polls(desk, session):
    counts = []
    for round_ in range(2):
        for place in range(3):
            poll = make_poll(session, question=f"{round_} {place}?")
            desk.post(address(session), {"polls": poll.pk, "do": "save"})
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address(session)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
