"""A draft event by every channel: to all but its team it is not there, and answers as what is not there.

The addresses are read from the product itself, so one that is added is in the matrix at once.
"""

import json
from collections.abc import Iterator

import httpx
import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from opendev.core import kept, limits
from opendev.home import gate
from sessions.displays.services import make_display_link
from sessions.programme.models import Event
from sessions.questions.services.dismissals import dismiss_questions
from sessions.registrations.links import personal_link
from sessions.registrations.models import Registration
from tests.factories import (
    make_attendee,
    make_event,
    make_helper,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
)
from tests.factories.sessions import organiser_of
from tests.leaks.addresses import Place, places, routes
from tests.leaks.world import bytes_of
from tests.support.inner_server import InnerServer
from tests.support.people import CSRF, Person, Socket, open_socket

SERIES = "A series of two"
EVENT, TITLE, QUESTION, LINE = "Covert Days", "Furtive session", "Stealthy question?", "Clandestine line"
SUGGESTION = "Undercover idea"
SECRETS = (EVENT, "covert-days", TITLE, QUESTION, LINE, SUGGESTION)
UNKNOWN = {
    **dict.fromkeys(["event", "slug"], "nowhere-days"),
    **dict.fromkeys(["session", "poll", "question", "dismissal", "suggestion", "line", "attendee"], "987654"),
    "code of j/": "987654",
    "code of f/": "nowhere",
    "registration": "987654.x",
}
OUTSIDERS = ("visitor", "attendee", "attendee elsewhere", "moderator elsewhere", "organiser elsewhere")
TEAM = ("helper", "moderator", "organiser")
EVERY_METHOD = "moderator elsewhere"  # as whom each method is tried; others read and send one form


class World:
    """A draft event with something of everything, and a public one of the same series."""

    def __init__(self, server: InnerServer) -> None:
        self.server = server
        public = make_event(series=SERIES)
        elsewhere = make_session(public)
        self.elsewhere = elsewhere
        self.event = make_event(name=EVENT, slug="covert-days", series=SERIES)
        self.session = make_session(self.event, title=TITLE)
        make_session(self.event, state="upcoming")
        passes = {"attendee": make_attendee(self.session), "attendee elsewhere": make_attendee(elsewhere)}
        users = {
            "helper": make_helper(self.session),
            "moderator": make_moderator(self.session, "Mo Derator"),
            "organiser": make_organiser(self.event),
            "moderator elsewhere": make_moderator(elsewhere),
            "organiser elsewhere": make_organiser(public),
        }
        self.own, inner = self.values(passes["attendee"].attendee_id)
        self.places = places(self.own, inner, UNKNOWN)
        Event.objects.filter(pk=self.event.pk).update(visibility="draft")
        self.people = {
            role: Person(server, user=users.get(role), attendee=passes.get(role))
            for role in (*OUTSIDERS, *TEAM)
        }

    def values(self, attendee_id: int) -> tuple[dict[str, object], dict[str, object]]:
        """What the parts of addresses are: those that lead to the event, and those behind them."""
        caller, now = organiser_of(self.event), timezone.now()
        poll = make_poll(self.session, state="live", options=["a", "b"])
        question = make_question(self.session, QUESTION)
        waiting = make_question(self.session, f"{QUESTION} again", state="waiting")
        dismissal = dismiss_questions(
            session_id=self.session.pk, questions=[str(waiting.pk)], caller=caller, now=now
        )
        line = make_line(self.session, LINE)
        link, self.display = make_display_link(session_id=self.session.pk, caller=caller, now=now)
        registration = Registration.objects.create(
            event=self.event, email="carl@secret.example", registered_at=now
        )
        self.personal = personal_link(registration.pk)
        own = {
            **dict.fromkeys(["event", "slug"], self.event.slug),
            "session": self.session.pk,
            "poll": poll.pk,
            "question": question.pk,
            "suggestion": make_suggestion(self.session, SUGGESTION).pk,
            "line": line.pk,
            "dismissal": dismissal.pk,
            "attendee": attendee_id,
            "code of j/": self.session.code,
            "code of f/": line.code,
            "registration": self.personal.strip("/").rpartition("/")[2],
        }
        return own, self.inner_parts(own, link.pk)

    def inner_parts(self, own: dict[str, object], link_id: int) -> dict[str, object]:
        """What stands behind the part that leads to the event; most of it need not be there."""
        role = self.session.roles.first()
        return {
            **{part: own[part] for part in ("poll", "question", "suggestion", "line")},
            "session": self.session.slug,
            "day": self.session.day_id,
            **dict.fromkeys(["number", "webhook", "delivery"], 1),
            "link": link_id,
            "token": self.display,
            "role": role.pk if role else 1,
            "file_format": "json",
            "form": "csv",
            **dict.fromkeys(["step", "chapter", "resource", "sign_up", "item", "group", "brought", "key"], 1),
        }

    def close(self) -> None:
        for person in self.people.values():
            person.close()


@pytest.fixture(scope="module")
def world(inner: InnerServer) -> Iterator[World]:
    """Nobody has to wait for the next try."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(limits.LIMITS, "vote", "100000/second")
        limits._limit.cache_clear()
        made = World(inner)
        yield made
        made.close()
    limits._limit.cache_clear()


def ask(person: Person, place: Place, path: str, method: str, *, by_token: bool) -> httpx.Response:
    if by_token:
        headers = {"Authorization": f"Bearer {person.token}"}
        return person.program.request(method, person.server.url + path, json={}, headers=headers)
    headers = {"X-CSRFToken": CSRF}
    if method == "GET":
        return person.browser.get(path, headers=headers)
    if place.is_rest:
        return person.browser.request(method, path, headers=headers, json={})
    return person.browser.request(method, path, headers=headers, data={"name": "x"})


def told(response: httpx.Response) -> object:
    """All of an answer, but for the address that it was asked at."""
    text = json.dumps(bytes_of(response)).replace("covert-days", "nowhere-days")
    return json.loads(text)


def methods_for(role: str, place: Place) -> list[tuple[str, bool]]:
    """The methods to try, and whether by a token."""
    if not place.is_rest:
        return [("GET", False), ("POST", False)]
    if role == EVERY_METHOD:
        return [("GET", False), *((method, True) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))]
    return [("GET", False), ("PATCH", False), *([("GET", True)] if role != "visitor" else [])]


def leaks(world: World, role: str, places: list[Place]) -> dict[tuple[str, str], tuple[int, int]]:
    """Where a draft answers otherwise than what is not there, or says a word of it: the two statuses."""
    person, wrong = world.people[role], {}
    for place in places:
        for method, by_token in methods_for(role, place):
            there = ask(person, place, place.path, method, by_token=by_token)
            nowhere = ask(person, place, place.nowhere, method, by_token=by_token)
            if told(there) != told(nowhere) or any(word in there.text for word in SECRETS[2:]):
                wrong[method, place.route] = there.status_code, nowhere.status_code
    return wrong


@pytest.mark.parametrize("role", OUTSIDERS)
def test_addresses_in_a_draft_answer_as_those_of_nothing(world, role):
    assert leaks(world, role, world.places) == {}


def test_team_is_shown_what_others_are_not(world):
    """Or the matrix would look for something that is nowhere."""
    shown = {
        place.route for place in world.places if world.people["organiser"].get(place.path).status_code == 200
    }
    assert len(shown) > 60
    assert {"<slug:event>/", "j/<str:code>/", "f/<str:code>/", "join/<str:token>/"} <= shown
    for role in TEAM:
        assert TITLE in world.people[role].get(f"/{world.event.slug}/").text, role


def test_every_address_that_names_something_is_one_that_the_gate_knows():
    unknown = [
        route for route in routes() if gate.named_in(route, dict.fromkeys(gate_parts(route), "x")) is None
    ]
    assert unknown == []


def gate_parts(route: str) -> list[str]:
    return [part.rpartition(":")[2] for part in route.replace(">", "<").split("<")[1::2]]


LISTS = ("/", "/join/", "/api/v1/events/")


@pytest.mark.parametrize("role", OUTSIDERS)
def test_draft_stands_in_no_list(world, role):
    person = world.people[role]
    texts = [person.get(path).text for path in (*LISTS, f"/{world.elsewhere.event.slug}/")]
    texts.append(person.rest("GET", "events/").text)
    texts.append(person.post("/join/", code=world.session.code).text)
    assert [word for word in SECRETS if any(word in text for text in texts)] == []


@pytest.mark.parametrize("role", OUTSIDERS)
def test_code_that_is_typed_is_one_of_nothing(world, role):
    answer = world.people[role].post("/join/", code=world.session.code)
    assert (answer.status, answer.code) == (404, "not_found")


def test_own_draft_stands_in_the_lists_of_its_team(world):
    for role in TEAM:
        person = world.people[role]
        assert EVENT in person.get("/").text, role
        assert EVENT in person.rest("GET", "events/").text, role
    assert "Draft: only the team sees this event." in world.people["organiser"].get("/").text


REFUSED = "refused with 403"


def handshake(world: World, **how: object) -> str:
    try:
        with open_socket(world.server, world.session.pk, **how) as socket:  # type: ignore[arg-type]
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


@pytest.mark.parametrize("view", ["", "control", "display", "screen"])
@pytest.mark.parametrize("role", OUTSIDERS)
def test_socket_in_a_draft_is_refused(world, role, view):
    person = world.people[role]
    ways = [{"cookies": {**person.cookies, "display": world.display}, "view": view}]
    ways += [{"token": person.token, "view": view}] if person.token else []
    assert {handshake(world, **how) for how in ways} == {REFUSED}


COMMANDS = {
    **{f"question.{name}": ("question", {}) for name in ("withdraw", "upvote", "take_back", "undo")},
    **{f"suggestion.{name}": ("suggestion", {}) for name in ("withdraw", "support", "take_back", "undo")},
    "poll.vote": ("poll", {"options": ["1"]}),
    "poll.withdraw": ("poll", {}),
    "question.edit": ("question", {"text": "Mine?"}),
    "question.state": ("question", {"state": "on_air"}),
    "question.pin": ("question", {"pinned": True}),
    "suggestion.edit": ("suggestion", {"title": "Mine"}),
    "suggestion.state": ("suggestion", {"state": "opened"}),
    "line.sign_up": ("line", {}),
    "line.withdraw": ("line", {}),
}


@pytest.mark.parametrize("role", OUTSIDERS)
def test_command_about_something_of_a_draft_is_answered_as_one_about_nothing(world, role):
    """By the socket of another event's room, where the ids of a command may be anything."""
    person, answers = world.people[role], {}
    how = {"token": person.token} if person.token and role != "attendee" else {"cookies": person.cookies}
    for command, (field, more) in COMMANDS.items():
        with open_socket(world.server, world.elsewhere.pk, **how) as socket:
            for value in (world.own[field], UNKNOWN[field]):
                said = socket.ask(command, **{field: str(value)}, **more)
                answers.setdefault(command, []).append({**said, "ref": 0})
    assert {command: there for command, (there, nowhere) in answers.items() if there != nowhere} == {}
    assert {there["type"] for there, _nowhere in answers.values()} == {"error"}


@pytest.mark.parametrize("role", TEAM)
def test_socket_in_a_draft_is_open_to_its_team(world, role):
    person = world.people[role]
    for how in ({"cookies": person.cookies}, {"token": person.token}):
        assert handshake(world, **how).startswith('{"type": "snapshot"'), how


def show_to(world: World, visibility: str) -> None:
    edited = world.people["organiser"].rest(
        "PATCH", f"events/{world.event.slug}/", {"visibility": visibility}
    )
    assert edited.status == 200, edited


def settle(world: World, visibility: str) -> None:
    """The same, and wait until open rooms know it, as they know of rights: within two seconds."""
    show_to(world, visibility)
    visitor = {"cookies": {"csrftoken": CSRF}}
    world.server.until(lambda: (handshake(world, **visitor) != REFUSED) == (visibility != "draft"), seconds=2)


@pytest.fixture
def public(world: World) -> Iterator[World]:
    settle(world, "public")
    yield world
    settle(world, "draft")


@pytest.fixture
def visitor(world: World) -> Iterator[Person]:
    """Somebody without any cookie, who is given pages that were made for everybody."""
    person = Person(world.server)
    person.browser.cookies.clear()
    yield person
    person.close()


def test_event_that_becomes_a_draft_is_gone_at_once_also_from_what_is_kept(public, visitor, monkeypatch):
    monkeypatch.setattr(kept, "LIFE_S", 600.0)
    session = public.session
    paths = [
        f"/{public.event.slug}/",
        session.get_absolute_url(),
        f"/j/{session.code}/",
        session.address("screen"),
    ]
    for _time in range(2):  # the second answer is of the page that was made for the first
        assert [visitor.get(path).status_code for path in paths] == [200] * 4
        assert EVENT in visitor.get("/").text
    show_to(public, "draft")
    assert [visitor.get(path).status_code for path in paths] == [404] * 4
    assert EVENT not in visitor.get("/").text
    show_to(public, "public")
    assert [visitor.get(path).status_code for path in paths] == [200] * 4


def close_code_of(socket: Socket) -> int | None:
    """Read until the server closes the socket."""
    try:
        while True:
            socket.receive(seconds=5)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_sockets_are_closed_when_their_event_becomes_a_draft(public):
    people, session = public.people, public.session
    ways = [
        {"cookies": people["visitor"].cookies},
        {"cookies": people["attendee"].cookies},
        {"token": people["moderator elsewhere"].token},
        {"cookies": {"display": public.display}, "view": "display"},
    ]
    for how in ways:
        with open_socket(public.server, session.pk, **how) as socket:
            show_to(public, "draft")
            assert close_code_of(socket) == 4403, how
        settle(public, "public")


def test_moderator_in_the_control_room_stays_when_the_event_becomes_a_draft(public):
    moderator = public.people["moderator"]
    with open_socket(public.server, public.session.pk, cookies=moderator.cookies, view="control") as socket:
        show_to(public, "draft")
        assert socket.drain(quiet=2.5) is not None
        assert socket.ask("nonsense")["code"] == "unknown_command"


def test_unlisted_event_is_open_by_its_links_and_in_no_list(public, visitor):
    settle(public, "unlisted")
    assert [EVENT in visitor.get(path).text for path in LISTS] == [False] * 3
    page = visitor.get(f"/{public.event.slug}/")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert visitor.get(f"/{public.event.slug}.ics").headers["X-Robots-Tag"] == "noindex"
    assert visitor.post("/join/", code=public.session.code).status == 200
    assert handshake(public, cookies={"csrftoken": CSRF}).startswith('{"type": "snapshot"')
    assert EVENT not in visitor.get(f"/{public.elsewhere.event.slug}/").text


def test_public_event_is_for_search_engines_and_in_the_lists(public, visitor):
    assert all(EVENT in visitor.get(path).text for path in (LISTS[0], LISTS[2]))
    assert "X-Robots-Tag" not in visitor.get(f"/{public.event.slug}/").headers


def test_planted_leak_is_found(world, monkeypatch):
    monkeypatch.setattr(gate, "may_see", lambda *_who: True)
    for prefix in ("<slug:event>", "j/", "f/", "api/v1/events/", "api/v1/sessions/", "api/v1/polls/"):
        some = [place for place in world.places if place.route.startswith(prefix)][:2]
        assert leaks(world, "visitor", some), prefix
    monkeypatch.undo()
    monkeypatch.setattr("sessions.programme.selectors.listed_to", lambda _user: Event.objects.all())
    with pytest.raises(AssertionError):
        test_draft_stands_in_no_list(world, "visitor")
