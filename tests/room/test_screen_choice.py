"""What the presenter screen shows, as moderators say it."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed
from sessions.displays.services import set_screen
from sessions.programme.models import Session
from tests.factories import make_moderator, make_poll, make_question
from tests.room.pages import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(session):
    return make_moderator(session)


def screen(session, **query):
    return Client().get(session.address("screen"), query).text


def show(session, moderator, **said):
    set_screen(session_id=session.pk, caller=Caller(user_id=moderator.pk), **said)


def test_screen_shows_what_is_said_instead_of_the_poll_on_air(session, moderator):
    poll = make_poll(session, question="Which of these?")
    asked = make_question(session, "How do you upgrade?")
    assert poll.question in screen(session)
    for shows, is_asked in (("code", False), ("blank", False), ("questions", True)):
        show(session, moderator, shows=shows)
        text = screen(session)
        assert f'data-shows="{shows}"' in text
        assert poll.question not in text
        assert (asked.text in text) == is_asked
        assert session.code_spaced in text
    show(session, moderator, shows="on_air")
    assert poll.question in screen(session)


def test_session_that_is_over_shows_its_end_whatever_was_said(session, moderator):
    show(session, moderator, shows="blank")
    Session.objects.filter(pk=session.pk).update(state="over")
    text = screen(session)
    assert 'data-shows="on_air"' in text
    assert 'data-view="end"' in text


def test_window_with_colours_of_its_own_keeps_them(session, moderator):
    assert 'data-theme="dark"' in screen(session)
    show(session, moderator, theme="light")
    assert 'data-theme="light"' in screen(session)
    assert 'data-theme="dark" data-own-theme' in screen(session, theme="dark")


def test_saying_it_once_more_is_no_news(session, moderator):
    show(session, moderator, shows="code")
    version = Session.objects.get(pk=session.pk).version
    show(session, moderator, shows="code", theme="dark")
    assert Session.objects.get(pk=session.pk).version == version


@pytest.mark.parametrize("given", [{"shows": "poll"}, {"shows": ["code"]}, {"theme": ""}, {"theme": 1}])
def test_what_is_none_of_the_choices_is_refused_and_changes_nothing(session, moderator, browser_of, given):
    with pytest.raises(Malformed) as refused:
        show(session, moderator, **given)
    assert refused.value.fields.keys() == given.keys()
    answer = browser_of(user=moderator).post(session.address("control-screen-shows"), {"shows": "poll"})
    assert (answer.status_code, code_of(answer)) == (400, "malformed")
    kept = Session.objects.get(pk=session.pk)
    assert (kept.screen_shows, kept.screen_theme) == ("on_air", "dark")


def test_database_holds_no_other_word(session):
    for field in ("screen_shows", "screen_theme"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(**{field: "green"})


def test_control_room_says_beside_the_stage_that_the_screen_is_held(session, moderator, browser_of):
    browser = browser_of(user=moderator)
    assert "data-screen-held" not in browser.get(session.address("control")).text
    for shows, said in (
        ("code", "The presenter screen shows the join code and nothing else."),
        ("questions", "The presenter screen shows the questions, whatever is on."),
        ("blank", "The presenter screen is blank."),
    ):
        browser.post(session.address("control-screen-shows"), {"shows": shows})
        page = browser.get(session.address("control")).text
        assert said in page
        assert page.count('aria-pressed="true"') == 2  # this, and the colours


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        ("always", "shows the results as people vote"),
        ("after_voting", "results appear there when voting closes"),
        ("after_close", "results appear there when voting closes"),
        ("after_publishing", "results appear there when you publish them"),
        ("moderators", "and never the results"),
    ],
)
def test_control_room_says_what_the_screen_will_show_of_a_poll(
    session, moderator, browser_of, visibility, said
):
    make_poll(session, visibility=visibility)
    assert said in browser_of(user=moderator).get(session.address("control")).text
    assert ("data-count" in screen(session).partition("<template")[0]) == (visibility == "always")
