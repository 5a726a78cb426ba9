"""A standby that lacked the last commits is promoted: what it knows is the truth, and every page hears it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from opendev.core.attendance import new_pass, sign_pass
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from tests.factories import NOW, make_event, make_organiser, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.support.databases import Postgres
from tests.support.socket_client import connect

pytestmark = [pytest.mark.timeout(120)]


@contextmanager
def alone_with(cluster: Postgres, *names: str) -> Iterator[psycopg.Connection[Any]]:
    """Let nobody else into the first of these databases meanwhile; afterwards they may come into all."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{names[0]}" ALLOW_CONNECTIONS false')
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [names[0]]
        )
        yield connection
        for name in names:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def prepare(url: str) -> tuple[Any, str, list[str], str]:
    """A live poll, an option of it, twelve phones' passes, and an organiser's token."""
    with connected_to(url):
        event = make_event()
        poll = make_poll(make_session(event), visibility="always", now=timezone.now())
        people = Attendee.objects.bulk_create(Attendee(event=event, joined_at=NOW) for _ in range(12))
        phones = [sign_pass(new_pass(event.pk, person.pk)) for person in people]
        token = make_api_token(
            user=make_organiser(event), name="", lasts=timedelta(days=1), now=timezone.now()
        )
        return poll, str(options_of(poll)["a"]), phones, token


def ask(server: Any, method: str, path: str, token: str, body: Any) -> Any:
    with server.http(headers={"Authorization": f"Bearer {token}"}) as program:
        answer = program.request(method, f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_commits_that_a_failover_lost_are_gone_from_every_page_and_the_close_is_heard(
    start_server: Any, postgres: Postgres, django_db_blocker: Any
):
    url = postgres.fresh_database()
    name = url.partition("@/")[2].partition("?")[0]
    server = start_server(database=url, start=False)
    with django_db_blocker.unblock():
        poll, option, phones, token = prepare(url)
    server.start()

    def vote(phones: list[str]) -> None:
        for phone in phones:
            ask(server, "PUT", f"polls/{poll.pk}/ballot/", phone, {"options": [option]})

    async def watch() -> None:
        async with connect(server, poll.session_id) as client:
            await client.next("snapshot")
            await asyncio.to_thread(vote, phones[:3])
            with alone_with(postgres, name) as connection:
                connection.execute(f'CREATE DATABASE "{name}_standby" TEMPLATE "{name}"')
            await asyncio.to_thread(vote, phones[3:10])
            seen = (await client.first(lambda frame: frame.get("ballots") == 10, seconds=20))["version"]
            with alone_with(postgres, name, f"{name}_lost") as connection:
                connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_lost"')
                connection.execute(f'ALTER DATABASE "{name}_standby" RENAME TO "{name}"')
            await asyncio.to_thread(vote, phones[10:])
            back = await client.first(
                lambda frame: frame["type"] == "poll.changed" and frame["poll"]["ballots"] == 5, seconds=30
            )
            assert back["poll"]["version"] > seen
            await asyncio.to_thread(ask, server, "PUT", f"polls/{poll.pk}/state/", token, {"state": "closed"})
            closed = await client.first(
                lambda frame: frame["type"] == "poll.changed" and frame["poll"]["state"] == "closed",
                seconds=20,
            )
            assert closed["poll"]["version"] > back["poll"]["version"]
            assert [o["count"] for o in closed["poll"]["options"] if o["id"] == option] == [5]

    asyncio.run(watch())
    assert "lost commits" in server.log()
