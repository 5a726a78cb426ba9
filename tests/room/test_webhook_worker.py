"""The worker sends what is due, signed, to the address that was checked; a receiver that is away holds up nobody."""

import asyncio
import base64
import hashlib
import hmac
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from opendev.core import outbound
from opendev.core.attendance import Caller
from opendev.core.outbound import post
from opendev.core.threads import end_thread
from opendev.room import webhook_worker
from sessions.follow_ups.services.lines import open_line
from sessions.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookType
from sessions.webhooks.services import delivering
from sessions.webhooks.services.keeping import add_webhook
from tests.factories import NOW, make_event, make_organiser, make_session
from tests.factories.databases import committing_sqlite as committing_sqlite
from tests.support.receiver import running_receiver


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_HOSTS = {"localhost"}
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def session(committing_sqlite):
    return make_session(make_event())


@pytest.fixture
def act(session):
    """Do something with the database in a thread of the test's own, whose connection ends with it."""
    thread = ThreadPoolExecutor(1)
    yield lambda work, *given: asyncio.get_running_loop().run_in_executor(thread, work, *given)
    end_thread(thread)


def open_one(session, caller, title):
    open_line(session_id=session.pk, caller=caller, given={"title": title}, now=NOW)


def listen(session, receiver):
    caller = Caller(user_id=make_organiser(session.event).pk)
    given = {"url": receiver.url, "types": WebhookType.values}
    _webhook, secret = add_webhook(event_id=session.event_id, caller=caller, fields=given, now=NOW)
    return caller, secret


@asynccontextmanager
async def working(monkeypatch):
    monkeypatch.setattr(webhook_worker, "LOOK_S", 0.05)
    thread = ThreadPoolExecutor(1)
    task = asyncio.create_task(webhook_worker.deliver_for_ever(thread))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(end_thread, thread)


async def until(act, holds, *, within_s=15.0):
    deadline = time.monotonic() + within_s
    while not await act(holds):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def states():
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))


async def test_message_comes_signed_and_again_after_failures_with_the_same_id(
    session, receiver, act, monkeypatch
):
    monkeypatch.setattr(delivering, "FIRST_WAIT_S", 0.01)
    receiver.answers = [(500, {}), (302, {"Location": receiver.url})]
    caller, secret = await act(listen, session, receiver)
    async with working(monkeypatch):
        await act(open_one, session, caller, "Edge")
        await until(act, lambda: states() == ["delivered"])
    assert receiver.types() == ["line.opened"] * 3
    assert len({(request.headers["webhook-id"], request.body) for request in receiver.received}) == 1
    attempts = await act(list, WebhookAttempt.objects.order_by("pk").values_list("number", "status"))
    assert attempts == [(1, 500), (2, 302), (3, 200)]
    headers, body = receiver.received[-1].headers, receiver.received[-1].body
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["host"] == receiver.url.split("/")[2]
    assert headers["content-type"] == "application/json"


async def test_receiver_that_is_silent_holds_up_neither_acts_nor_others(session, receiver, act, monkeypatch):
    monkeypatch.setattr(outbound, "READ_S", 1.5)
    receiver.free.clear()
    with running_receiver() as quick:
        caller, _secret = await act(listen, session, receiver)
        await act(listen, session, quick)
        async with working(monkeypatch):
            began = time.monotonic()
            for title in ("Edge", "Stable"):
                await act(open_one, session, caller, title)
            await until(act, lambda: states().count("delivered") == 2)
            assert time.monotonic() - began < 1.4
            assert len(receiver.received) == 1
            await until(act, WebhookAttempt.objects.filter(error="timeout").exists)
    assert quick.types() == ["line.opened"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://10.0.0.1/", "https://192.168.1.1/",
        "https://172.16.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/", "https://[fd00::1]/",
        "https://[fd00:ec2::254]/", "https://100.100.100.200/", "https://168.63.129.16/", "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://2130706433/", "https://0x7f.1/",
        "https://224.0.0.1/", "https://[2002:7f00:1::]/",
    ],
)  # fmt: skip
async def test_addresses_inside_are_refused_before_anything_is_connected(url, monkeypatch):
    def connect(*_):
        raise AssertionError("connected")

    monkeypatch.setattr(socket.socket, "connect", connect)
    outcome = await post(url, b"{}", {})
    assert (outcome.status, outcome.error) == (None, "forbidden")


async def test_name_that_leads_inside_at_the_second_look_is_refused(receiver, monkeypatch):
    """DNS that answers otherwise from look to look: what was checked is what is connected to."""
    loop, looks = asyncio.get_running_loop(), []

    async def getaddrinfo(host, port, **_):
        looks.append(host)
        number = "127.0.0.1" if len(looks) > 1 else "203.0.113.7"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    connected = []
    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo, raising=False)
    monkeypatch.setattr(
        outbound, "is_public", lambda number: connected.append(str(number)) or str(number) != "127.0.0.1"
    )
    monkeypatch.setattr(outbound, "CONNECT_S", 0.2)
    port = receiver.url.split("/")[2].partition(":")[2]
    first = await post(f"http://hooks.example.org:{port}/", b"{}", {})
    second = await post(f"http://hooks.example.org:{port}/", b"{}", {})
    assert first.error in {"unreachable", "timeout"}
    assert second.error == "forbidden"
    assert receiver.received == []


async def test_what_cannot_be_reached_is_said(receiver, settings):
    settings.WEBHOOK_HOSTS = set()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        outcome = await post(f"http://localhost:{port}/", b"{}", {}, inner_hosts={"localhost"})
    assert (outcome.status, outcome.error) == (None, "unreachable")
    assert (await post("https://nowhere.invalid/", b"{}", {})).error == "unreachable"


async def test_long_answer_is_not_read_to_its_end(monkeypatch):
    sent = 0

    async def answer(reader, writer):
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        try:
            for _ in range(1000):
                writer.write(b"x" * 65536)
                await writer.drain()
                sent += 65536
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await post(f"http://localhost:{port}/", b"", {}, inner_hosts={"localhost"})
    server.close()
    assert outcome.status == 200
    assert sent < 20_000_000


async def test_certificates_are_read_once_and_not_on_the_loop(monkeypatch):
    read_in = []
    make = outbound.httpx.create_ssl_context

    def noted(**given):
        read_in.append(threading.current_thread())
        return make(**given)

    monkeypatch.setattr(outbound.httpx, "create_ssl_context", noted)
    outbound._trusted.cache_clear()
    for _ in range(2):
        async with outbound.http_client(read_s=1, connect_s=1):
            pass
    assert len(read_in) == 1
    assert read_in[0] is not threading.current_thread()
