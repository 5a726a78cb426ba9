"""Pages of one person: compressed where that tells nobody a secret, 304 where nothing changed."""

import re

import brotli
import pytest
from django.test import Client

from opendev.door import personal
from tests.factories import make_moderator, make_poll, make_session
from tests.support.inner_server import inner

__all__ = ["inner"]

TOKEN = "csrfmiddlewaretoken"
PAGE = b"<p>page</p>" * 200


@pytest.fixture
def session(inner):
    return make_session(state="live")


def ask(query=b"", method="GET", headers=()):
    known = [(b"accept-encoding", b"br, gzip"), *headers]
    return {"method": method, "query_string": query, "headers": known}


def answer(*more):
    return [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"1"), *more]


def coding(status, headers, body):
    return dict(headers).get(b"content-encoding")


def test_page_is_compressed_with_padding_of_another_length_each_time():
    lengths = set()
    for _ in range(40):
        _status, headers, body = personal.finish(200, answer(), PAGE, ask())
        assert dict(headers)[b"content-length"] == str(len(body)).encode()
        assert dict(headers)[b"vary"] == b"Accept-Encoding"
        assert brotli.decompress(body).startswith(PAGE)
        lengths.add(len(body))
    assert len(lengths) > 10
    assert max(lengths) - min(lengths) > personal.MOST_PADDING / 3


@pytest.mark.parametrize(
    "asked",
    [
        {"query": b"tab=notes"},  # words of a stranger
        {"method": "POST"},
        {"headers": [(b"cookie", b"a=1; sessionid=2")]},  # links and tokens
        {"headers": [(b"authorization", b"Bearer x")]},
        {"headers": [(b"accept-encoding", b"br;q=0, gzip;q=0")]},
    ],
)
def test_page_that_may_hold_a_secret_beside_words_of_a_stranger_is_not_compressed(asked):
    assert coding(*personal.finish(200, answer(), PAGE, ask())) == b"br"
    if b"accept-encoding" in dict(asked.get("headers", ())):
        asked = {**asked, "headers": [(b"accept-encoding", b"identity")]}
        scope = {**ask(), "headers": asked["headers"]}
    else:
        scope = ask(**asked)
    assert coding(*personal.finish(200, answer(), PAGE, scope)) is None
    assert coding(*personal.finish(200, answer((b"set-cookie", b"csrftoken=x")), PAGE, ask())) is None


def test_tag_is_that_of_the_page_and_not_of_how_many_are_here():
    def tag(body, *more):
        return dict(personal.finish(200, answer(*more), body, ask())[1]).get(b"etag")

    one, two = b"<b data-present>1</b> here, 1 voted", b"<b data-present>20</b> here, 1 voted"
    assert tag(one) == tag(two) != tag(two.replace(b"1 voted", b"2 voted"))
    assert tag(one, (b"cache-control", b"no-store")) is None
    unchanged = personal.finish(200, answer(), two, ask(headers=[(b"if-none-match", tag(one))]))
    assert (unchanged[0], unchanged[2]) == (304, b"")
    assert b"content-length" not in dict(unchanged[1])


def test_redirect_keeps_what_browsers_ask_of_each_answer_on_the_way():
    """Without its opener policy WebKit parts the window from its history, and Back shows nothing."""
    policy = (b"cross-origin-opener-policy", b"same-origin")
    sent = [policy, (b"content-security-policy", b"default-src 'self'"), (b"location", b"/sign-in/")]
    status, headers, body = personal.finish(302, sent, b"", ask())
    assert (status, body) == (302, b"")
    assert headers == [policy, (b"location", b"/sign-in/")]


def test_attendee_who_comes_back_is_answered_in_a_few_bytes_until_something_changes(inner, session):
    with inner.http() as phone:
        origin = {"Origin": inner.url}
        room = phone.post(f"/j/{session.code}/", data={"name": "Ada"}, headers=origin).headers["location"]
        page = phone.get(room)
        assert (page.headers["content-encoding"], page.headers["cache-control"]) == (
            "br",
            "no-cache, private",
        )
        assert TOKEN not in page.text
        assert "set-cookie" not in page.headers
        known = {"If-None-Match": page.headers["etag"]}
        again = phone.get(room, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert phone.get(f"/j/{session.code}/").headers["location"] == room
        poll = make_poll(session)
        changed = phone.get(room, headers=known)
        assert changed.status_code == 200
        assert poll.question in changed.text


def test_page_of_somebody_who_signed_in_is_stored_by_nobody_and_has_its_token(inner, session):
    with inner.http() as office:
        browser = Client()
        browser.force_login(make_moderator(session))
        office.cookies.set("sessionid", browser.cookies["sessionid"].value)
        page = office.get(session.get_absolute_url())
    assert "no-store" in page.headers["cache-control"]
    assert "etag" not in page.headers
    assert "content-encoding" not in page.headers
    assert TOKEN in page.text


def test_form_of_a_browser_that_sends_no_origin_is_asked_for_again_with_a_token(inner, session):
    poll = make_poll(session)
    option = poll.options.first()
    with inner.http() as phone:
        room = phone.post(f"/j/{session.code}/", headers={"Origin": inner.url}).headers["location"]
        address = re.search(rf'action="([^"]*{poll.pk}[^"]*vote[^"]*)"', phone.get(room).text)[1]
        form = {"option": str(option.pk), "note": '"><b>'}
        asked = phone.post(address, data=form)
        assert asked.status_code == 403
        assert '"><b>' not in asked.text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
        assert fields.keys() == {"option", "note", TOKEN}
        assert re.search(r'<form method="post" action="([^"]*)"', asked.text)[1] == address
        assert phone.post(address, data=fields).status_code == 302
        for elsewhere in ({"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            refused = phone.post(address, data=form, headers=elsewhere)
            assert refused.status_code == 403
            assert TOKEN not in refused.text
