"""Too often: 429 with Retry-After by every door, counted by attendee and by address, without counting the trusted."""

from collections.abc import Callable
from typing import Any

import pytest

from opendev.core import limits
from polls.models import Poll
from sessions.attendees.models import Attendee
from tests.factories import make_attendee, make_moderator, make_poll, make_session, options_of
from tests.support.people import CSRF, of_page, of_rest

FEW = 3
STRANGER, NEIGHBOUR = "203.0.113.7", "203.0.113.8"  # documentation addresses, so nobody's


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch):
    """Three of everything a minute, counted from now on."""
    for kind in limits.LIMITS:
        monkeypatch.setitem(limits.LIMITS, kind, f"{FEW}/minute")
    forget()
    yield
    monkeypatch.undo()
    forget()


def forget() -> None:
    limits._limit.cache_clear()
    limits.forget_all()


def until_refused(ask: Callable[[], Any]) -> tuple[int, Any]:
    """How often it went well, and the first refusal."""
    for done in range(2 * FEW):
        response = ask()
        if response.status_code == 429:
            return done, response
    raise AssertionError("never refused")


def from_address(address: str) -> dict[str, str]:
    """As the proxy says it that stands on this machine, which is trusted."""
    return {"X-Forwarded-For": address}


def test_attendee_who_votes_too_often_is_told_when_to_come_back_by_page_and_rest(person, few):
    session = make_session()
    poll = make_poll(session)
    option = str(options_of(poll)["a"])
    rest, page = (person(attendee=make_attendee(session)) for _ in range(2))
    headers = {"Authorization": f"Bearer {rest.token}"}
    asks = {
        "REST": lambda: rest.program.put(
            f"polls/{poll.pk}/ballot/", json={"options": [option]}, headers=headers
        ),
        "page": lambda: page.browser.post(
            session.address("vote", poll=poll.pk), data={"option": option}, headers={"X-CSRFToken": CSRF}
        ),
    }
    for door, ask in asks.items():
        done, refusal = until_refused(ask)
        answer = of_rest(refusal) if door == "REST" else of_page(refusal)
        assert (done, answer.status, answer.code) == (FEW, 429, "too_often"), door
        assert 1 <= int(refusal.headers["Retry-After"]) <= 60
    assert Poll.objects.get(pk=poll.pk).ballots == 2
    other = person(attendee=make_attendee(session))
    assert other.rest("PUT", f"polls/{poll.pk}/ballot/", {"options": [option]}).code == ""


def test_reading_is_never_too_often(person, few):
    poll = make_poll()
    attendee = person(attendee=make_attendee(poll.session))
    for _ in range(3 * FEW):
        assert attendee.rest("GET", f"polls/{poll.pk}/ballot/").code == ""


def test_socket_is_bounded_by_what_is_unanswered_instead(person, few):
    session = make_session()
    poll = make_poll(session)
    options = [str(options_of(poll)["a"])]
    with person(attendee=make_attendee(session)).socket(session.pk) as socket:
        answers = [
            socket.ask("poll.vote", poll=str(poll.pk), options=options)["type"] for _ in range(3 * FEW)
        ]
    assert set(answers) == {"ok"}


def test_address_that_joins_too_often_has_to_wait_and_its_neighbour_has_not(person, few):
    session, visitor = make_session(), person()
    path = f"sessions/{session.pk}/attendees/"

    def join(address):
        return lambda: visitor.program.post(path, json={}, headers=from_address(address))

    done, refusal = until_refused(join(STRANGER))
    assert done == FEW
    assert of_rest(refusal).code == "too_often"
    assert 1 <= int(refusal.headers["Retry-After"]) <= 60
    assert join(NEIGHBOUR)().status_code == 201
    assert Attendee.objects.filter(event=session.event).count() == FEW + 1


def test_trusted_address_is_not_counted(person, few):
    session, visitor = make_session(), person()
    for _ in range(3 * FEW):
        assert visitor.rest("POST", f"sessions/{session.pk}/attendees/", {}).code == ""


@pytest.mark.parametrize(
    "hops", ["{0}, {1}", "{0}, {1}, 127.0.0.1", "127.0.0.1, {1}", "nonsense, {1}", "{0},, {1}"]
)
def test_address_that_a_client_makes_up_is_not_believed(person, few, hops):
    """The last hop that is not one of our proxies counts, whatever the client wrote before it."""
    session, visitor = make_session(), person()
    made_up = iter(range(1, 200))

    def join():
        said = hops.format(f"198.51.100.{next(made_up)}", STRANGER)
        return visitor.program.post(f"sessions/{session.pk}/attendees/", json={}, headers=from_address(said))

    assert until_refused(join)[0] == FEW


@pytest.mark.parametrize(
    "address", ["2001:db8::1", "not an address", "203.0.113.7:4711", "::ffff:203.0.113.7", "é"]
)
def test_address_of_any_form_is_counted(person, few, address):
    session, visitor = make_session(), person()
    headers = {"X-Forwarded-For": address.encode("latin-1")}
    path = f"sessions/{session.pk}/attendees/"
    assert until_refused(lambda: visitor.program.post(path, json={}, headers=headers))[0] == FEW


def test_moderators_program_that_writes_too_often_has_to_wait(person, few):
    session = make_session()
    moderator = person(user=make_moderator(session))
    poll = make_poll(session)
    headers = {"Authorization": f"Bearer {moderator.token}", **from_address(STRANGER)}

    def reveal():
        return moderator.program.patch(f"polls/{poll.pk}/", json={"visibility": "always"}, headers=headers)

    done, refusal = until_refused(reveal)
    assert (done, of_rest(refusal).code) == (FEW, "too_often")


def test_code_is_not_found_by_trying(person, few):
    session, visitor = make_session(code="482615"), person()

    def guess():
        return visitor.browser.get("/j/100000/", headers=from_address(STRANGER))

    done, refusal = until_refused(guess)
    assert (done, of_page(refusal).code) == (FEW, "too_often")
    assert refusal.headers["Retry-After"].isdigit()
    assert visitor.browser.get(f"/j/{session.code}/", headers=from_address(NEIGHBOUR)).status_code == 200


def test_address_that_is_not_behind_a_trusted_proxy_speaks_for_itself_alone(person, few, settings):
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    session, visitor = make_session(), person()
    made_up = iter(range(1, 200))

    def join():
        headers = from_address(f"198.51.100.{next(made_up)}")
        return visitor.program.post(f"sessions/{session.pk}/attendees/", json={}, headers=headers)

    assert until_refused(join)[0] == FEW
