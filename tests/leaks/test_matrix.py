"""The leak matrix: state × visibility × role × channel.

A hidden tally is in no channel, not as numbers and not as anything made of them; a visible one is where it belongs. A
draft and an archived poll are not there at all, but for moderators. Leaks that are planted are found.
"""

from collections.abc import Callable
from hashlib import blake2b
from itertools import product

import httpx
import pytest

from opendev.door import personal, shared
from polls import api, news, serializers
from polls.kinds import UnknownOption
from polls.models import Poll
from polls.services import ballots
from tests.leaks.channels import CHANNELS, LOOKING_TWICE, audience_of, faults, traces
from tests.leaks.news import faults_of_a_life
from tests.leaks.stored import Stored
from tests.leaks.world import (
    COMBINATIONS,
    ROLES,
    UNKNOWN_TO_THE_ROOM,
    World,
    bytes_of,
    may_see,
    numbers_in,
)
from tests.support.people import CSRF

Act = Callable[[World, str, object], httpx.Response]
ROWS = [(role, channel) for role in ROLES for channel in CHANNELS]
LESS_THAN_MODERATORS = [row for row in ROWS if audience_of(*row) != "moderators"]
TWICE = [row for row in LESS_THAN_MODERATORS if row[0] in LOOKING_TWICE]


@pytest.mark.parametrize(("role", "channel"), ROWS)
def test_tally_is_there_for_who_may_see_it_and_for_nobody_else(world, looks, role, channel):
    assert faults(world, role, channel, looks.plain[role, channel]) == {}


@pytest.mark.parametrize(("role", "channel"), TWICE)
def test_hidden_tally_leaves_no_trace(looks, role, channel):
    assert traces(looks.plain[role, channel], looks.shifted[role, channel]) == {}


@pytest.mark.parametrize(("role", "channel"), LESS_THAN_MODERATORS)
def test_draft_and_archived_poll_are_in_no_channel(looks, role, channel):
    assert named_in(looks.plain[role, channel]) == []


def named_in(texts: dict[str, str]) -> list[str]:
    """The combinations that nobody but moderators may know of, and that stand in a text all the same."""
    return [name for name in UNKNOWN_TO_THE_ROOM if any(name in text for text in texts.values())]


def test_moderators_are_shown_drafts_and_archived_polls(looks):
    """Or the test before would look for something that is nowhere."""
    for channel in ("control", "REST list", "REST detail", "socket by token", "socket for moderators"):
        assert named_in(looks.plain["moderator", channel]) == UNKNOWN_TO_THE_ROOM


def test_news_carry_a_tally_to_who_may_see_it_and_to_nobody_else(world):
    assert faults_of_a_life(world) == {}


# --- a poll that one may not know of is as one that is not there, byte for byte

REST_ACTS = [
    ("GET", "", None),
    ("PATCH", "", {"question": "Mine?"}),
    ("PUT", "state/", {"state": "live"}),
    ("POST", "rounds/", None),
    ("POST", "right-answer/", None),
    ("GET", "ballots/", None),
    ("GET", "ballot/", None),
    ("PUT", "ballot/", {"options": ["1"]}),
    ("DELETE", "ballot/", None),
]
PAGE_ACTS = [
    ("vote", {"option": "1"}),
    ("withdraw", {}),
    ("control-poll-state", {"state": "live"}),
    ("control-poll-visibility", {"visibility": "always"}),
    ("control-poll-clock", {"seconds": "30"}),
    ("control-poll-round", {}),
    ("control-poll-right-answer", {}),
    ("control-poll-edit", {"question": "Mine?"}),
]


def by_rest(method: str, tail: str, body: object) -> Act:
    def act(world: World, role: str, poll: object) -> httpx.Response:
        person = world.people[role]
        headers = {"Authorization": f"Bearer {person.token}"} if person.token else {}
        return person.program.request(method, f"polls/{poll}/{tail}", json=body, headers=headers)

    return act


def by_page(name: str, fields: dict[str, str] | None) -> Act:
    def act(world: World, role: str, poll: object) -> httpx.Response:
        browser, address = world.people[role].browser, world.session.address(name, poll=poll)
        if fields is None:
            return browser.get(address)
        return browser.post(address, data=fields, headers={"X-CSRFToken": CSRF})

    return act


ACTS = {
    **{f"REST {method} {tail}": by_rest(method, tail, body) for method, tail, body in REST_ACTS},
    **{f"page {name}": by_page(name, fields) for name, fields in PAGE_ACTS},
    "page to edit": by_page("control-poll-edit", None),
    "page with answers": by_page("control-poll-answers", None),
}


@pytest.mark.parametrize("act", ACTS)
def test_poll_that_one_may_not_know_of_is_as_one_that_is_not_there(world, act):
    for role in ("visitor", "voted", "neighbour"):
        unknown, *others = (
            without_id(ACTS[act](world, role, poll), poll)
            for poll in (987_654, world.polls["draft/always"].pk, world.polls["archived/always"].pk)
        )
        assert unknown["status"] >= 300
        assert others == [unknown, unknown], role


def test_poll_that_one_may_not_know_of_is_as_one_that_is_not_there_by_socket(world):
    with world.people["voted"].socket(world.session.pk) as socket:
        for deed in ({"type": "poll.vote", "options": ["1"]}, {"type": "poll.withdraw"}):
            polls = ("987654", str(world.polls["draft/always"].pk), str(world.polls["archived/always"].pk))
            answers = [socket.ask(poll=poll, **deed) for poll in polls]
            assert [{**answer, "ref": 0} for answer in answers] == [{**answers[0], "ref": 0}] * 3
            assert answers[0]["code"] == "not_found"


def without_id(response: httpx.Response, poll: object) -> dict[str, object]:
    """All of an answer, but for the address that was asked for."""
    said = bytes_of(response)
    headers = {name: value for name, value in said["headers"].items() if name != "content-length"}
    return {
        "status": said["status"],
        **{
            name: text.replace(f"/polls/{poll}/", "/polls/ID/")
            for name, text in {**headers, "body": said["body"]}.items()
        },
    }


# --- planted leaks are found

SHOWING = [
    "room, results wanted", "room, on air, results wanted", "screen",
    "REST list", "REST detail", "REST detail by cookie", "socket", "socket by token",
]  # fmt: skip


@pytest.fixture
def planted(world, monkeypatch):
    """Plant, then look; afterwards the sockets are told the truth again."""
    yield monkeypatch
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as again:
        again.setattr("opendev.core.fan_out.TICK_S", 0.01)
        world.retell()


def hidden_from(audience: str, names: tuple[str, ...]) -> set[str]:
    return {name for name in names if not may_see(audience, name)}


def test_matrix_finds_a_tally_that_is_shown_to_all(world, planted):
    planted.setattr(serializers, "may_see_tally", lambda poll, **who: True)
    world.retell()
    for role, channel in product(("visitor", "neighbour"), SHOWING):
        launched = tuple(name for name in CHANNELS[channel].shows if name not in UNKNOWN_TO_THE_ROOM)
        assert faults(world, role, channel).keys() == hidden_from("everybody", launched), (role, channel)
    assert {key.split(",")[0] for key in faults_of_a_life(world)} == {
        "visitor", "attendee", "voted", "neighbour", "moderator in the room",
    }  # fmt: skip


def test_matrix_finds_everybody_taken_for_one_who_voted(world, planted):
    planted.setattr(api, "audience_of", lambda **who: "voted")
    for channel in ("REST list", "REST detail", "REST detail by cookie"):
        assert faults(world, "attendee", channel).keys() == {"live/after_voting"}
    assert "published/moderators" in faults(world, "organiser", "REST list")


def test_matrix_finds_drafts_that_exist_for_all(world, planted):
    for module in (serializers, api, ballots):
        planted.setattr(module, "may_see_poll", lambda poll, **who: True)
    world.retell()
    for channel in ("REST list", "REST detail", "socket", "socket by token"):
        assert named_in(CHANNELS[channel].look(world, "visitor")) == UNKNOWN_TO_THE_ROOM


def test_matrix_finds_an_order_that_follows_the_hidden_tally(world, looks, planted):
    honest = serializers.poll_json

    def leaders_first(poll, options, audience):
        return honest(poll, sorted(options, key=lambda option: -option.count), audience)

    for module in (api, news):
        planted.setattr(module, "poll_json", leaders_first)
    planted.setattr("opendev.room.cards.poll_json", leaders_first)
    world.retell()
    channels = ("room", "screen", "REST list", "REST detail", "socket")
    before = {channel: CHANNELS[channel].look(world, "visitor") for channel in channels}
    world.shift_hidden("everybody")
    for channel in channels:
        assert traces(before[channel], CHANNELS[channel].look(world, "visitor")), channel
    world.shift_back()


def test_matrix_finds_a_refusal_that_tells_the_tally(world, planted):
    counts = [count for name in COMBINATIONS for count in world.counts(world.polls[name])]
    planted.setattr(UnknownOption, "message", f"The options have {counts} votes.")
    for role in ("attendee", "voted"):
        assert "live/after_close" in faults(world, role, "refusals")


@pytest.mark.parametrize("channel", ["room", "room, results wanted", "room, on air, results wanted"])
def test_matrix_finds_a_tag_that_is_the_same_for_pages_that_are_not(world, planted, channel):
    """Somebody who voted looks first; the tag does not tell their page from that of somebody who did not."""
    planted.setattr(world, "stored", Stored())
    planted.setattr(personal, "mark_of", lambda body: '"same"')
    assert faults(world, "voted", channel) == {}
    assert "live/after_voting" in faults(world, "attendee", channel)
    assert world.stored.unchanged


@pytest.fixture
def hidden_since(world):
    """A poll whose tally everybody sees, and the act that hides it; afterwards it is seen again."""
    poll = world.alone["published/always"]

    def show(visibility):
        Poll.objects.filter(pk=poll.pk).update(visibility=visibility)
        world.retell()

    yield poll, lambda: show("moderators")
    show("always")


@pytest.mark.parametrize("is_planted", [False, True])
def test_tag_of_a_page_for_everybody_ends_with_the_tally_that_is_hidden(
    world, planted, hidden_since, is_planted
):
    """A tag that is the same for every page would keep it, and the matrix would see that."""
    poll, hide = hidden_since
    planted.setattr(world, "stored", Stored())
    planted.setattr(shared, "LIFE_S", 0.0)  # the page is made again at each load, and has its tag
    if is_planted:
        planted.setattr(shared, "blake2b", lambda body, **how: blake2b(b"", **how))
    counts, visitor = set(world.tallies[poll.pk]), world.people["visitor"]
    assert counts <= numbers_in(world.stored.get(visitor, poll.session.get_absolute_url()).text)
    hide()
    after = world.stored.get(visitor, poll.session.get_absolute_url())
    assert (counts <= numbers_in(after.text)) == is_planted
    assert bool(world.stored.unchanged) == is_planted


def test_unchanged_pages_were_asked_for_with_the_tags_of_everybody(world, looks):
    """Or the matrix would say nothing of answers without a body."""
    assert world.stored.unchanged > len(ROLES)
    assert max(len(known) for known in world.stored.pages.values()) >= 3


def test_world_has_a_tally_of_its_own_in_every_poll_that_was_launched(world):
    counts = [count for _, poll in world.every_poll() for count in world.counts(poll)]
    assert len(counts) == len(set(counts)) == 3 * (20 + 15)
    assert Poll.objects.filter(pk__in=[poll.pk for _, poll in world.every_poll()]).count() == 40
