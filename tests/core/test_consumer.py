"""Whatever a client sends is answered, and the socket stays open; who may not come in is refused before the accept."""

import asyncio
import json

import pytest

from opendev.core import consumers, metrics
from opendev.core.consumers import MAX_FRAME_BYTES, MAX_UNANSWERED, LiveConsumer, Refused
from opendev.core.errors import Conflict
from opendev.core.live import hub
from opendev.core.logs import OnceAMinute
from tests.core.asgi import PUBLIC_ORIGIN, socket
from tests.core.listening import ROOM, Rooms, news


def echo(consumer, frame):
    consumer.answer({"type": "ok", "ref": frame.get("ref"), "said": frame.get("say")})


def refuse(consumer, frame):
    raise Conflict(fields={"say": "Not now."})


def wait(consumer, frame):
    """A command whose answer is not there yet."""
    consumer.unanswered += 1


class EchoConsumer(LiveConsumer):
    commands = {"echo": echo, "refuse": refuse, "wait": wait}
    room = ROOM
    identified = None

    def group_key(self):
        return self.room

    async def identify(self, group):
        if self.bearer() == "bad":
            raise Refused
        if self.identified:
            await self.identified.wait()

    def snapshot(self, group):
        versions = {topic: known.version for topic, known in group.topics.items()}
        return json.dumps({"type": "snapshot", "versions": versions})


class NowhereConsumer(EchoConsumer):
    room = 404


@pytest.fixture
async def rooms(settings):
    settings.PUBLIC_URL = PUBLIC_ORIGIN
    usual, hub.source = hub.source, Rooms()
    hub.source.store(news(1))
    await hub.start()
    yield hub.source
    await hub.stop()
    hub.source = usual


HUGE = "9" * 5_000
BAD_FRAMES = {
    "no json": ("not json", "not_json"),
    "half an object": ('{"type": "echo"', "not_json"),
    "nothing": ("", "not_json"),
    "a list": ([], "not_json"),
    "a number": (7, "not_json"),
    "a text": ('"echo"', "not_json"),
    "null": ("null", "not_json"),
    "bytes": (b'{"type": "echo", "ref": 1}', "not_json"),
    "no bytes": (b"", "not_json"),
    "bytes that are no text": (b"\xff\xfe\x00", "not_json"),
    "too many bytes": (b"x" * 20_000, "not_json"),
    "17 KiB": ({"type": "echo", "say": "x" * 17 * 1024}, "frame_too_big"),
    "17 KiB in few characters": ('"' + "é" * 8_600 + '"', "frame_too_big"),
    "lists in lists": ("[" * 8_000 + "]" * 8_000, "not_json"),
    "lists without end": ("[" * 16_000, "not_json"),
    "objects in objects": ('{"a":' * 3_000, "not_json"),
    "lists in a field": ('{"type":"echo","say":' + "[" * 7_900 + "]" * 7_900 + "}", "not_json"),
    "no type": ({}, "unknown_command"),
    "a type that is a list": ({"type": []}, "unknown_command"),
    "a type that is an object": ({"type": {"type": "echo"}}, "unknown_command"),
    "a type that is null": ({"type": None}, "unknown_command"),
    "a type that is true": ({"type": True}, "unknown_command"),
    "an unknown type": ({"type": "poll.explode"}, "unknown_command"),
    "a type of Python's": ({"type": "__class__"}, "unknown_command"),
    "a type with NUL": ({"type": "echo\0"}, "unknown_command"),
    "a type that is half a character": ('{"type": "\\ud800"}', "unknown_command"),
    "a ref that is a list": ({"type": "echo", "ref": []}, "malformed"),
    "a ref that is an object": ({"type": "echo", "ref": {}}, "malformed"),
    "a ref that is true": ({"type": "echo", "ref": True}, "malformed"),
    "a ref that is a fraction": ({"type": "echo", "ref": 1.5}, "malformed"),
    "a ref that is infinite": ('{"type": "echo", "ref": 1e999}', "malformed"),
    "a ref that is no number": ('{"type": "echo", "ref": NaN}', "malformed"),
    "a ref that is too great": ({"type": "echo", "ref": 2**53}, "malformed"),
    "a ref that is far too great": ('{"type": "echo", "ref": ' + HUGE + "}", "not_json"),
    "a ref that is too long": ({"type": "echo", "ref": "x" * 65}, "malformed"),
    "a refusal": ({"type": "refuse"}, "conflict"),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
async def test_bad_frame_gets_an_error_and_the_socket_stays_open(rooms, name):
    frame, code = BAD_FRAMES[name]
    async with socket(EchoConsumer()) as client:
        await client.next("snapshot")
        answer = await client.ask(frame)
        assert (answer["type"], answer["code"]) == ("error", code)
        assert answer["detail"]
        assert answer["ref"] is None
        assert await client.ask({"type": "echo", "ref": 1, "say": "still here"}) == {
            "type": "ok",
            "ref": 1,
            "said": "still here",
        }


@pytest.mark.parametrize(
    "ref",
    [0, 1, -1, 2**53 - 1, "", "a", "x" * 64, "\0", "é👩‍💻", "\ud800", "\udfff\ud800", "</script>", None],
)
async def test_ref_comes_back_as_it_was_sent_with_answers_and_with_errors(rooms, ref):
    async with socket(EchoConsumer()) as client:
        assert (await client.ask({"type": "echo", "ref": ref}))["ref"] == ref
        assert (await client.ask({"type": "refuse", "ref": ref}))["ref"] == ref
        assert (await client.ask({"type": "unknown", "ref": ref}))["ref"] == ref


@pytest.mark.parametrize("said", ["\ud800", "\0", "a\udfff", ["\ud83d"]])
async def test_frame_to_a_client_can_always_be_put_on_the_wire(rooms, said):
    async with socket(EchoConsumer()) as client:
        await client.next("snapshot")
        client.send({"type": "echo", "ref": "\ud800", "say": said})
        message = await client.message()
        assert json.loads(message["text"].encode("utf-8"))["said"] == said


async def test_error_names_the_fields_that_are_wrong(rooms):
    async with socket(EchoConsumer()) as client:
        answer = await client.ask({"type": "refuse", "ref": 3})
    assert answer == {
        "type": "error",
        "ref": 3,
        "code": "conflict",
        "detail": "That is not possible right now.",
        "fields": {"say": "Not now."},
    }


async def test_frame_of_exactly_16_kib_is_taken(rooms):
    frame = json.dumps({"type": "echo", "say": ""})
    padded = frame.replace('""', '"' + "x" * (MAX_FRAME_BYTES - len(frame)) + '"')
    async with socket(EchoConsumer()) as client:
        assert (await client.ask(padded))["type"] == "ok"
        assert (await client.ask(padded + " "))["code"] == "frame_too_big"


async def test_client_that_does_not_wait_for_answers_is_told_to_slow_down(rooms):
    async with socket(EchoConsumer()) as client:
        for ref in range(MAX_UNANSWERED):
            client.send({"type": "wait", "ref": ref})
        assert (await client.ask({"type": "wait", "ref": "too many"}))["code"] == "slow_down"
        assert (await client.ask({"type": "echo", "ref": "also"}))["code"] == "slow_down"


@pytest.mark.parametrize("frame", [{"type": "echo"}, {"type": "refuse"}, "not json"])
async def test_client_that_sends_and_never_reads_costs_a_bounded_amount(rooms, frame):
    async with socket(EchoConsumer()) as client, socket(EchoConsumer()) as neighbour:
        await client.next("snapshot")
        await neighbour.next("snapshot")
        client.reads.clear()
        for _ in range(3_000):
            client.send(frame)
            await asyncio.sleep(0)
        tasks = len(asyncio.all_tasks())
        assert tasks < 20
        assert sum(len(parked.replies) for parked in hub.writer.slow.values()) < 100
        assert (await neighbour.ask({"type": "echo", "ref": 1, "say": "hello"}))["said"] == "hello"
        hub.say(rooms.store(news(2)))
        assert (await neighbour.next("changed"))["version"] == 2
        client.reads.set()


async def test_socket_that_leaves_leaves_the_room(rooms):
    async with socket(EchoConsumer()) as client:
        await client.next("snapshot")
        assert len(hub.groups[ROOM].members) == 1
    assert hub.groups == {}


async def test_snapshot_comes_first_and_then_what_is_newer(rooms):
    async with socket(EchoConsumer()) as client:
        assert await client.next() == {"type": "snapshot", "versions": {"poll:1": 1}}
        hub.say(rooms.store(news(2)))
        assert (await client.next())["version"] == 2


async def test_newcomer_whose_room_emptied_while_he_was_looked_up_still_hears_news(rooms):
    looked_up = asyncio.Event()

    class SlowConsumer(EchoConsumer):
        identified = looked_up

    async with socket(EchoConsumer()):
        connecting = asyncio.ensure_future(connected(SlowConsumer()))
        await asyncio.sleep(0.05)
    looked_up.set()
    client = await connecting
    try:
        await client.next("snapshot")
        hub.say(rooms.store(news(2)))
        assert (await client.next("changed"))["version"] == 2
    finally:
        await client.leave()


async def connected(application):
    opening = socket(application)
    client = await opening.__aenter__()
    client.opening = opening  # else it is collected, and leaves
    return client


# --- coming in


@pytest.mark.parametrize(
    ("origin", "more", "accepted"),
    [
        (PUBLIC_ORIGIN, {}, True),
        ("http://room.example", {"host": "room.example"}, True),
        ("https://room.example", {"host": "room.example", "scheme": "wss"}, True),
        ("http://room.example", {"host": "room.example", "scheme": "wss"}, False),
        ("https://room.example", {"host": "room.example"}, False),
        # a trusted proxy says that the page came by https; an address of its own choice says nothing
        ("https://room.example", {"host": "room.example", "x-forwarded-proto": "https"}, True),
        ("https://room.example", {"host": "Room.Example:443", "x-forwarded-proto": "https"}, True),
        ("https://room.example", {"host": "room.example", "x-forwarded-proto": "https, http"}, True),
        ("http://room.example", {"host": "room.example", "x-forwarded-proto": "https"}, False),
        ("https://room.example", {"host": "room.example", "x_forwarded_proto": "https"}, False),
        ("https://evil.example", {"host": "room.example", "x-forwarded-proto": "https"}, False),
        ("HTTP://Room.Example", {"host": "ROOM.example:80"}, True),
        ("http://room.example/", {"host": "room.example"}, False),
        ("http://a@room.example", {"host": "room.example"}, False),
        ("http://127.0.0.1:8001", {}, False),
        ("http://127.0.0.1", {}, False),
        ("http://evil.example", {}, False),
        ("http://127.0.0.1:8000.evil.example", {}, False),
        ("http://evil.example/http://127.0.0.1:8000", {}, False),
        ("null", {}, False),
        ("", {}, False),
        ("http://[", {}, False),
        (None, {}, False),
        (None, {"authorization": "Bearer good"}, True),
        (None, {"authorization": "Basic good"}, False),
        ("http://evil.example", {"authorization": "Bearer good"}, False),
        (PUBLIC_ORIGIN, {"authorization": "Bearer bad"}, False),
    ],
)
async def test_socket_is_opened_only_from_our_own_pages_or_with_a_token(rooms, origin, more, accepted):
    async with socket(EchoConsumer(), origin=origin, **more) as client:
        assert client.accepted == accepted


async def test_only_a_trusted_proxy_is_believed_about_the_scheme(rooms, settings):
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    more = {"host": "room.example", "x-forwarded-proto": "https"}
    async with socket(EchoConsumer(), origin="https://room.example", **more) as client:
        assert not client.accepted


async def test_refused_origins_are_counted_and_said_once_a_minute(rooms, settings, caplog, monkeypatch):
    monkeypatch.setattr(consumers, "refused_origins", OnceAMinute(consumers.refused_origins.log))
    counter = metrics.REFUSED.labels("origin")
    before = counter._value.get()
    for _ in range(5):
        async with socket(EchoConsumer(), origin="https://other.example") as client:
            assert not client.accepted
    said = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert said == [
        f"A socket was refused: its page came from https://other.example, and PUBLIC_URL is {PUBLIC_ORIGIN}."
    ]
    assert counter._value.get() == before + 5
    consumers.refused_origins.next_at = 0.0
    async with socket(EchoConsumer(), origin="https://other.example"):
        pass
    assert "(4 more since the last line.)" in caplog.records[-1].getMessage()


async def test_room_that_does_not_exist_is_refused_before_the_accept(rooms):
    for consumer, accepted in ((EchoConsumer(), True), (NowhereConsumer(), False)):
        async with socket(consumer) as client:
            assert client.accepted == accepted
    assert hub.groups == {}
