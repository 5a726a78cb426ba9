"""Embeds: the presenter screen for OBS and for frames of sites that the organisers allowed."""

import html
import re

import pytest
from django.test import Client

from sessions.displays.models import DisplayLink
from sessions.displays.services import make_display_link, revoke_display_link
from sessions.programme.models import Event
from tests.factories import (
    NOW,
    make_attendee,
    make_moderator,
    make_poll,
    make_session,
    record,
    vote_for,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of
from tests.room.sockets import act, counts, room_of
from tests.support.pages import squeezed

SITES = ["https://example.org", "https://talks.example.net:8443"]


def link_of(session):
    return make_display_link(session_id=session.pk, caller=organiser_of(session.event), now=NOW)


def revoke(session, link):
    revoke_display_link(session_id=session.pk, link_id=link.pk, caller=organiser_of(session.event), now=NOW)


def allow(event, *sites):
    Event.objects.filter(pk=event.pk).update(embed_sites="\n".join(sites))


def embedded(session, token, **query):
    return Client().get(session.address("embed", token=token), query)


def ancestors(answer):
    return re.search(r"frame-ancestors ([^;]+)", answer["Content-Security-Policy"])[1].split()


@pytest.mark.django_db
class TestPage:
    def test_embed_shows_the_screen_and_leaves_no_cookie(self, session, poll):
        _link, token = link_of(session)
        page = embedded(session, token)
        assert page.status_code == 200
        assert poll.question in page.text
        assert session.code_spaced in page.text
        assert page.cookies == {}
        socket = html.unescape(re.search(r'data-socket="([^"]+)"', page.text)[1])
        assert socket == f"/ws/sessions/{session.pk}/embed/{token}/"
        assert "data-keys-dialog" not in page.text
        assert "data-claps" in page.text

    def test_result_alone_has_the_poll_and_neither_code_nor_keys(self, session, poll):
        _link, token = link_of(session)
        page = embedded(session, token, show="result").text
        assert poll.question in page
        assert 'data-part="result"' in page
        assert session.code_spaced not in page
        assert 'class="qr"' not in page
        assert "data-claps" not in page

    @pytest.mark.parametrize(
        ("theme", "attributes"),
        [
            ("light", 'data-theme="light" data-own-theme'),
            ("dark", 'data-theme="dark" data-own-theme'),
            ("transparent", 'data-theme="dark" data-own-theme data-clear'),
            ("<b>", 'data-theme="dark"'),
        ],
    )
    def test_theme_is_that_of_the_address_else_the_sessions(self, session, theme, attributes):
        _link, token = link_of(session)
        head = squeezed(re.search(r"<html[^>]*>", embedded(session, token, theme=theme).text)[0])
        assert attributes in head
        assert ("data-clear" in head) == (theme == "transparent")

    def test_screen_that_is_kept_to_displays_is_embedded_too(self, session, poll):
        _link, token = link_of(session)
        type(session).objects.filter(pk=session.pk).update(screen_is_open=False)
        assert poll.question in embedded(session, token).text

    def test_signed_in_moderator_sees_no_more_than_everybody(self, session, browser_of):
        moderator = make_moderator(session, "Mo")
        make_poll(session, state="draft", question="Not yet?")
        _link, token = link_of(session)
        browser = browser_of(make_attendee(session), user=moderator)
        assert "Not yet?" not in browser.get(session.address("embed", token=token)).text

    def test_what_opens_nothing_is_an_empty_page(self, session, poll):
        link, token = link_of(session)
        other = make_session(session.event)
        revoked, gone = link_of(session)
        revoke(session, revoked)
        for place, key in ((other, token), (session, token + "x"), (session, gone)):
            answer = embedded(place, key)
            assert (answer.status_code, code_of(answer)) == (404, "link_is_revoked")
            assert poll.question not in answer.text
            assert session.short_title not in answer.text
        Event.objects.filter(pk=session.event_id).update(visibility="draft")
        answer = embedded(session, token)
        assert (answer.status_code, code_of(answer)) == (404, "not_found")
        assert link.revoked_at is None


@pytest.mark.django_db
class TestFrames:
    def test_no_site_frames_an_embed_unless_it_is_allowed(self, session):
        _link, token = link_of(session)
        answer = embedded(session, token)
        assert ancestors(answer) == ["'none'"]
        assert answer["X-Frame-Options"] == "DENY"

    def test_sites_that_are_allowed_frame_embeds_and_nothing_else(self, session, browser_of):
        link, token = link_of(session)
        allow(session.event, *SITES)
        framed = embedded(session, token)
        assert ancestors(framed) == SITES
        assert "X-Frame-Options" not in framed
        closed = [session.get_absolute_url(), session.address("screen")]
        closed += [session.address("display", token=token), session.event.get_absolute_url()]
        for address in closed:
            answer = Client().get(address)
            assert ancestors(answer) == ["'none'"], address
            assert answer["X-Frame-Options"] == "DENY", address
        revoke(session, link)
        assert (
            ancestors(embedded(session, token)) == SITES
        )  # where it was framed there is nothing now, and no fault

    def test_what_is_no_site_gets_into_no_policy(self, session):
        _link, token = link_of(session)
        allow(session.event, "https://a.example; script-src *", "http://b.example", "https://*", SITES[0])
        assert ancestors(embedded(session, token)) == SITES[:1]

    def test_sites_of_another_event_frame_nothing_here(self, session):
        _link, token = link_of(session)
        allow(make_session().event, *SITES)
        assert ancestors(embedded(session, token)) == ["'none'"]


@pytest.mark.django_db
class TestCode:
    def test_moderator_makes_a_link_and_is_given_address_and_frame(self, session, browser_of):
        session.title = session.short_title = 'Say "hi" <b>'
        session.save()
        browser = browser_of(user=make_moderator(session, "Mo"))
        given = {"show": "result", "theme": "transparent", "size": "640x360", "name": "Stream"}
        page = browser.post(session.address("control-embed"), given)
        obs, code = (
            html.unescape(text) for text in re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)<", page.text)
        )
        assert obs.endswith("?show=result&theme=transparent")
        assert f'src="{html.escape(obs)}"' in code
        assert 'width="640" height="360"' in code
        assert 'title="Say &quot;hi&quot; &lt;b&gt;"' in code
        assert 'data-part="result"' in Client().get(obs).text
        assert DisplayLink.objects.get().name == "Stream"

    @pytest.mark.parametrize("wrong", [{"size": "1x1"}, {"theme": "pink"}, {"show": ""}, {"name": "x" * 121}])
    def test_wrong_choice_makes_no_link_and_loses_nothing(self, session, browser_of, wrong):
        browser = browser_of(user=make_moderator(session, "Mo"))
        given = {"show": "result", "theme": "light", "size": "640x360", "name": "Stream", **wrong}
        answer = browser.post(session.address("control-embed"), given)
        assert (answer.status_code, code_of(answer)) == (400, "malformed")
        assert given["name"] in answer.text
        assert not DisplayLink.objects.exists()

    def test_page_names_the_sites_that_are_allowed(self, session, browser_of):
        browser = browser_of(user=make_moderator(session, "Mo"))
        assert SITES[0] not in browser.get(session.address("control-embed")).text
        allow(session.event, *SITES)
        assert all(site in browser.get(session.address("control-embed")).text for site in SITES)


def by_link(session, link, *attendee, **more):
    return room_of(session, *attendee, link=link, **more)


@pytest.mark.usefixtures("committing_sqlite", "live")
class TestSocket:
    async def test_link_in_the_address_opens_the_socket_without_a_cookie_until_it_is_revoked(self, poll):
        link, token = await act(link_of, poll.session)
        async with by_link(poll.session, token) as client:
            snapshot = await client.next("snapshot")
            assert snapshot["me"] == {"attendee": None, "moderator": False, "helper": False}
            assert [shown["id"] for shown in snapshot["polls"]] == [str(poll.pk)]
            await act(revoke, poll.session, link)
            while (message := await client.message())["type"] != "websocket.close":
                assert message["type"] == "websocket.send"
            assert message["code"] == 4403

    async def test_browser_of_somebody_who_voted_hears_there_what_everybody_hears(self, poll, ada, options):
        _link, token = await act(link_of, poll.session)
        await act(lambda: record(vote_for(poll, ada, "a")))
        async with by_link(poll.session, token, ada) as client:
            snapshot = await client.next("snapshot")
            assert snapshot["me"]["attendee"] is None
            assert counts(snapshot["polls"][0]) == [None] * len(options)

    @pytest.mark.parametrize("link", ["", "x", "%00"])
    async def test_wrong_link_opens_no_socket(self, poll, link):
        async with by_link(poll.session, link) as client:
            assert not client.accepted

    async def test_page_of_an_allowed_site_opens_no_socket_itself(self, poll):
        """The frame's origin is ours; the site's own page has no business with the socket."""
        _link, token = await act(link_of, poll.session)
        await act(allow, poll.session.event, *SITES)
        async with by_link(poll.session, token, origin=SITES[0]) as client:
            assert not client.accepted
