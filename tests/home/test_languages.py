"""The language of pages, refusals and sockets: the reader's own, and nobody else's."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from opendev.door import refusals, shared, waiting
from sessions.models import Session
from tests.factories import make_poll, make_session
from tests.support import pseudo
from tests.support.inner_server import inner
from tests.support.socket_client import connect
from tools.messages.sources import all_sources

__all__ = ["inner"]

ODD = pseudo.LANGUAGE
JOIN, IN_ENGLISH = pseudo.pseudo("Join"), re.compile(r">Join<")
NOT_FOUND = "This does not exist, or you cannot see it."


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    sources = all_sources()
    for language in (ODD, pseudo.RIGHT_TO_LEFT):
        pseudo.write_catalogue(folder, language, sources)
    return folder


@pytest.fixture
def two_more(catalogues: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(refusals, "_bodies", {})
    monkeypatch.setattr(waiting, "_pages", {})
    with pseudo.offered(catalogues, ODD, pseudo.RIGHT_TO_LEFT):
        yield


@pytest.fixture
def session(inner, two_more: None) -> Session:
    return make_session(state="live")


def room_of(session: Session) -> str:
    return f"/{session.event.slug}/sessions/{session.slug}/"


def is_in(page, language: str) -> bool:
    """Whether a page says that it is in the language, in its headers and at its start, and is."""
    code = re.search(r'<html lang="([\w-]+)"', page.text)
    assert code is not None
    assert page.headers["content-language"] == code[1]
    assert {"Accept-Language", "Cookie"} <= set(page.headers["vary"].split(", "))
    assert (JOIN in page.text) == (code[1] != "en-gb")
    return code[1] == language


def asks(language: str) -> dict[str, str]:
    return {"Accept-Language": f"{language},en;q=0.5"}


@pytest.mark.parametrize("path", ["/", "/join/", "room"])
def test_each_visitor_reads_their_own_language(inner, session: Session, path: str):
    address = room_of(session) if path == "room" else path
    tags = set()
    with inner.http() as visitor:
        for language in (ODD, "en-gb", pseudo.RIGHT_TO_LEFT, ODD, "en-gb"):
            page = visitor.get(address, headers=asks(language))
            assert is_in(page, language)
            assert "set-cookie" not in page.headers
            tags.add(page.headers["etag"])
            again = visitor.get(address, headers={**asks(language), "If-None-Match": page.headers["etag"]})
            assert again.status_code == 304
            other = visitor.get(address, headers={**asks("nb"), "If-None-Match": page.headers["etag"]})
            assert other.status_code == (304 if language == "en-gb" else 200)
    assert len(tags) == 3


def test_headers_that_ask_for_the_same_share_one_page(
    inner, session: Session, monkeypatch: pytest.MonkeyPatch
):
    keys, key_of = set(), shared._key

    def noted(scope, ticket):
        keys.add(key_of(scope, ticket))
        return key_of(scope, ticket)

    monkeypatch.setattr(shared, "_key", noted)
    with inner.http() as visitor:
        for header in ("en", "en-US,en;q=0.9", "nb", "xx;q=0.1", ""):
            visitor.get(room_of(session), headers={"Accept-Language": header})
        visitor.get(room_of(session), headers={"Cookie": "lang=en-gb", **asks(ODD)})
        assert len(keys) == 1
        visitor.get(room_of(session), headers=asks(ODD))
    assert len(keys) == 2


def test_a_screen_is_in_its_sessions_language_for_every_reader(inner, session: Session):
    screen = f"{room_of(session)}screen/"
    for spoken in (ODD, pseudo.RIGHT_TO_LEFT, "en"):
        Session.objects.filter(pk=session.pk).update(language=spoken)
        with inner.http() as visitor:
            visitor.post("/nowhere/")  # what is posted may change any page
            for reader in ("en", ODD, pseudo.RIGHT_TO_LEFT):
                page = visitor.get(screen, headers=asks(reader))
                assert page.headers["content-language"] == (spoken if spoken != "en" else "en-gb")
                assert f'<html lang="{page.headers["content-language"]}"' in page.text
                assert ('dir="rtl"' in page.text) == (spoken == pseudo.RIGHT_TO_LEFT)


def test_choice_stays_and_shares_the_page_of_its_language(inner, session: Session):
    room = room_of(session)
    with inner.http() as visitor:
        chose = visitor.get(f"{room}?tab=questions&lang={ODD}", headers=asks("en"))
        assert (chose.status_code, chose.headers["location"]) == (302, f"{room}?tab=questions")
        assert chose.headers["cache-control"].startswith("max-age=0")
        assert visitor.cookies["lang"] == ODD
        page = visitor.get(room, headers=asks("en"))
        assert is_in(page, ODD)
        assert page.headers["etag"].endswith('-br"')  # a shared page's
        assert is_in(visitor.get(f"{room}?tab=questions", headers=asks("en")), ODD)
        visitor.get(f"{room}?lang=en-gb")
        assert is_in(visitor.get(room, headers=asks(ODD)), "en-gb")
    with inner.http() as stranger:
        assert is_in(stranger.get(room, headers=asks("en")), "en-gb")


@pytest.mark.parametrize("cookie", ["lang=", "lang=xx", "lang=<script>", 'lang="el', "lang"])
def test_a_cookie_that_names_no_language_changes_nothing(inner, session: Session, cookie: str):
    with inner.http() as visitor:
        assert is_in(visitor.get("/join/", headers={**asks(ODD), "Cookie": cookie}), ODD)


def test_a_cookie_beside_the_choice_is_somebody(inner, session: Session):
    """A page with a pass is that attendee's own; it is shown to nobody else, in whatever language."""
    room, name = room_of(session), "Planted Name"
    with inner.http() as attendee, inner.http() as visitor:
        attendee.get(f"/join/?lang={ODD}")
        visitor.get(f"/join/?lang={ODD}")
        joined = attendee.post(f"/j/{session.code}/", data={"name": name}, headers={"Origin": inner.url})
        assert joined.status_code == 302
        own = attendee.get(room)
        assert '<html lang="el"' in own.text
        assert name in own.text
        assert name not in visitor.get(room).text


def test_a_newcomer_is_shown_the_ready_room_in_their_language(inner, session: Session):
    room, joined = room_of(session), 0
    for language in (ODD, "en-gb", ODD):
        with inner.http() as visitor:
            answer = visitor.post(f"/j/{session.code}/", headers={"Origin": inner.url, **asks(language)})
            joined += answer.status_code == 302
            assert f'<html lang="{language}"' in visitor.get(room, headers=asks(language)).text
    assert joined == 3


@pytest.mark.parametrize(
    "address", ["//evil.example/?lang=el", "/%2f%2fevil.example/?lang=el", "///?lang=el"]
)
def test_a_choice_leads_nowhere_else(inner, session: Session, address: str):
    with inner.http() as visitor:
        answer = visitor.request("GET", f"{inner.url}{address}")
        assert not re.match(r"(https?:)?//", answer.headers.get("location", "/"))


@pytest.mark.parametrize("path", ["/x%0Ay/", "/x%0D%0Ay/", "/%D0%B6/", "/a%3Fb%23c/"])
def test_a_choice_leads_to_the_same_address_whatever_is_in_it(path: str):
    answer = Client().get(f"{path}?lang=de&who=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{path}?who=1")


def test_programs_and_files_are_answered_at_once(inner, session: Session):
    with inner.http() as program:
        answer = program.get("/api/v1/sessions/0/?lang=el")
        assert answer.json() == {"code": "not_found", "detail": pseudo.pseudo(NOT_FOUND)}
        assert "set-cookie" not in answer.headers
        plain = program.get("/api/v1/sessions/0/")
        assert plain.json() == {"code": "not_found", "detail": NOT_FOUND}
        assert program.get("/api/v1/sessions/0/", headers=asks(ODD)).json() == answer.json()
        calendar = program.get(f"/{session.event.slug}.ics?lang=el")
        assert calendar.status_code == 200


def test_what_is_refused_at_the_door_is_said_in_the_readers_language(inner, session: Session):
    long = "/" + "x" * 9_000
    sentence = "This address is too long."
    with inner.http() as visitor:
        for language, words in (
            (ODD, pseudo.pseudo(sentence)),
            ("en", sentence),
            (ODD, pseudo.pseudo(sentence)),
        ):
            page = visitor.get(long, headers=asks(language))
            assert page.status_code == 414
            assert words in page.text
        assert visitor.get(f"/api/v1{long}", headers=asks(ODD)).json()["detail"] == pseudo.pseudo(sentence)


def test_the_page_that_waits_is_in_the_readers_language(two_more: None):
    english, odd = waiting.page("en-gb"), waiting.page(ODD)
    assert "You are in line" in english
    assert pseudo.pseudo("You are in line") in odd
    assert '<html lang="el"' in odd


def test_pages_run_from_right_to_left(inner, session: Session):
    with inner.http() as visitor:
        page = visitor.get("/join/", headers=asks(pseudo.RIGHT_TO_LEFT))
        assert re.search(r'<html lang="fa"\s+dir="rtl"', page.text)
        assert 'dir="rtl"' not in re.sub(
            r"<nav class=\"languages\".*?</nav>", "", visitor.get("/join/").text, flags=re.S
        )


def test_the_switch_names_each_language_and_marks_the_one_shown(inner, session: Session):
    with inner.http() as visitor:
        page = visitor.get("/join/?who=1", headers=asks(ODD)).text
    switch = re.search(r'<nav class="languages".*?</nav>', page, re.DOTALL)
    assert switch is not None
    assert re.findall(r'<a\s+href="([^"]+)"', switch[0]) == [
        "?who=1&amp;lang=en-gb",
        "?who=1&amp;lang=el",
        "?who=1&amp;lang=fa",
    ]
    assert re.findall(r'lang="(\w+)"[^>]*aria-current', switch[0]) == ["el"]


def test_there_is_no_switch_where_there_is_one_language(inner, settings):
    settings.LANGUAGES = [("en-gb", "English")]
    with inner.http() as visitor:
        assert 'class="languages"' not in visitor.get("/join/").text


async def test_a_socket_refuses_in_the_language_of_its_page(inner, session: Session):
    poll = await asyncio.to_thread(make_poll, session)
    details = {}
    for language in (ODD, "en-gb"):
        async with connect(inner, session.pk, cookie=f"lang={language}") as socket:
            refused = [
                await socket.ask("nonsense"),
                await socket.ask("poll.vote", poll=str(poll.pk), options=[]),
            ]
            details[language] = [frame["detail"] for frame in refused]
    assert details["en-gb"][0] == "This command is not known."
    assert details[ODD] == [pseudo.pseudo(sentence) for sentence in details["en-gb"]]


def test_json_of_a_session_is_the_same_in_every_language(inner, session: Session):
    """What everybody hears by socket and REST has codes and people's own words, and no sentence of ours."""
    make_poll(session)
    with inner.http() as program:
        texts = [
            json.dumps(program.get(f"/api/v1/sessions/{session.pk}/polls/", headers=asks(language)).json())
            for language in (ODD, "en")
        ]
    assert texts[0] == texts[1]
