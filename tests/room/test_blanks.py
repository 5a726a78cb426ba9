"""What is made once for all visitors of a session says the same as if it were made for each."""

import re

import pytest
from django.template.loader import get_template

from opendev.room.templatetags import blanks
from sessions.programme.models import Session
from tests.factories import make_attendee, make_line, make_moderator, make_poll, make_session
from tests.factories.questions import make_question
from tests.room.pages import at, text_of
from tests.support.pages import squeezed

PARTS = ("room/templates.html", "room/texts.html")
OWN_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')


def of_all(html):
    """The page's text but for what belongs to one visitor."""
    return OWN_TOKEN.sub(r"\1", html)


@pytest.fixture(params=["upcoming", "live", "over"])
def response(request, db, browser_of):
    """A room with something in each of its parts, as somebody who joined sees it."""
    session = make_session(recording_url="https://videos.example/1")
    make_moderator(session)
    make_poll(session, state="live" if request.param == "live" else "published")
    make_question(session)
    make_line(session)
    ada = make_attendee(session, name="Ada")
    Session.objects.update(state=request.param)
    return browser_of(ada).get(at(session))


@pytest.mark.parametrize("name", PARTS)
def test_kept_part_stands_on_the_page_as_the_whole_page_would_make_it(response, name):
    context = response.context[0].flatten()
    wanted = squeezed(get_template(name).render(context)).strip()
    assert len(wanted) > 1000
    assert of_all(wanted) in of_all(text_of(response))


def test_forms_in_kept_parts_carry_the_token_of_who_signed_in_and_of_nobody_else(db, browser_of):
    session = make_session(state="live")
    make_poll(session)
    signed_in, attendee = browser_of(user=make_moderator(session)), browser_of(make_attendee(session))
    for reader, is_signed_in in ((signed_in, True), (attendee, False)):
        html = text_of(reader.get(at(session)))
        assert blanks.TOKEN not in html
        assert html.count("csrfmiddlewaretoken") == len(re.findall(r'token" value="\w{64}"', html))
        assert (html.count("csrfmiddlewaretoken") > 5) == is_signed_in


def test_page_without_forms_asks_for_no_token_and_sets_no_cookie(db, browser_of):
    session = make_session()
    screen = browser_of().get(session.address("screen"))
    assert screen.status_code == 200
    assert "data-texts" in text_of(screen)
    assert not screen.cookies
