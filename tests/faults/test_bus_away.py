"""Redis is away: nobody spins, the log says it once, workers die and start, and the server goes on."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_session
from tests.load.crowd import worker_by_port, workers_of
from tests.support.inner_server import own_file
from tests.support.server import STARTS_WITHIN_S, Server
from tests.support.socket_client import connect

pytestmark = [pytest.mark.timeout(300)]

WATCHED_S = 5.0
SOCKETS = 5
TICKS_OF_A_CORE = os.sysconf("SC_CLK_TCK") * WATCHED_S
DOWN, BACK = "bus between processes is down", "bus between processes is back"


def ticks(server: Server) -> int:
    """The processor time that all of a server's processes have had."""
    found = 0
    for pid in workers_of(server):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found += int(fields[11]) + int(fields[12])
    return found


def until(condition: Callable[[], bool], what: str, *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def bus_is_up(server: Server) -> bool:
    with server.http() as visitor:
        return bool(visitor.get("/readyz").json()["checks"]["bus"])


def lines_with(server: Server, text: str) -> list[str]:
    return [line for line in server.log().splitlines() if text in line]


def test_redis_away_with_sockets_open_costs_neither_processor_nor_log(
    start_server: Any, own_redis: Any, django_db_blocker: Any
):
    server = start_server(REDIS_URL=own_redis.url, start=False)
    with django_db_blocker.unblock(), own_file(server.folder / "db.sqlite3"):
        session = make_session()
    server.start()
    ticks_away, lines_away = asyncio.run(_watch_while_away(server, session.pk, own_redis))
    print(f"\nRedis away, {SOCKETS} sockets, {WATCHED_S:.0f} s: {ticks_away} ticks, {lines_away} log lines")
    assert lines_away <= 2
    assert ticks_away < TICKS_OF_A_CORE / 4
    until(lambda: bus_is_up(server), "the bus is back")
    assert (len(lines_with(server, DOWN)), len(lines_with(server, BACK))) == (1, 1)


async def _watch_while_away(server: Server, session_id: int, redis: Any) -> tuple[int, int]:
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            client = await stack.enter_async_context(connect(server, session_id))
            await client.next("snapshot")
        await asyncio.sleep(1)
        redis.kill()
        async with asyncio.timeout(20):
            while not lines_with(server, DOWN):
                await asyncio.sleep(0.1)
        before, lines = ticks(server), len(server.log().splitlines())
        await asyncio.sleep(WATCHED_S)
        figures = ticks(server) - before, len(server.log().splitlines()) - lines
        redis.start()
        async with asyncio.timeout(20):
            while not lines_with(server, BACK):
                await asyncio.sleep(0.1)
    return figures


def test_readiness_tells_of_the_bus_where_nobody_watches(start_server: Any, own_redis: Any):
    server = start_server(REDIS_URL=own_redis.url)
    assert bus_is_up(server)
    own_redis.kill()
    until(lambda: not bus_is_up(server), "readyz says that the bus is away")
    own_redis.start()
    until(lambda: bus_is_up(server), "readyz says that the bus is back")


@pytest.mark.parametrize("workers", [1, 2])
def test_server_starts_without_redis_and_finds_it_later(start_server: Any, own_redis: Any, workers: int):
    own_redis.kill()
    server = start_server(database="postgres", REDIS_URL=own_redis.url, WORKERS=str(workers), demo=True)
    with server.http() as visitor:
        assert visitor.get("/").status_code == 200
    assert not bus_is_up(server)
    assert {True} == {"REDIS_URL" in line for line in lines_with(server, DOWN)}
    own_redis.start()
    until(lambda: len(lines_with(server, BACK)) == workers, "every worker finds Redis")
    assert bus_is_up(server)


def test_worker_that_dies_while_redis_is_away_is_followed_by_another(start_server: Any, own_redis: Any):
    server = start_server(database="postgres", REDIS_URL=own_redis.url, WORKERS="2", demo=True)
    first = serving_workers(server, 2)
    own_redis.kill()
    os.kill(first[0], signal.SIGKILL)
    until(lambda: first[0] not in workers_of(server), "the worker is gone")
    after = serving_workers(server, 2)
    assert first[1] in after
    assert lines_with(server, DOWN), "the new worker serves, and has not looked for Redis"
    assert server.process is not None
    assert server.process.poll() is None
    with server.http() as visitor:
        assert visitor.get("/").status_code == 200
    own_redis.start()
    until(lambda: len(lines_with(server, BACK)) >= 1 and bus_is_up(server), "the bus is back")


def serving_workers(server: Server, count: int) -> list[int]:
    """The pids of the workers, once so many take connections."""
    with ExitStack() as calls:

        def all_serve() -> bool:
            calls.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            return len(set(worker_by_port(server).values())) == count

        until(all_serve, f"{count} workers serve", seconds=STARTS_WITHIN_S)
        return sorted(set(worker_by_port(server).values()))
