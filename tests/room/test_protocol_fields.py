"""Each field that the documents give a frame is sent by the product, and none besides; each of a command is read."""

import re
from typing import Any

import pytest
from django.utils import timezone

from etherpad_links.models import PadCopy
from etherpad_links.services import link_pad
from opendev.core import consumers
from opendev.room.consumers import RoomConsumer
from opendev.room.run_sheets import go_to, paste_plan
from opendev.room.source import RoomSource
from polls.models import Poll
from polls.services import add_poll, reveal_right_answer, set_poll_state
from polls.services.reading import read_draft
from sessions.programme.models import Person
from sessions.questions.models import Question
from sessions.questions.services.queue import merge_question, set_question_state
from tests.factories import (
    NOW,
    make_attendee,
    make_line,
    make_moderator,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    options_of,
    put_name,
    record,
    upvote,
    vote_for,
)
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of, signed_in_cookie
from tests.support.socket_contract import SocketContract, contract

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")
RULES = {"from": 1, "to": 5, "labels": ["Never", "Always"], "no_opinion": True}
SCALE = {"question": "How?", "kind": "scale", "rules": RULES, "visibility": "always"}
WEIGHED = {"kind": "ranking", "visibility": "always"}, {"kind": "points", "visibility": "always"}
PLAN = "Prompt: What do you build?\nNote: Ours\nFollow-up: Keep talking\nPoll: Which? / a / b"
AT = "2026-06-01T10:00:00.000Z"
# Held by the tests of each kind of poll.
OF_A_KIND = re.compile(
    r"\.polls\.(rules|result|mine|options)\.|\.(answers|moderation)(\.|$)|\bmine\.(words|text|number)$|\bright_answer\.(ranking|number)$|\.other(\.|$)|\bpolls\.options\.written$"
)


def suggest(session, ada, bob):
    for state, author in (("open", ada), ("opened", bob), ("open", bob)):
        make_suggestion(session, f"To be {state}", state=state, attendee=author)


@pytest.fixture
def session(committing_sqlite):
    return make_session(reactions_open=True)


def furnish(session):
    """A session in which every optional field of its topics has something to say; returns an attendee of it."""
    make_moderator(session, "Grace Hopper")
    caller, ada, bob = organiser_of(session.event), make_attendee(session), make_attendee(session)
    scale = add_poll(session_id=session.pk, caller=caller, draft=read_draft(SCALE), now=NOW)
    set_poll_state(poll_id=scale.pk, caller=caller, state="live", now=NOW)
    scale.session = session
    for poll in (make_poll(session, visibility="always"), make_poll(session, visibility="moderators"), scale):
        record(*(vote_for(poll, who, text) for who, text in zip((ada, bob), options_of(poll), strict=False)))
    for rules in WEIGHED:
        poll = make_poll(session, **rules)
        vote = vote_for(poll, ada, *options_of(poll))
        answer = vote.answer if rules["kind"] == "ranking" else tuple((option, 5) for option in vote.answer)
        record(vote._replace(answer=answer, field=rules["kind"]))
    make_poll(session, state="draft")
    quiz = make_poll(session, state="closed", visibility="always", right_answer={"options": [1]})
    reveal_right_answer(poll_id=quiz.pk, caller=caller, now=NOW)
    changed = {"at": AT, "by": "Grace Hopper"}
    Poll.objects.filter(pk=quiz.pk).update(
        reworded=[{**changed, "was": "Whose?"}], regrouped=[{**changed, "act": "merged", "answers": 2}]
    )
    first, second, third = [make_question(session, attendee=author, name="Ada") for author in (ada, bob, ada)]
    upvote(second, ada)
    merge_question(question_id=third.pk, caller=caller, into=second.pk, now=NOW)
    set_question_state(question_id=first.pk, caller=caller, state="on_air", now=NOW)
    owner = Person.objects.filter(event=session.event).first()
    line = make_line(session, owner=str(owner.pk))
    put_name(line, ada, name="Ada", email="ada@example.org", consent=True)
    plan = paste_plan(session_id=session.pk, caller=caller, text=PLAN, now=NOW).items
    for item in (plan[0], plan[2]):
        go_to(session_id=session.pk, item_id=item.pk, caller=caller, now=NOW)
    link = link_pad(session_id=session.pk, caller=caller, url="https://pads.example/p/agenda")
    PadCopy.objects.create(
        link=link, author="a.1", revision=1, text="One\n", runs="|1+4", pool={}, seen_at=NOW
    )
    Question.objects.bulk_create(
        Question(session=session, text=f"Question {n}?", state="open", asked_at=NOW) for n in range(101)
    )
    suggest(session, ada, bob)
    return ada


def frames_of_topics(session_id):
    """Each topic's frames as the source has them, for every audience."""
    source = RoomSource()
    for news in source.read(session_id).news:
        kind: Any = source.kinds[news.topic.partition(":")[0]]
        for state in filter(None, news.states.values()):
            yield kind.changed(state, AT)
            yield kind.tally(state, AT)
            if hasattr(kind, "several"):
                yield kind.several([state], [(news.topic, 3)], AT)
        yield kind.gone(news.topic, news.version + 1)


async def until_heard(client, kinds):
    """Keep what comes beside the frames that were dropped, until each of these types is among them."""
    while kinds - {frame["type"] for frame in client.dropped}:
        client.dropped.append(await client.next())


async def until_own_news(laptop, session):
    """Wait for what the other window did; somebody enters, so that presence is news."""
    async with room_of(session, await act(make_attendee, session)):
        await until_heard(laptop, {"poll.mine", "question.mine", "suggestion.mine", "line.mine", "presence"})


async def until_reactions(page, phone, control):
    """Applause and a pace signal: their answers, and until moderators have heard of them, and of who is here."""
    for command in ({"type": "reaction.send", "reaction": "applause"}, {"type": "pace.set", "pace": "lost"}):
        page.check(await phone.ask({"ref": 1, **command}))
    await until_heard(control, {"reaction.tally", "pace.changed", "presence"})


async def test_frames_have_every_documented_field_and_no_other(session):
    ada, page = await act(furnish, session), SocketContract()
    for frame in await act(lambda: list(frames_of_topics(session.pk))):
        page.check(frame)
    cookie = await act(lambda: signed_in_cookie(make_moderator(session)))
    async with (
        room_of(session, ada) as phone,
        room_of(session, ada) as laptop,
        room_of(session, query="view=control", cookie=cookie) as control,
    ):
        snapshots = [await client.next("snapshot") for client in (phone, laptop, control)]
        for snapshot in snapshots:
            page.check(snapshot)
        live = next(poll for poll in snapshots[0]["polls"] if poll["state"] == "live")
        asked = next(q["id"] for q in snapshots[0]["questions"] if not q["mine"]["author"])
        suggested = next(
            s["id"] for s in snapshots[0]["suggestions"] if not s["mine"]["author"] and s["state"] == "open"
        )
        for command in (
            {"type": "poll.vote", "poll": live["id"], "options": [live["options"][0]["id"]]},
            {"type": "question.upvote", "question": asked},
            {"type": "question.ask", "text": "And then?"},
            {"type": "suggestion.support", "suggestion": suggested},
            {"type": "suggestion.suggest", "title": "More"},
            {"type": "line.withdraw", "line": snapshots[0]["lines"][0]["id"]},
            {"type": "question.ask", "text": 5},
        ):
            page.check(await phone.ask({"ref": 1, **command}))
        page.check(await control.ask({"type": "run_sheet.undo", "ref": "r"}))
        page.check(await control.ask({"type": "run_sheet.go", "ref": "r", "item": None}))
        await until_own_news(laptop, session)
        await until_reactions(page, phone, control)
        page.check(await phone.ask({"type": "notes.follow", "ref": 1}))
        page.check(await phone.next("notes.whole"))
        await act(lambda: PadCopy.objects.update(revision=2, text="Two\n"))
        page.check(await phone.next("notes.changed"))
        for client in (phone, laptop, control):
            for frame in client.dropped:
                page.check(frame)
    assert {place for place in page.never_seen() if not OF_A_KIND.search(place)} == set()


class Reading(dict[str, Any]):
    """A command that keeps which of its fields were asked for."""

    def __init__(self, frame: dict[str, Any]) -> None:
        super().__init__(frame)
        self.asked_for: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked_for.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked_for.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked_for.add(str(key))
        return super().__contains__(key)


def documented_commands() -> dict[str, set[str]]:
    return {
        kind: set(payload["properties"])
        for payload in contract().messages("command")
        for kind in contract().types_of(payload)
    }


def filled(kind: str) -> dict[str, Any]:
    """A command with every field that is documented."""
    values: dict[str, Any] = {
        "options": [], "seq": 1, "pinned": True, "shown": True, "consent": True, "position": 1, "minutes": 1,
        "items": [{"kind": "prompt", "text": "And?"}], "ballot": "b" * 16, "email": "ada@example.org",
        "contact_until": str(timezone.now().date()),
    }  # fmt: skip
    return {name: values.get(name, "1") for name in documented_commands()[kind]} | {"type": kind}


@pytest.mark.parametrize("kind", sorted(RoomConsumer.commands))
async def test_command_reads_every_documented_field_and_no_other(session, ada, kind, monkeypatch):
    parse, read = consumers.parse_frame, []

    def parse_and_keep(message):
        read.append(Reading(parse(message)))
        return read[-1]

    monkeypatch.setattr(consumers, "parse_frame", parse_and_keep)
    frame = filled(kind)
    async with room_of(session, ada) as client:
        await client.next("snapshot")
        await client.ask(frame)
        if "items" in frame and "lines" in frame:  # one or the other
            await client.ask({name: value for name, value in frame.items() if name != "lines"})
    assert set().union(*(command.asked_for for command in read)) == documented_commands()[kind]
