"""Reactions and pace by page, without script: one form in the room, two ticks in the control room."""

import re

import pytest

from opendev.core import limits
from sessions.programme.models import Session
from sessions.reactions import broadcasts
from tests.factories import make_moderator, make_session
from tests.room.pages import code_of, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uncounted():
    limits.forget_all()


@pytest.fixture
def session():
    return make_session(reactions_open=True)


@pytest.fixture
def moderator(session, browser_of):
    return browser_of(user=make_moderator(session))


def form_of(response):
    """The form with its attributes and buttons; None where the page has none."""
    shown = re.search(r"<form\s+class=\"taps\".*?</form>", text_of(response), re.S)
    return shown and shown[0]


def is_hidden(form):
    return bool(re.search(r"data-react-form\s+hidden", form))


def pressed_in(form):
    return re.findall(r'data-tap="(\w+)"\s+aria-pressed="true"', form)


def test_form_is_there_for_those_who_joined_and_shown_while_it_counts(session, ada, browser_of):
    room = session.get_absolute_url()
    assert form_of(browser_of().get(room)) is None
    phone = browser_of(ada)
    assert not is_hidden(form_of(phone.get(room)))
    for change in ({"reactions_open": False}, {"reactions_open": True, "state": "over"}):
        Session.objects.update(**change)
        assert is_hidden(form_of(phone.get(room)))


@pytest.mark.parametrize("tapped", [{"reaction": "applause"}, {"reaction": "thumbs_up"}, {"pace": "slower"}])
def test_tap_leads_back_to_the_part_that_was_open_and_shows_what_was_tapped(session, ada, browser_of, tapped):
    phone = browser_of(ada)
    answer = phone.post(session.address("reaction-tap"), {**tapped, "tab": "questions"})
    [word] = tapped.values()
    assert answer["Location"] == f"{session.get_absolute_url()}?tab=questions&pressed={word}"
    page = followed(phone, answer)
    assert pressed_in(form_of(page)) == [word]
    assert 'data-open-part="questions"' in text_of(page)


def test_pace_is_taken_back_by_the_same_button(session, ada, browser_of):
    phone = browser_of(ada)
    page = followed(phone, phone.post(session.address("reaction-tap"), {"pace": "lost"}))
    assert re.search(r'name="pace"\s+value=""\s+data-tap="lost"', form_of(page))
    page = followed(phone, phone.post(session.address("reaction-tap"), {"pace": ""}))
    assert pressed_in(form_of(page)) == []


def test_made_up_part_leads_to_the_first(session, ada, browser_of):
    tapped = {"reaction": "applause", "tab": "//evil.example"}
    answer = browser_of(ada).post(session.address("reaction-tap"), tapped)
    assert answer["Location"].endswith("?tab=poll&pressed=applause")


def test_refused_tap_shows_the_room_with_the_reason(session, ada, browser_of):
    address, phone = session.address("reaction-tap"), browser_of(ada)
    answer = browser_of().post(address, {"reaction": "applause"})
    assert (answer.status_code, code_of(answer)) == (403, "not_joined")
    for wrong in ({"reaction": "boo"}, {"pace": "faster"}, {}):
        answer = phone.post(address, wrong)
        assert (answer.status_code, code_of(answer)) == (400, "malformed")
    phone.post(address, {"reaction": "applause"})
    answer = phone.post(address, {"reaction": "applause"})
    assert (answer.status_code, code_of(answer)) == (429, "too_often")
    Session.objects.update(state="over")
    answer = phone.post(address, {"pace": "lost"})
    assert (answer.status_code, code_of(answer)) == (409, "session_is_over")


def test_moderator_sets_the_rules_by_ticks(session, moderator):
    address = session.address("control-reaction-rules")
    for ticked, rules in (
        ({"on_screen": "on"}, (False, True)),
        ({"taken": "on"}, (True, False)),
        ({"taken": "on", "on_screen": "on"}, (True, True)),
    ):
        answer = moderator.post(address, ticked)
        assert answer["Location"].endswith("#reactions")
        now = Session.objects.get(pk=session.pk)
        assert (now.reactions_open, now.reactions_on_screen) == rules


@pytest.mark.parametrize(
    ("pace", "shown"),
    [
        ({"slower": 0, "lost": 0}, []),
        ({"slower": 4, "lost": None}, ["Slower 4", "Lost a few"]),
        ({"slower": 0, "lost": 3}, ["Lost 3"]),
    ],
)
def test_control_room_shows_the_pace_that_holds(session, moderator, monkeypatch, pace, shown):
    monkeypatch.setitem(broadcasts.board.told, session.pk, pace)
    line = re.search(
        r'<div\s+class="banner quietly reactions".*?</div>',
        text_of(moderator.get(session.address("control"))),
        re.S,
    )[0]
    parts = re.findall(r"<span data-signal=\"\w+\"\s*>(.*?)</span>", line, re.S)
    assert [" ".join(re.sub(r"<[^>]+>", "", part).split()) for part in parts] == shown
    assert bool(re.search(r'data-few="a few"\s+hidden', line)) == (not shown)
