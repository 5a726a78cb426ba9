"""Tokens that give less than their user may: by scope, and in one event."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from opendev.core.errors import Malformed
from polls.models import Poll
from sessions.access.models import ApiToken
from sessions.access.services import make_api_token
from sessions.programme.models import Event
from tests.factories import make_event, make_organiser, make_poll, make_session
from tests.roles.acts import ACTS, NO_RIGHT
from tests.roles.cast import Cast
from tests.roles.test_table import TABLE, cast, casts
from tests.support.doors import REST
from tests.support.people import Answer, Person, open_socket

__all__ = ["cast", "casts"]

BY_REST = [act for act, doors in ACTS.items() if REST in doors]
READ, MODERATE = ApiToken.Scope.READ, ApiToken.Scope.MODERATE


def token_of(user: Any, **limits: Any) -> str:
    return make_api_token(user=user, name="", lasts=timedelta(days=1), now=timezone.now(), **limits)


def may(cast: Cast, act: str, **limits: Any) -> str:
    """Whether an organiser's program may, with a token that gives less."""
    said = set()
    for attempt in ACTS[act][REST]:
        organiser = cast.somebody("organiser", joined=False)
        organiser.api_token = token_of(organiser.user, **limits)
        answer = attempt(cast, organiser)
        assert answer.code in {"", *NO_RIGHT}, answer
        said.add("no" if answer.code else "yes")
        if not answer.code:
            cast.forget()
    [word] = said
    return word


def as_it_stands(act: str, role: str) -> str:
    return "yes" if TABLE[act][role] == "yes" else "no"


@pytest.mark.parametrize("act", BY_REST)
def test_organiser_with_a_moderators_token_may_what_moderators_may(cast, act):
    assert may(cast, act, scope=MODERATE) == as_it_stands(act, "moderator")


@pytest.mark.parametrize("act", BY_REST)
def test_token_of_another_event_is_nobodys(cast, act):
    assert may(cast, act, event_id=make_event().pk) == as_it_stands(act, "outsider")


@pytest.fixture
def program(person: Callable[..., Person]) -> Callable[..., Person]:
    def make(session: Any, **limits: Any) -> Person:
        organiser = person(user=make_organiser(session.event))
        organiser.api_token = token_of(organiser.user, **limits)
        return organiser

    return make


def test_token_that_may_only_read_reads_what_moderators_read_and_changes_nothing(program):
    session = make_session()
    poll = make_poll(session, visibility="moderators")
    reader = program(session, scope=READ)
    assert "count" in reader.rest("GET", f"polls/{poll.pk}/").body["options"][0]
    for method, path, body in (
        ("PUT", f"polls/{poll.pk}/state/", {"state": "closed"}),
        (
            "POST",
            f"sessions/{session.pk}/polls/",
            {"question": "?", "options": [{"text": "a"}, {"text": "b"}]},
        ),
        ("PATCH", f"events/{session.event.slug}/", {"name": "Mine"}),
        ("DELETE", f"polls/{poll.pk}/", None),
    ):
        assert reader.rest(method, path, body) == Answer(403, "beyond_token"), path
    assert reader.rest("GET", f"events/{session.event.slug}/audit/").code == "not_organiser"
    assert Poll.objects.get(pk=poll.pk).state == "live"


def test_socket_of_a_token_that_may_only_read_hears_and_says_nothing(program, inner):
    poll = make_poll(make_session(), visibility="moderators")
    reader = program(poll.session, scope=READ)
    with open_socket(inner, poll.session_id, token=reader.token) as socket:
        assert socket.snapshot["me"]["moderator"]
        assert "count" in socket.snapshot["polls"][0]["options"][0]
        assert socket.ask("poll.reveal_answer", poll=str(poll.pk))["code"] == "beyond_token"


def test_token_of_one_event_opens_its_drafts_and_sockets_and_no_others(program, inner):
    session, other = make_session(), make_session()
    bound = program(session, event_id=session.event_id)
    other.event.organisers.add(bound.user)
    Event.objects.filter(pk__in=[session.event_id, other.event_id]).update(visibility="draft")
    assert bound.rest("GET", f"events/{session.event.slug}/").status == 200
    assert bound.rest("GET", f"events/{other.event.slug}/") == Answer(404, "not_found")
    assert bound.rest("POST", "events/", {"name": "A third"}).code == "not_signed_in"
    with open_socket(inner, session.pk, token=bound.token) as socket:
        assert socket.snapshot["me"]["moderator"]
    with pytest.raises(InvalidStatus), open_socket(inner, other.pk, token=bound.token):
        pass


def test_token_of_one_event_copies_from_no_other(program):
    session = make_session()
    bound = program(session, event_id=session.event_id)
    elsewhere = make_poll(make_session())
    elsewhere.session.event.organisers.add(bound.user)
    beside = make_poll(make_session(session.event))
    path = f"sessions/{session.pk}/copies/"
    given = {"from": str(elsewhere.session_id), "polls": [str(elsewhere.pk)]}
    assert bound.rest("POST", path, given).code == "unknown_source"
    given = {"from": str(beside.session_id), "polls": [str(beside.pk)]}
    assert bound.rest("POST", path, given).code == ""


def test_token_of_one_event_does_not_open_the_bank_which_is_of_none(program):
    poll = make_poll(make_session())
    bound = program(poll.session, event_id=poll.session.event_id)
    given = {"session": str(poll.session_id), "polls": [str(poll.pk)]}
    assert bound.rest("POST", "bank/", given).code == "not_signed_in"
    [saved] = bound.rest("POST", "bank/", given, token=token_of(bound.user)).body["results"]
    assert bound.rest("GET", "bank/").code == "not_signed_in"
    path = f"sessions/{poll.session_id}/bank/"
    assert bound.rest("POST", path, {"polls": [saved["id"]]}).code == "not_signed_in"


@pytest.mark.django_db
class TestMaking:
    def test_token_gives_everything_unless_it_is_said(self):
        user = make_organiser(make_event())
        token_of(user)
        assert (user.api_tokens.get().scope, user.api_tokens.get().event) == ("organise", None)

    def test_unknown_scope_makes_no_token(self):
        user = make_organiser(make_event())
        with pytest.raises(Malformed):
            token_of(user, scope="admin")
        assert not user.api_tokens.exists()

    def test_command_takes_a_scope_and_an_event(self, capsys):
        event = make_event()
        user = make_organiser(event)
        call_command("api_token", user.username, "--scope", "read", "--event", event.slug)
        assert capsys.readouterr().out.startswith("odc_")
        assert (user.api_tokens.get().scope, user.api_tokens.get().event) == ("read", event.pk)
        for wrong in (["--event", "nowhere"], ["--scope", "admin"]):
            with pytest.raises(CommandError):
                call_command("api_token", user.username, *wrong)
