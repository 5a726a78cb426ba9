"""The primary is lost: its hot standby stores nothing, then is promoted, and every page shows what it knows."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from opendev.core.attendance import new_pass, sign_pass
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from tests.factories import NOW, make_event, make_organiser, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.faults.test_bus_away import lines_with, until
from tests.faults.test_read_only import BEGINS, ENDS, is_refused, readiness
from tests.support.databases import Postgres, Standby
from tests.support.server import Server
from tests.support.socket_client import connect

pytestmark = [pytest.mark.timeout(300)]


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


@pytest.fixture
def standby(own_postgres: Postgres) -> Iterator[Standby]:
    """A hot standby of this module's cluster, which may be killed meanwhile."""
    cluster = Standby(own_postgres.environment)
    try:
        yield cluster
    finally:
        cluster.stop()
        if not own_postgres.answers():
            own_postgres.serve()


class Failover:
    """A server whose database is at an address that moves from a primary to its standby."""

    def __init__(self, server: Server, primary: Postgres, standby: Standby, address: Path) -> None:
        self.server, self.primary, self.standby, self.address = server, primary, standby, address
        address.symlink_to(primary.folder)

    def url(self, database_url: str) -> str:
        """The URL of a database of the primary, at the address that moves."""
        return database_url.replace(str(self.primary.folder), str(self.address))

    def lose_primary(self) -> None:
        """As a power cut would; the address leads to the standby from now on, which has not been promoted yet."""
        self.primary.kill()
        self.address.unlink()
        self.address.symlink_to(self.standby.folder)

    def is_refused_and_said_once(self, poll: Any, option: str, phone: str) -> None:
        """The standby answers reads alone: pages are shown, acts are refused with a code, and the log stays short."""
        until(lambda: readiness(self.server) == (503, False), "readyz says that nothing can be stored")
        lines = len(self.server.log().splitlines())
        joining = f"/api/v1/sessions/{poll.session_id}/attendees/"
        voting = f"/api/v1/polls/{poll.pk}/ballot/"
        for _ in range(10):
            with self.server.http() as visitor:
                assert visitor.get(poll.session.get_absolute_url()).status_code == 200, "pages can be read"
                is_refused(visitor.post(joining, json={}), json=True)
                assert visitor.get(f"/j/{poll.session.code}/").status_code == 200
                fields = {"csrfmiddlewaretoken": visitor.cookies.get("csrftoken", "")}
                is_refused(visitor.post(f"/j/{poll.session.code}/", data=fields), json=False)
        with self.server.http(headers={"Authorization": f"Bearer {phone}"}) as voter:
            answer = voter.put(voting, json={"options": [option]}, timeout=30)
            assert (answer.status_code, answer.json()["code"]) == (429, "try_later"), (
                "the vote may come again"
            )
        assert len(self.server.log().splitlines()) - lines < 3
        assert len(lines_with(self.server, BEGINS)) == 1


async def hears_of_the_close(
    client: Any, server: Server, poll: Any, option: str, token: str, *, after: int
) -> None:
    """The moderator closes the poll, and the page hears it, with the votes that the standby has."""
    await asyncio.to_thread(ask, server, "PUT", f"polls/{poll.pk}/state/", token, {"state": "closed"})
    closed = await client.first(
        lambda frame: frame["type"] == "poll.changed" and frame["poll"]["state"] == "closed",
        seconds=20,
    )
    assert closed["poll"]["version"] > after
    assert [o["count"] for o in closed["poll"]["options"] if o["id"] == option] == [5]


def told(frame: dict[str, Any]) -> dict[str, Any]:
    """What a frame says of a poll: `ballots` and `version`; 0 where it speaks of something else."""
    if frame["type"] == "poll.tally":
        return frame
    return frame["poll"] if frame["type"] == "poll.changed" else {"ballots": 0, "version": 0}


def test_standby_refuses_until_it_is_promoted_and_then_lost_commits_are_gone_from_every_page(
    start_server: Any, own_postgres: Postgres, standby: Standby, tmp_path: Path, django_db_blocker: Any
):
    url = own_postgres.fresh_database()
    server = start_server(database=url, start=False)
    failover = Failover(server, own_postgres, standby, tmp_path / "pg")
    server.environment["DATABASE_URL"] = failover.url(url)
    with django_db_blocker.unblock():
        poll, option, phones, token = prepare(url)
    standby.follow(own_postgres)
    server.start()

    def vote(phones: list[str]) -> None:
        for phone in phones:
            ask(server, "PUT", f"polls/{poll.pk}/ballot/", phone, {"options": [option]})

    async def watch() -> None:
        async with connect(server, poll.session_id) as client:
            await client.next("snapshot")
            await asyncio.to_thread(vote, phones[:3])
            await asyncio.to_thread(standby.catch_up, own_postgres)
            await asyncio.to_thread(standby.fall_behind)
            await asyncio.to_thread(vote, phones[3:10])
            seen = (await client.first(lambda frame: frame.get("ballots") == 10, seconds=20))["version"]
            await asyncio.to_thread(failover.lose_primary)
            await asyncio.to_thread(failover.is_refused_and_said_once, poll, option, phones[10])
            await asyncio.to_thread(standby.promote)
            await asyncio.to_thread(until, lambda: readiness(server) == (200, True), "readyz is green again")
            await asyncio.to_thread(vote, phones[10:])
            # Whole where the sweep comes after both votes; where it comes between them, the second is told as a tally.
            back = told(
                await client.first(
                    lambda frame: told(frame)["ballots"] == 5 and told(frame)["version"] > seen, seconds=30
                )
            )
            await hears_of_the_close(client, server, poll, option, token, after=back["version"])

    asyncio.run(watch())
    assert "lost commits" in server.log()
    assert len(lines_with(server, ENDS)) == 1
