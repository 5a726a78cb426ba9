"""A session speaks its own language to everybody: on the wall, in the notes, in what is kept of it."""

import re

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from opendev.core.attendance import Caller
from opendev.core.dates import day_words
from opendev.room.pad_results import PollResults
from opendev.room.rehearsals import start_rehearsal
from sessions.displays.services import make_display_link
from sessions.programme.services.sessions import split_session
from tests.factories import NOW, make_event, make_moderator, make_poll, make_session
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db
READS_POLISH = {"Accept-Language": "fr", "Cookie": "lang=pl"}
SPOKEN = [
    ("en-gb", "", "en-gb"),
    ("de", "", "de"),
    ("en-gb", "Deutsch", "de"),
    ("en-gb", "deu", "de"),
    ("ja", "pt-PT", "pt-br"),
    ("de", "en", "en-gb"),
    ("fr", "nl", "fr"),
    ("fr", "English/German", "fr"),
    ("xx", "", "en-gb"),  # offered once, and no more
    ("en-gb", "Arabic", "ar"),
]


def in_language(language: str, text: str) -> str:
    with translation.override(language):
        return gettext(text)


def assert_screen_speaks(page, language: str) -> None:
    html = re.search("<html[^>]*>", page.content.decode())
    assert html is not None
    assert f'lang="{language}"' in html[0]
    assert ('dir="rtl"' in html[0]) == (language == "ar")
    assert page.headers["Content-Language"] == language
    text = page.content.decode()
    assert in_language(language, "Scan, or enter at") in text
    assert f'<i data-text="screen_question">{in_language(language, "Being answered")}</i>' in text
    if language != "pl":
        assert in_language("pl", "Being answered") not in text


@pytest.mark.parametrize(("event", "session", "language"), SPOKEN)
def test_a_screen_speaks_its_sessions_language_whoever_opened_it(event: str, session: str, language: str):
    made = make_session(make_event(language=event), language=session)
    make_poll(made, visibility="always")
    address = made.address("screen")
    for headers in ({}, READS_POLISH):
        assert_screen_speaks(Client(headers=headers).get(address), language)


def test_a_display_link_opens_the_screen_in_the_sessions_language():
    session = make_session(make_event(), language="de")
    moderator = Caller(user_id=make_moderator(session).pk)
    _link, token = make_display_link(session_id=session.pk, caller=moderator, name="Hall", now=NOW)
    page = Client(headers=READS_POLISH).get(session.address("display", token=token))
    assert_screen_speaks(page, "de")


def test_the_room_beside_the_screen_speaks_its_readers_language():
    session = make_session(make_event(language="de"))
    Client(headers=READS_POLISH).get(session.address("screen"))
    page = Client(headers=READS_POLISH).get(session.get_absolute_url())
    assert '<html lang="pl"' in page.content.decode()


@pytest.mark.parametrize("reader", ["en-gb", "pl"])
def test_results_in_the_notes_are_in_the_sessions_language(reader: str):
    session = make_session(make_event(language="fr"), language="German")
    make_poll(session, state="published", visibility="always")
    with translation.override(reader):
        lines = [line for passage in PollResults().read(session.pk) for line in passage.lines]
    assert lines[-1].startswith(in_language("de", "%(count)d voted") % {"count": 0})
    with translation.override("de"):
        assert day_words(NOW, "j F Y, H:i") in lines[-1]


def test_a_rehearsal_and_a_second_part_are_named_in_the_sessions_language_and_speak_it():
    session = make_session(make_event(language="de"), state="upcoming")
    moderator = Caller(user_id=make_moderator(session).pk)
    with translation.override("pl"):
        copy = start_rehearsal(session_id=session.pk, caller=moderator, now=NOW)
        parts = split_session(
            session_id=make_session(session.event, state="upcoming").pk,
            caller=organiser_of(session.event),
            given={"minutes": "20"},
            now=NOW,
        )
    assert copy.event.name == in_language("de", "Rehearsal: %(event)s") % {"event": session.event.name}
    assert copy.spoken_language == "de"
    assert [part.part for part in parts] == [in_language("de", f"Part {part}") for part in ("One", "Two")]
