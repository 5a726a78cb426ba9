"""Webhooks of a server of its own: a receiver that is silent slows no act, and a killed server forgets no message."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.demo import EVENT, Demo
from tests.support.receiver import Receiver, running_receiver

TYPES = ["line.opened", "poll.closed"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


def wait_for(receiver: Receiver, count: int, *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while len(receiver.received) < count:
        assert time.monotonic() < deadline, receiver.types()
        time.sleep(0.1)


def open_line(demo: Demo, title: str) -> float:
    """Open a sign-up line; return how many seconds that took."""
    began = time.monotonic()
    demo.ask("POST", f"sessions/{demo.session['id']}/sign-up-lines/", title=title)
    return time.monotonic() - began


def test_killed_server_sends_what_was_waiting_and_a_silent_receiver_slows_no_act(
    start_server: Any, receiver: Receiver
) -> None:
    server = start_server(demo=True, WEBHOOK_HOSTS="localhost")
    demo = Demo(server)
    token = server.manage("api_token", "organiser").strip()
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as program:
        made = program.post(
            f"{server.url}/api/v1/events{EVENT}webhooks/", json={"url": receiver.url, "types": TYPES}
        )
        assert made.status_code == 201, made.text
        receiver.answers = [(503, {})]
        open_line(demo, "Edge")
        wait_for(receiver, 1)
        server.kill()
        server.start()
        wait_for(receiver, 2)
        first, second = receiver.received
        assert first.message["data"]["line"]["title"] == "Edge"
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        receiver.free.clear()
        took = [open_line(demo, f"Line {number}") for number in range(5)]
        wait_for(receiver, 3)
        took += [open_line(demo, f"Line {number}") for number in range(5, 10)]
        assert max(took) < 2, took
        receiver.free.set()
        address = f"{server.url}/api/v1/events{EVENT}webhooks/{made.json()['id']}/deliveries/"
        deadline = time.monotonic() + 90
        while True:
            deliveries = program.get(address).json()["results"]
            if all(delivery["state"] == "delivered" for delivery in deliveries):
                break
            assert time.monotonic() < deadline, deliveries
            time.sleep(0.5)
    assert len(deliveries) == 11
    assert {delivery["message_id"] for delivery in deliveries} == {
        request.headers["webhook-id"] for request in receiver.received
    }
    demo.john.close()
