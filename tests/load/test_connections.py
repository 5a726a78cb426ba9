"""How many connections to PostgreSQL a worker holds at most: docs/operations.md says so for whoever sizes a pool."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from opendev.core.attendance import sign_pass
from sessions.access.models import ApiToken
from sessions.access.services import make_api_token
from sessions.programme.models import Session
from tests.factories import (
    make_attendee,
    make_line,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    options_of,
)
from tests.factories.databases import connected_to
from tests.faults.test_bus_away import until
from tests.support.databases import ROOT
from tests.support.server import Server
from tests.support.socket_client import connect

A_WORKER = 15
PAGES_AT_ONCE = 16  # twice the page threads


def connections_to(url: str) -> int:
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?")) as admin:
        rows = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
        return int(next(rows)[0])


def acts_in(session: Session) -> list[dict[str, Any]]:
    """What each attendee does: a vote, an upvote, a question, a sign-up."""
    poll, question, line = make_poll(session), make_question(session), make_line(session)
    option = str(next(iter(options_of(poll).values())))
    return [
        {"type": "poll.vote", "poll": str(poll.pk), "options": [option], "seq": 1},
        {"type": "question.upvote", "question": str(question.pk)},
        {"type": "question.ask", "text": "Why?"},
        {"type": "line.sign_up", "line": str(line.pk), "name": "Ann", "shown": True},
    ]


async def act_all(
    server: Server, session: int, tokens: list[str], acts: list[dict[str, Any]]
) -> list[Counter[str]]:
    """Each does all of it at once with the others; what came of it."""

    async def act(token: str) -> Counter[str]:
        async with connect(server, session, token=token) as client:
            await client.next("snapshot")
            answers = [await client.ask(**fields) for fields in acts]
            return Counter(answer["type"] for answer in answers)

    return await asyncio.gather(*map(act, tokens))


@pytest.mark.timeout(120)
def test_worker_that_does_everything_at_once_holds_as_many_connections_as_the_docs_say(
    start_server: Any, django_db_blocker: Any
):
    server: Server = start_server(database="postgres", start=False)
    url = server.environment["DATABASE_URL"]
    with django_db_blocker.unblock(), connected_to(url):
        session = make_session()
        acts = acts_in(session)
        organiser = make_api_token(
            user=make_organiser(session.event), name="", lasts=timedelta(days=1), now=timezone.now()
        )
        tokens = [sign_pass(make_attendee(session)) for _ in range(5)]
    server.start()

    def open_page(number: int) -> int:
        with server.http() as visitor:
            if number == 0:
                return visitor.get("/readyz").status_code
            mine = {"Authorization": f"Bearer {organiser}"}
            return visitor.get(f"/api/v1/sessions/{session.pk}/", headers=mine).status_code

    assert asyncio.run(act_all(server, session.pk, tokens, acts)) == [Counter({"ok": 4})] * len(tokens)
    with psycopg.connect(url) as slow, ThreadPoolExecutor(PAGES_AT_ONCE) as pool:
        # Every page thread waits here at once, however fast a page is otherwise.
        slow.execute(f"LOCK TABLE {ApiToken._meta.db_table}")
        pages = pool.map(open_page, range(PAGES_AT_ONCE))
        until(
            lambda: connections_to(url) == A_WORKER + 1, "every thread of the worker is connected, and we are"
        )
        slow.rollback()
        assert {*pages} == {200}
    assert connections_to(url) == A_WORKER
    said = (Path(ROOT) / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(words in said for words in (f"**{A_WORKER}**", f"`{A_WORKER} × WORKERS + 1`"))
