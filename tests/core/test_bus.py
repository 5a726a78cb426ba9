"""The bus over a real Redis: heard, dead, hung, and back."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

from opendev.core import bus as bus_module
from opendev.core.bus import Bus
from opendev.core.groups import News
from opendev.core.live import Hub
from tests.core.listening import ROOM, Listener, Rooms

TOPIC, AUDIENCES = "poll:1", ("moderators", "voted", "everybody")


def layer_to(url: str) -> RedisPubSubChannelLayer:
    return RedisPubSubChannelLayer(hosts=[{"address": url, "socket_timeout": None}])


@asynccontextmanager
async def bus_to(url: str, heard: list[dict[str, Any]]) -> AsyncIterator[Bus]:
    """A bus with a layer, and so connections, of its own: as in another process."""
    tasks: list[asyncio.Task[Any]] = []

    def spawn(work: Any) -> asyncio.Task[Any]:
        tasks.append(asyncio.ensure_future(work))
        return tasks[-1]

    layer = layer_to(url)
    bus = Bus(layer, heard.append, spawn)
    await bus.start()
    try:
        yield bus
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await layer._get_layer().flush()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def test_message_is_heard_by_the_others_and_not_by_oneself(redis_url):
    mine: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    async with bus_to(redis_url, mine) as here, bus_to(redis_url, theirs) as there:
        await here.subscribe(4)
        await there.subscribe(4)
        here.publish(4, {"type": "live.present", "group": 4, "present": 2})
        there.publish(4, {"type": "live.present", "group": 4, "present": 5})
        await until(lambda: bool(theirs) and bool(mine))
    assert [message["present"] for message in theirs] == [2]
    assert [message["present"] for message in mine] == [5]


async def test_message_of_another_group_is_not_heard(redis_url):
    heard: list[dict[str, Any]] = []
    async with bus_to(redis_url, []) as here, bus_to(redis_url, heard) as there:
        await there.subscribe(4)
        here.publish(5, {"type": "live.present", "group": 5, "present": 1})
        here.publish(4, {"type": "live.present", "group": 4, "present": 2})
        await until(lambda: bool(heard))
    assert [message["group"] for message in heard] == [4]


async def test_dead_bus_is_noticed_and_renewing_hears_again(own_redis):
    heard: list[dict[str, Any]] = []
    async with bus_to(own_redis.url, []) as here, bus_to(own_redis.url, heard) as there:
        await there.subscribe(4)
        own_redis.kill()
        here.publish(4, {"type": "live.present", "group": 4, "present": 1})
        await until(lambda: not here.is_up)
        there.publish(4, {"type": "live.present", "group": 4, "present": 1})
        await until(lambda: not there.is_up)
        await there.subscribe(6)  # nobody took it, and it must not be forgotten
        own_redis.start()
        for key in (4, 6):

            def said(key: int = key) -> bool:
                return any(message["group"] == key for message in heard)

            async with asyncio.timeout(20):
                while not said():
                    await asyncio.gather(here.renew(), there.renew())
                    here.publish(key, {"type": "live.present", "group": key, "present": 1})
                    await asyncio.sleep(0.1)
        assert here.is_up
        assert there.is_up


def own(number: int) -> dict[str, Any]:
    return {"type": "live.own", "group": 4, "of": number}


def of_oneself(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the news beside it, which a subscription that is quickly back may hear."""
    return [message for message in heard if message["type"] == "live.own"]


@asynccontextmanager
async def renewed(*buses: Bus) -> AsyncIterator[None]:
    """Let these ask Redis for a sign of life again and again, as sweeps do."""

    async def renew() -> None:
        while True:
            await asyncio.gather(*(bus.renew() for bus in buses))
            await asyncio.sleep(0.1)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()


async def test_what_no_sweep_makes_good_is_said_again_after_an_outage(own_redis, monkeypatch):
    monkeypatch.setattr(bus_module, "HEARS_AGAIN_S", 0.5)
    heard: list[dict[str, Any]] = []
    async with bus_to(own_redis.url, []) as here, bus_to(own_redis.url, heard) as there:
        await there.subscribe(4)
        own_redis.kill()
        for number in range(3):
            here.publish(4, own(number), is_swept=False)
            here.publish(4, {"type": "live.news", "group": 4})
        await until(lambda: not here.publishing and not here.is_up)
        own_redis.start()
        async with renewed(here, there):
            await until(lambda: len(heard) >= 3)
    assert {message.get("of") for message in heard} == {0, 1, 2}


async def test_what_was_said_while_nobody_was_subscribed_is_heard_once(own_redis, monkeypatch):
    """Redis takes it, so who says it notices nothing; who is deaf for a moment does not know what was said."""
    monkeypatch.setattr(bus_module, "HEARS_AGAIN_S", 2.0)
    heard: list[dict[str, Any]] = []
    async with bus_to(own_redis.url, []) as here, bus_to(own_redis.url, heard) as there:
        await there.subscribe(4)
        here.publish(4, own(0), is_swept=False)
        await until(lambda: len(heard) == 1)
        await here.layer._get_layer()._shards[0]._redis.client_kill_filter(_type="pubsub", skipme=True)
        here.publish(4, own(1), is_swept=False)
        here.publish(4, {"type": "live.news", "group": 4})
        await until(lambda: not here.publishing)
        assert here.is_up
        async with renewed(here):
            await until(lambda: len(of_oneself(heard)) > 1)
            await asyncio.sleep(0.5)
        assert here.is_up, "no outage was noticed"
    assert [(message["of"], "again" in message) for message in of_oneself(heard)] == [(0, False), (1, True)]
    assert not here.to_repeat


async def test_what_waits_to_be_said_again_and_what_was_heard_are_bounded(redis_url, monkeypatch):
    monkeypatch.setattr(bus_module, "MAX_HEARD", 10)
    async with bus_to(redis_url, []) as bus:
        for number in range(2_500):
            bus.publish(4, own(number), is_swept=False)
            assert bus._is_new({"from": "another", "number": number})
        assert [message["of"] for _at, _key, message in bus.to_repeat] == list(range(500, 2_500))
        assert len(bus.heard) == 10
        assert not bus._is_new({"from": "another", "number": 2_499})


async def test_joined_group_is_no_sign_of_life_and_a_message_that_was_taken_is_one(own_redis):
    """Adding a group that the layer lists as joined succeeds without Redis."""
    async with bus_to(own_redis.url, []) as bus:
        await bus.subscribe(4)
        own_redis.kill()
        await bus.renew()
        assert not bus.is_up
        await bus.layer.group_add("session-4", bus.channel)  # no error: nothing was asked
        await bus.subscribe(4)
        await bus.renew()
        assert not bus.is_up
        assert not bus.may_be_back.is_set()
        own_redis.start()
        bus.publish(4, {"type": "live.present", "group": 4, "present": 1})
        await until(bus.may_be_back.is_set)
        await bus.renew()
        assert bus.is_up


async def test_bus_starts_without_redis_and_hears_once_it_is_there(own_redis, caplog):
    own_redis.kill()
    heard: list[dict[str, Any]] = []
    async with bus_to(own_redis.url, heard) as bus:
        await bus.subscribe(4)
        for _ in range(5):
            await bus.renew()
        assert not bus.is_heard
        [line] = [one for one in caplog.messages if "is down" in one]
        assert "REDIS_URL" in line
        assert str(own_redis.port) in line
        assert bus.layer._get_layer().channels == {}, "each try would leave one behind for good"
        own_redis.start()
        await bus.renew()
        assert bus.is_heard
        async with bus_to(own_redis.url, []) as other:
            other.publish(4, {"type": "live.present", "group": 4, "present": 7})
            await until(lambda: bool(heard))


async def test_hung_bus_is_given_up_after_a_second(own_redis):
    async with bus_to(own_redis.url, []) as bus:
        await bus.subscribe(4)
        own_redis.process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.wait_for(bus.subscribe(5), 10)
            bus.publish(4, {"type": "live.present"})
            await until(lambda: bus.publishing == 0)
            assert not bus.is_up
        finally:
            own_redis.process.send_signal(signal.SIGCONT)
        await until(lambda: bool(bus.spawn(bus.renew())) and bus.is_up)


async def test_what_hangs_is_bounded(own_redis):
    async with bus_to(own_redis.url, []) as bus:
        await bus.subscribe(4)
        own_redis.process.send_signal(signal.SIGSTOP)
        try:
            for _ in range(1_500):
                bus.publish(4, {"type": "live.present"})
            assert bus.publishing == 1_000
        finally:
            own_redis.process.send_signal(signal.SIGCONT)
        await until(lambda: bus.publishing == 0)


class Nothing:
    """A source that knows one group with nothing in it."""

    kinds: dict[str, Any] = {}

    def read(self, group: int) -> Any:
        return None

    def versions(self, groups: Any) -> dict[int, dict[str, int]]:
        return {}


async def test_hub_tells_the_other_hub_whose_own_changed_and_not_what(redis_url):
    hubs, layers = (Hub(), Hub()), [layer_to(redis_url), layer_to(redis_url)]
    for hub, layer in zip(hubs, layers, strict=True):
        hub.source = Rooms()
        await hub.start(layer)
    listeners = [await Listener(hub, attendee).join() for hub in hubs for attendee in (1, 2)]
    hubs[0].part_changed(ROOM, TOPIC, 1, takes_part=True, origin=listeners[0])
    hubs[1].own_changed(ROOM, "question:3", 2)
    await until(lambda: bool(listeners[1].own and listeners[2].own))
    assert [listener.own for listener in listeners] == [[], ["question:3"], [TOPIC], ["question:3"]]
    assert [listener.voted for listener in listeners] == [{TOPIC}, set(), {TOPIC}, set()]
    for hub, layer in zip(hubs, layers, strict=True):
        await hub.stop()
        await layer._get_layer().flush()


async def test_hub_tells_the_other_hub_its_news(redis_url):
    here, there = Hub(), Hub()
    layers = [layer_to(redis_url), layer_to(redis_url)]
    for hub, layer in zip((here, there), layers, strict=True):
        hub.source = Nothing()
        await hub.start(layer)
    heard: list[News] = []
    there.take = heard.append
    await there.bus.subscribe(4)
    news = News(4, TOPIC, 7, {audience: {"id": "1", "count": 3} for audience in AUDIENCES}, whole=False)
    here.say(news)
    await until(lambda: bool(heard))
    assert heard == [news]
    for hub, layer in zip((here, there), layers, strict=True):
        await hub.stop()
        await layer._get_layer().flush()
