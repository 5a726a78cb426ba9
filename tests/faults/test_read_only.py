"""A database that answers reads and stores nothing: a standby before its promotion, a file that may not be written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from django.utils import timezone

from sessions.access.services import make_api_token
from tests.factories import make_organiser, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.faults.stage import Fault, Stage, survives
from tests.faults.test_bus_away import lines_with, until
from tests.support.databases import Postgres

pytestmark = [pytest.mark.timeout(120)]

BEGINS, ENDS = "The database stores nothing", "The database stores again"


def set_read_only(cluster: Postgres, url: str, *, to: str) -> None:
    """New transactions of a database may write or not; who is connected has to come again, as after a failover."""
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {to}')
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


def readiness(server: Any) -> tuple[int, bool]:
    with server.http() as visitor:
        answer = visitor.get("/readyz")
    return answer.status_code, answer.json()["checks"]["database"]


def test_read_only_database_is_an_outage_that_is_said_once_and_answered_with_a_code(
    start_server: Any, postgres: Postgres, django_db_blocker: Any
):
    url = postgres.fresh_database()
    server = start_server(database=url, start=False)
    with django_db_blocker.unblock(), connected_to(url):
        session = make_session()
        poll = make_poll(session)
        option = str(options_of(poll)["a"])
        organiser, now = make_organiser(session.event), timezone.now()
        moderator = {
            "Authorization": f"Bearer {make_api_token(user=organiser, name='', lasts=timedelta(days=1), now=now)}"
        }
    server.start()
    acting = f"/api/v1/sessions/{session.pk}/state/"
    joining = f"/api/v1/sessions/{session.pk}/attendees/"
    with server.http() as visitor:
        token = visitor.post(joining, json={}).json()["token"]
    mine = {"Authorization": f"Bearer {token}"}
    set_read_only(postgres, url, to="on")
    until(lambda: readiness(server) == (503, False), "readyz says that nothing can be stored")
    lines = len(server.log().splitlines())
    for _ in range(10):
        with server.http() as visitor:
            assert visitor.get(session.get_absolute_url()).status_code == 200, "pages can be read"
            is_refused(visitor.post(joining, json={}), json=True)
            is_refused(visitor.put(acting, json={"state": "over"}, headers=moderator), json=True)
            form = visitor.get(f"/j/{session.code}/")
            fields = {"csrfmiddlewaretoken": visitor.cookies.get("csrftoken", "")}
            assert form.status_code == 200
            is_refused(visitor.post(f"/j/{session.code}/", data=fields), json=False)
    assert len(server.log().splitlines()) - lines < 3
    assert len(lines_with(server, BEGINS)) == 1
    set_read_only(postgres, url, to="off")
    until(lambda: readiness(server) == (200, True), "readyz is green again")
    with server.http() as visitor:
        ballot = visitor.put(f"/api/v1/polls/{poll.pk}/ballot/", json={"options": [option]}, headers=mine)
        assert ballot.status_code == 200
    assert len(lines_with(server, ENDS)) == 1


def is_refused(answer: httpx.Response, *, json: bool = True) -> None:
    assert answer.status_code == 503, answer.text[:300]
    if json:
        assert answer.json()["code"] in {"unavailable", "try_later"}
    else:
        assert "<html" in answer.text


def test_votes_wait_for_the_promotion_of_a_standby(on_two_workers: Stage, own_postgres: Any, seed: int):
    url = on_two_workers.server.environment["DATABASE_URL"]

    def turn(to: str) -> Callable[[], None]:
        return lambda: set_read_only(own_postgres, url, to=to)

    survives(on_two_workers, "PostgreSQL is read-only for a while", Fault(turn("on"), turn("off")), seed=seed)
    assert len(lines_with(on_two_workers.server, BEGINS)) in {1, 2}, "once a worker"
