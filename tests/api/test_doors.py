"""REST: methods and addresses, tokens, and cookies, which need the CSRF token."""

import time
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from opendev.core.attendance import AttendeePass, Caller, new_pass, pass_cookie_name, sign_pass
from polls.models import Poll
from sessions.access.models import ApiToken
from sessions.access.services import make_api_token, revoke_api_token
from sessions.displays.services import make_display_link
from sessions.programme.models import Session
from tests.factories import (
    make_attendee,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    options_of,
    put_name,
)
from tests.support.people import CSRF, Answer, of_rest

# --- methods and addresses


def test_every_address_answers_head_as_get_without_a_body_and_options_with_its_methods(person, contract):
    session = make_session()
    poll = make_poll(session)
    moderator = person(user=make_moderator(session))
    caller = Caller(user_id=moderator.user.pk)
    link, _token = make_display_link(session_id=session.pk, caller=caller, now=timezone.now())
    line = make_line(session)
    name = put_name(line, make_attendee(session, name="Ada"))
    values = {"slug": session.event.slug, "session": session.pk, "poll": poll.pk, "link": link.pk}
    values |= {"line": line.pk, "sign_up": name.pk, "question": make_question(session).pk}
    # Not there: 404 by every method.
    values |= {"item": 7, "chapter": "own-7", "file_format": "json", "number": 7, "resource": 7, "step": 7}
    values |= {
        "role": 7,
        "token": 7,
        "dismissal": 7,
        "suggestion": 7,
        "webhook": 7,
        "delivery": 7,
        "banked": 7,
    }
    headers = {"Authorization": f"Bearer {moderator.token}"}
    for template, described in contract.document["paths"].items():
        address = template.removeprefix("/api/v1/").format(**values)
        options = moderator.program.request("OPTIONS", address, headers=headers)
        assert options.status_code == 200
        allowed = {method.strip() for method in options.headers["Allow"].split(",")}
        assert allowed - {"HEAD", "OPTIONS"} == {method.upper() for method in described}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            refusal = moderator.program.request(method, address, headers=headers, json={})
            assert (refusal.status_code, refusal.json()["code"]) == (405, "method_not_allowed")
            assert refusal.headers["Allow"] == options.headers["Allow"]
        if "GET" in allowed:
            get, head = (moderator.program.request(m, address, headers=headers) for m in ("GET", "HEAD"))
            assert (head.status_code, head.content) == (get.status_code, b"")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nothing/",
        "events",
        "polls/",
        "polls/1/nothing/",
        "sessions/1/attendees/1/",
        "../v2/",
        "polls//",
        "%00",
        "a%09b",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PURGE"])
def test_unknown_address_is_a_coded_404_whatever_the_method(person, address, method):
    response = person().program.request(method, address)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"
    if method != "HEAD":
        assert response.json()["code"] == "not_found"


def test_answer_in_another_format_than_json_is_not_to_be_had(person):
    refused = person().program.get("events/", headers={"Accept": "application/xml"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    for accepted in ("application/json", "*/*", "text/html,*/*;q=0.1", "application/*"):
        assert person().program.get("events/", headers={"Accept": accepted}).status_code == 200


def test_document_and_its_page_are_served(person):
    visitor = person()
    assert visitor.program.get("schema/").headers["content-type"].startswith("application/vnd.oai.openapi")
    assert "swagger" in visitor.program.get("docs/").text.lower()


# --- tokens


def forged(token: str) -> list[str]:
    """Tokens that look nearly like this one."""
    event, attendee, expires, secret, signature = token.split(".")
    return [
        f"{event}.{int(attendee) + 1}.{expires}.{secret}.{signature}",
        f"{int(event) + 1}.{attendee}.{expires}.{secret}.{signature}",
        f"{event}.{attendee}.{int(expires) + 1}.{secret}.{signature}",
        f"{event}.{attendee}.{expires}.{'0' * 32}.{signature}",
        f"{event}.{attendee}.{expires}.{secret}.{'0' * 64}",
        f"{event}.{attendee}.{expires}.{secret}.{signature.upper()}",
        f"{event}.{attendee}.{expires}.{secret}.{signature[:-1]}",
        f"{event}.{attendee}.{expires}.{secret}.",
        f"{event}.{attendee}.{expires}.{secret}",
        f"{event}.{attendee}.{expires}..{signature}",
        token[:-1],
        token + "0",
        token + token,
        "x" * 4000,
        "odc_",
        "odc_" + "x" * 40,
        "é",
        "null",
    ]


def read(person, poll, authorization: str | bytes) -> Answer:
    """Read one's ballot with this Authorization header."""
    raw = authorization if isinstance(authorization, bytes) else authorization.encode("latin-1")
    return of_rest(person.program.get(f"polls/{poll.pk}/ballot/", headers={"Authorization": raw}))


def test_forged_attendee_token_opens_nothing(person):
    poll = make_poll()
    attendee = person(attendee=make_attendee(poll.session))
    assert read(attendee, poll, f"Bearer {attendee.token}").status == 200
    assert read(attendee, poll, f"bearer  {attendee.token}").status == 200
    for token in forged(attendee.token):
        assert read(attendee, poll, f"Bearer {token}") == Answer(401, "bad_token"), token
    for header in (
        "Bearer",
        "Basic YTpi",
        attendee.token,
        f"Token {attendee.token}",
        "Bearer a b",
        b"\xff\xfe",
    ):
        assert read(attendee, poll, header) == Answer(401, "bad_token"), header


def test_bad_token_is_refused_even_where_none_is_needed(person):
    visitor = person()
    assert visitor.rest("GET", "events/").status == 200
    response = visitor.program.get("events/", headers={"Authorization": "Bearer odc_nothing"})
    assert of_rest(response) == Answer(401, "bad_token")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_expired_attendee_token_opens_nothing(person):
    poll = make_poll()
    attendee = person(attendee=make_attendee(poll.session))
    made = attendee.attendee
    ages = {-1: 401, 60: 200}
    for seconds, status in ages.items():
        aged = AttendeePass(made.event_id, made.attendee_id, made.device_secret, int(time.time()) + seconds)
        assert read(attendee, poll, f"Bearer {sign_pass(aged)}").status == status


def test_attendee_token_in_the_address_is_not_looked_at(person):
    poll = make_poll()
    attendee = person(attendee=make_attendee(poll.session))
    for name in ("token", "access_token", "authorization"):
        answer = of_rest(attendee.program.get(f"polls/{poll.pk}/ballot/", params={name: attendee.token}))
        assert answer == Answer(401, "not_joined")


def test_api_token_opens_until_it_is_revoked_or_expires_or_its_user_is_deactivated(person):
    session = make_session()
    draft = make_poll(session, state="draft")
    user, visitor = make_moderator(session), person()
    path = f"polls/{draft.pk}/"

    def token(**lasts: float) -> str:
        now = timezone.now()
        return make_api_token(user=user, name="", lasts=timedelta(**(lasts or {"days": 1})), now=now)

    def answer(token: str) -> Answer:
        return of_rest(visitor.program.get(path, headers={"Authorization": f"Bearer {token}"}))

    kept, revoked, expired = token(), token(), token()
    assert [answer(one).status for one in (kept, revoked, expired)] == [200, 200, 200]
    newest = ApiToken.objects.filter(user=user).order_by("-pk")
    newest.filter(pk=newest[0].pk).update(expires_at=timezone.now())
    revoke_api_token(token_id=newest[1].pk, caller=Caller(user_id=user.pk), now=timezone.now())
    assert [answer(one) for one in (revoked, expired)] == [Answer(401, "bad_token")] * 2
    assert answer(kept).status == 200
    user.is_active = False
    user.save()
    assert answer(kept) == Answer(401, "bad_token")


def test_token_goes_before_the_cookies_of_the_same_request(person):
    session = make_session()
    poll = make_poll(session, state="draft")
    moderator, attendee = person(user=make_moderator(session)), person(attendee=make_attendee(session))
    path = f"/api/v1/polls/{poll.pk}/"
    assert moderator.browser.get(path).status_code == 200
    weaker = moderator.browser.get(path, headers={"Authorization": f"Bearer {attendee.token}"})
    assert of_rest(weaker) == Answer(404, "not_found")


def test_attendee_of_another_event_is_a_stranger(person):
    poll = make_poll()
    option = str(options_of(poll)["a"])
    foreign = person(attendee=make_attendee(make_session()))
    own = person(attendee=make_attendee(poll.session))
    path = f"polls/{poll.pk}/ballot/"
    assert foreign.rest("PUT", path, {"options": [option]}) == Answer(403, "not_joined")
    assert own.rest("PUT", path, {"options": [option]}).status == 200
    crossed = new_pass(foreign.attendee.event_id, own.attendee.attendee_id)
    assert foreign.rest("GET", path, token=sign_pass(crossed)) == Answer(403, "not_joined")


# --- cookies


def test_cookies_write_only_with_the_csrf_token(person):
    session = make_session()
    poll = make_poll(session)
    option = str(options_of(poll)["a"])
    deeds = [
        (person(attendee=make_attendee(session)), "PUT", f"polls/{poll.pk}/ballot/", {"options": [option]}),
        (
            person(attendee=make_attendee(session)),
            "POST",
            f"sessions/{session.pk}/attendees/",
            {"name": "Ada"},
        ),
        (person(user=make_organiser(session.event)), "PUT", f"polls/{poll.pk}/state/", {"state": "closed"}),
        (
            person(user=make_organiser(session.event)),
            "PUT",
            f"sessions/{session.pk}/state/",
            {"state": "over"},
        ),
    ]
    for somebody, method, path, body in deeds:
        for headers in ({}, {"X-CSRFToken": "d" * 32}, {"X-CSRFToken": ""}, {"X-CSRFToken": CSRF[:-1]}):
            response = somebody.browser.request(method, f"/api/v1/{path}", json=body, headers=headers)
            assert of_rest(response) == Answer(403, "not_allowed"), (path, headers)
        foreign = {"X-CSRFToken": CSRF, "Origin": "https://elsewhere.example"}
        response = somebody.browser.request(method, f"/api/v1/{path}", json=body, headers=foreign)
        assert of_rest(response) == Answer(403, "not_allowed")
    assert (Poll.objects.get(pk=poll.pk).state, Session.objects.get(pk=session.pk).state) == ("live", "live")
    for somebody, method, path, body in deeds:
        response = somebody.browser.request(
            method, f"/api/v1/{path}", json=body, headers={"X-CSRFToken": CSRF}
        )
        assert response.is_success, (path, response.text)


def test_cookies_read_without_the_csrf_token(person):
    poll = make_poll()
    attendee = person(attendee=make_attendee(poll.session))
    answer = of_rest(attendee.browser.get(f"/api/v1/polls/{poll.pk}/ballot/"))
    assert answer.body == {"voted": False, "options": None, "seq": 0}


def test_stranger_joins_by_rest_without_a_csrf_token(person):
    session = make_session()
    assert person().browser.post(f"/api/v1/sessions/{session.pk}/attendees/", json={}).status_code == 201


def test_answers_made_for_somebody_are_kept_by_no_cache(person):
    session = make_session()
    ada, stranger = person(attendee=make_attendee(session)), person()
    address = f"{ada.server.url}/api/v1/sessions/{session.pk}/polls/"
    with httpx.Client(trust_env=False) as client:
        for headers in (
            {"Authorization": f"Bearer {ada.pass_token}"},
            {"Authorization": "Bearer made-up"},
            {"Cookie": f"{pass_cookie_name(session.event_id)}={ada.pass_token}"},
            {"Cookie": "sessionid=made-up"},
        ):
            answer = client.get(address, headers=headers)
            assert answer.headers["Cache-Control"] == "no-store"
            assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
        open_to_all = client.get(address)
        assert "no-store" not in open_to_all.headers.get("Cache-Control", "")
        assert "Authorization" in open_to_all.headers["Vary"]
        joined = client.post(f"{stranger.server.url}/api/v1/sessions/{session.pk}/attendees/", json={})
        assert (joined.status_code, joined.headers["Cache-Control"]) == (201, "no-store")
