"""Every way by which a tally could reach somebody. A channel is asked as one role, and returns a text a combination."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from websockets.exceptions import InvalidStatus

from opendev.core.attendance import sign_pass
from polls.models import Poll
from sessions.programme.models import Session
from tests.leaks.world import COMBINATIONS, LAUNCHED, ROLES, World, may_see, numbers_in, steady
from tests.support.people import open_socket

Texts = dict[str, str]

IN_THE_ROOM = {"voted": "voted"}
FOR_EVERYBODY: dict[str, str] = {}
BY_RIGHT = {"voted": "voted", "moderator": "moderators", "organiser": "moderators"}
FOR_MODERATORS = {"moderator": "moderators", "organiser": "moderators"}
HIDDEN = ("live/after_voting", "live/after_close", "closed/after_publishing", "published/moderators")
SOME = (
    *HIDDEN,
    "live/always",
    "closed/after_close",
    "published/after_publishing",
    "draft/always",
    "archived/always",
)


@dataclass(frozen=True)
class Channel:
    """`audiences`: who is more than everybody here. `shows`: the combinations whose tally it shows to who may see."""

    look: Callable[[World, str], Texts]
    audiences: dict[str, str]
    shows: tuple[str, ...] = ()


def same(text: str) -> Texts:
    """One text in which every poll could stand."""
    return dict.fromkeys(COMBINATIONS, text)


def page(world: World, role: str, path: str) -> str:
    return world.stored.get(world.people[role], path).text


def room(view: str) -> Callable[[World, str], Texts]:
    return lambda world, role: same(page(world, role, world.session.get_absolute_url() + view))


def alone(name: str, view: str = "") -> Callable[[World, str], Texts]:
    """The page of each session that has one poll, which is on air there."""
    return lambda world, role: {
        combination: page(world, role, poll.session.address(name) + view)
        for combination, poll in world.alone.items()
    }


def embedded(show: str) -> Callable[[World, str], Texts]:
    """The embed of each session that has one poll, by a display link: whoever opens it."""
    return lambda world, role: {
        combination: page(
            world, role, f"{poll.session.address('embed', token=world.display(poll.session))}?show={show}"
        )
        for combination, poll in world.alone.items()
    }


def named(
    world: World, role: str, everything: tuple[str, ...], few: tuple[str, ...]
) -> list[tuple[str, Poll]]:
    """The polls to ask about: where others are not let in at all, a few are enough for them."""
    names = everything if role in FOR_MODERATORS else few
    return [(name, world.polls[name]) for name in names]


def control(world: World, role: str) -> Texts:
    address = world.session.address("control")
    polls = named(world, role, tuple(COMBINATIONS), HIDDEN)
    return {name: page(world, role, f"{address}?poll={poll.pk}") for name, poll in polls}


def edit_form(world: World, role: str) -> Texts:
    polls = named(world, role, tuple(COMBINATIONS), HIDDEN)
    return {
        name: page(world, role, world.session.address("control-poll-edit", poll=poll.pk))
        for name, poll in polls
    }


def other_pages(world: World, role: str) -> Texts:
    paths = ["/", "/join/", f"/j/{world.session.code}/", f"/{world.event.slug}/", "/sign-in/"]
    rest = [
        "events/",
        f"events/{world.event.slug}/",
        f"events/{world.event.slug}/sessions/",
        f"sessions/{world.session.pk}/",
    ]
    texts = [page(world, role, path) for path in paths]
    texts += [world.people[role].rest("GET", path).text for path in rest]
    return same("\n".join(texts))


def rest_list(world: World, role: str) -> Texts:
    return same(world.people[role].rest("GET", f"sessions/{world.session.pk}/polls/").text)


def rest_detail(world: World, role: str) -> Texts:
    return {
        name: world.people[role].rest("GET", f"polls/{poll.pk}/").text for name, poll in world.polls.items()
    }


def pictures(world: World, role: str) -> Texts:
    """Of each poll the picture of its result, by page and by REST."""
    texts = {}
    for name, poll in world.polls.items():
        paths = poll.session.address("poll-picture", poll=poll.pk), f"/api/v1/polls/{poll.pk}/picture.svg"
        texts[name] = "\n".join(page(world, role, path) for path in paths)
    return texts


def rest_by_cookie(world: World, role: str) -> Texts:
    """By the same code as with a token, but for who is asking; so of each way of being hidden one."""
    return {name: page(world, role, f"/api/v1/polls/{world.polls[name].pk}/") for name in SOME}


def rest_ballot(world: World, role: str) -> Texts:
    person = world.people[role]
    return {name: person.rest("GET", f"polls/{world.polls[name].pk}/ballot/").text for name in SOME}


def snapshot(
    world: World, role: str, session: Session, *, view: str = "", embed: str = "", by_token: bool = False
) -> str:
    person = world.people[role]
    token = person.token if by_token else None
    cookies = None if by_token else person.cookies
    try:
        with open_socket(
            world.server, session.pk, token=token, cookies=cookies, view=view, embed=embed
        ) as socket:
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


def socket(view: str = "", *, by_token: bool = False) -> Callable[[World, str], Texts]:
    return lambda world, role: same(snapshot(world, role, world.session, view=view, by_token=by_token))


def embedded_socket(world: World, role: str) -> Texts:
    """Its frame has the cookies of a reader where the site is one of ours; what it hears is everybody's."""
    return same(snapshot(world, role, world.session, embed=world.display(world.session)))


def refusals(world: World, role: str) -> Texts:
    """The texts of refused acts: of voters by page, REST and socket, and of moderators for those who are not."""
    return {name: "\n".join(refused_acts(world, role, world.polls[name])) for name in HIDDEN}


def refused_acts(world: World, role: str, poll: Poll) -> list[str]:
    person, token = world.people[role], sign_pass(world.passes.get(role) or world.voter())
    wrong, path = "999999", f"polls/{poll.pk}"
    texts = [
        person.rest("PUT", f"{path}/ballot/", {"options": [wrong]}, token=token).text,
        person.post(world.session.address("vote", poll=poll.pk), option=wrong).text,
        person.say(world.session.pk, "poll.vote", poll=str(poll.pk), options=[wrong]).text,
    ]
    if role not in FOR_MODERATORS:
        texts.append(person.rest("PUT", f"{path}/state/", {"state": "archived"}).text)
        texts.append(person.rest("PATCH", f"{path}/", {"options": [{"text": "x"}, {"text": "y"}]}).text)
        texts.append(person.rest("GET", f"{path}/ballots/").text)
        texts.append(
            person.post(world.session.address("control-poll-state", poll=poll.pk), state="archived").text
        )
    return texts


EVERY = tuple(COMBINATIONS)
ON_PAGES = tuple(LAUNCHED)
CHANNELS = {
    "room": Channel(room(""), IN_THE_ROOM),
    "room, results wanted": Channel(room("?view=results"), IN_THE_ROOM, ON_PAGES),
    "room, form wanted": Channel(room("?view=form"), IN_THE_ROOM),
    "room, on air, results wanted": Channel(alone("room", "?view=results"), IN_THE_ROOM, ON_PAGES),
    "screen": Channel(alone("screen"), FOR_EVERYBODY, ON_PAGES),
    "embed, on air": Channel(embedded("screen"), FOR_EVERYBODY, ON_PAGES),
    "embed of the result, on air": Channel(embedded("result"), FOR_EVERYBODY, ON_PAGES),
    "socket of an embed": Channel(embedded_socket, FOR_EVERYBODY, ON_PAGES),
    "control": Channel(
        control, FOR_MODERATORS, tuple(name for name in EVERY if not name.startswith("draft"))
    ),
    "edit form": Channel(edit_form, FOR_MODERATORS),
    "other pages": Channel(other_pages, FOR_EVERYBODY),
    "REST list": Channel(rest_list, BY_RIGHT, EVERY),
    "REST detail": Channel(rest_detail, BY_RIGHT, EVERY),
    "REST detail by cookie": Channel(rest_by_cookie, BY_RIGHT, SOME),
    "pictures": Channel(pictures, BY_RIGHT, EVERY),
    "REST ballot": Channel(rest_ballot, FOR_EVERYBODY),
    "socket": Channel(socket(), IN_THE_ROOM, ON_PAGES),
    "socket by token": Channel(socket(by_token=True), BY_RIGHT, EVERY),
    "socket for moderators": Channel(socket("control"), FOR_MODERATORS, EVERY),
    "refusals": Channel(refusals, IN_THE_ROOM),
}
CLOSED_TO_OTHERS = {"control", "edit form", "socket for moderators"}


def audience_of(role: str, name: str) -> str:
    """The audience that a role belongs to in a channel; where only moderators come in, others are everybody."""
    return CHANNELS[name].audiences.get(role, "everybody")


def faults(world: World, role: str, name: str, texts: Texts | None = None) -> dict[str, str]:
    """What is wrong in one row of the matrix, by combination: a count that must not be there, or one that must."""
    found = {}
    for combination, text in (texts or CHANNELS[name].look(world, role)).items():
        poll = world.alone[combination] if "on air" in name or name == "screen" else world.polls[combination]
        counts, seen = set(world.tallies[poll.pk]), numbers_in(text)
        sees = may_see(audience_of(role, name), combination)
        if name in CLOSED_TO_OTHERS and role not in FOR_MODERATORS:
            sees = False
        moderated = world.moderated.get(poll.pk, set())
        if leaked := seen & moderated if sees else seen & (counts | moderated):
            found[combination] = f"leaked {sorted(leaked)}"
        if sees and combination in CHANNELS[name].shows and not counts <= seen:
            found[combination] = f"lacks {sorted(counts - seen)}"
    return found


def traces(before: Texts, after: Texts) -> dict[str, str]:
    """Where a text changed when nothing but hidden tallies did: shares, order, anything derived from them."""
    pairs = {name: (steady(text), steady(after[name])) for name, text in before.items()}
    return {name: first_difference(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def first_difference(one: str, other: str) -> str:
    place = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"{one[max(0, place - 60) : place + 60]!r} became {other[max(0, place - 60) : place + 60]!r}"


# The second look takes longer than it tells: the others' rights are those of one of these.
LOOKING_TWICE = ("visitor", "attendee", "voted", "moderator")


class Looks:
    """Every role's look into every channel, and a second one with the tallies shifted that it may not see."""

    def __init__(self, world: World) -> None:
        self.plain = {
            (role, name): channel.look(world, role) for role in ROLES for name, channel in CHANNELS.items()
        }
        self.shifted: dict[tuple[str, str], Texts] = {}
        for audience in ("everybody", "voted"):
            world.shift_hidden(audience)
            for role, name in self.plain:
                if role in LOOKING_TWICE and audience_of(role, name) == audience:
                    self.shifted[role, name] = CHANNELS[name].look(world, role)
        world.shift_back()
