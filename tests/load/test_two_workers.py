"""Two worker processes, of which each holds one of two windows: what is told, taken away or counted reaches both."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opendev.core.attendance import Caller, sign_pass
from sessions.access.models import ApiToken
from sessions.access.services import make_api_token, revoke_api_token
from tests.factories import make_attendee, make_organiser, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.load.crowd import worker_by_port
from tests.support.server import Server
from tests.support.socket_client import SocketClient, connect

TRIES = 20
AT_ONCE = 4  # one after the other, an idle worker may take them all
GONE_WITHIN_S = 2.0  # docs/roles.md promises it

pytestmark = [pytest.mark.timeout(120)]


@pytest.fixture
def server(start_server: Any, redis_url: str, django_db_blocker: Any) -> Iterator[Server]:
    server = start_server(database="postgres", REDIS_URL=redis_url, WORKERS="2", start=False)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        yield server


@asynccontextmanager
async def a_window_on_each(server: Server, session: int, token: str) -> AsyncIterator[list[SocketClient]]:
    """Two sockets of one person, held by different processes."""
    async with AsyncExitStack() as stack:
        windows: dict[int, SocketClient] = {}
        for _ in range(TRIES):
            opened = [connect(server, session, token=token, origin=None) for _ in range(AT_ONCE)]
            for client in await asyncio.gather(*map(stack.enter_async_context, opened)):
                await client.next("snapshot")
                port = client.connection.local_address[1]
                windows.setdefault(worker_by_port(server)[port], client)
            if len(windows) == 2:
                break
        assert len(windows) == 2, "all connections came to one worker"
        yield list(windows.values())


def test_own_vote_is_told_to_the_window_on_the_other_worker(server: Server):
    session = make_session()
    poll = make_poll(session)
    options = {text: str(pk) for text, pk in options_of(poll).items()}
    token = sign_pass(make_attendee(session))
    server.start()

    async def play() -> None:
        async with a_window_on_each(server, session.pk, token) as (first, second):
            for seq, (here, there) in enumerate(((first, second), (second, first)), 1):
                chosen = options["ab"[seq % 2]]
                answer = await here.ask("poll.vote", poll=str(poll.pk), options=[chosen], seq=seq)
                assert answer["type"] == "ok"
                told = await there.next("poll.mine", seconds=2)
                assert told["mine"] == {"voted": True, "options": [chosen], "seq": seq}

    asyncio.run(play())


def test_revoked_token_closes_its_sockets_on_both_workers_within_two_seconds(server: Server):
    session, now = make_session(), timezone.now()
    user = make_organiser(session.event)
    token, other = (
        make_api_token(user=user, name=name, lasts=timedelta(days=1), now=now) for name in ("lost", "kept")
    )
    server.start()

    async def play() -> None:
        async with (
            a_window_on_each(server, session.pk, token) as windows,
            connect(server, session.pk, token=other, origin=None) as kept,
        ):
            await kept.next("snapshot")
            lost = await asyncio.to_thread(revoke)
            codes = await asyncio.gather(*(window.close_code() for window in windows))
            assert codes == [4401, 4401]
            assert time.monotonic() - lost < GONE_WITHIN_S
            assert (await kept.ask("poll.vote", poll="0", options=[], seq=1))["type"] == "error"  # still open

    def revoke() -> float:
        """In a process that serves nobody, so that no worker is told of it."""
        with connected_to(server.environment["DATABASE_URL"]):
            row = ApiToken.objects.get(user=user, name="lost")
            revoke_api_token(token_id=row.pk, caller=Caller(user_id=user.pk), now=timezone.now())
        return time.monotonic()

    asyncio.run(play())


def test_reactions_and_pace_add_up_over_both_workers_and_count_a_person_once(server: Server):
    session = make_session(reactions_open=True)
    user, now = make_organiser(session.event), timezone.now()
    watcher = make_api_token(user=user, name="watcher", lasts=timedelta(days=1), now=now)
    ada, *others = (sign_pass(make_attendee(session)) for _ in range(4))
    server.start()

    async def play() -> None:
        async with (
            a_window_on_each(server, session.pk, watcher) as watchers,
            a_window_on_each(server, session.pk, ada) as (first, second),
            AsyncExitStack() as stack,
        ):
            phones = [
                await stack.enter_async_context(connect(server, session.pk, token=token, origin=None))
                for token in others
            ]
            for phone in (first, *phones, second):  # Ada by both, so that each worker hears her once
                assert (await phone.ask("pace.set", pace="lost"))["type"] == "ok"
            for phone in (first, *phones):
                assert (await phone.ask("reaction.send", reaction="applause"))["type"] == "ok"
            for window in watchers:
                frames = await window.drain(quiet=2.5)
                pace = [frame["pace"] for frame in frames if frame["type"] == "pace.changed"]
                claps = [f["reactions"]["applause"] for f in frames if f["type"] == "reaction.tally"]
                assert (pace[-1], sum(claps)) == ({"slower": 0, "lost": 4}, 4)

    asyncio.run(play())
