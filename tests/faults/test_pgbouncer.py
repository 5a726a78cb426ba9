"""Behind a PgBouncer in transaction mode each transaction may have another server connection, and all goes well."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from etherpad_links.models import EtherpadLink
from etherpad_links.sync.locks import PadLocks
from sessions.access.services import make_api_token
from tests.factories import make_event, make_organiser, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.support.databases import Postgres
from tests.support.programs import dying_with_us, end, find, free_port, lacking, start, wait_until

pytestmark = [pytest.mark.timeout(120)]

POOL = 5
TIMES = 20


@pytest.fixture
def pooled(postgres: Postgres) -> Iterator[str]:
    """The URL of a fresh database by way of a PgBouncer with few server connections."""
    program = find("pgbouncer", also="/usr/sbin:pgbouncer")
    if program is None:
        lacking("pgbouncer")
        return
    port = free_port()
    folder: Path = postgres.folder
    settings = folder / f"pgbouncer-{port}.ini"
    settings.write_text(
        f"[databases]\n* = host={folder} user=opendev\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = any\nunix_socket_dir =\npool_mode = transaction\n"
        f"default_pool_size = {POOL}\nmax_client_conn = 200\n"
    )
    settings.chmod(0o644)  # it runs as nobody where we are root

    def answers() -> bool:
        with socket.socket() as call:
            return call.connect_ex(("127.0.0.1", port)) == 0

    log = folder / f"pgbouncer-{port}.log"
    process = start(dying_with_us([str(program), str(settings)], as_nobody=os.geteuid() == 0), log)
    try:
        wait_until(answers, process, seconds=10, log=log)
        name = postgres.fresh_database().partition("@/")[2].partition("?")[0]
        yield f"postgres://opendev@127.0.0.1:{port}/{name}"
    finally:
        end(process)


def test_pages_votes_and_exports_work_behind_a_transaction_pool(
    pooled: str, start_server: Any, django_db_blocker: Any
):
    server = start_server(database=pooled, start=False)
    with django_db_blocker.unblock(), connected_to(pooled):
        event = make_event()
        session = make_session(event)
        poll = make_poll(session)
        option = str(options_of(poll)["a"])
        token = make_api_token(
            user=make_organiser(event), name="", lasts=timedelta(days=1), now=timezone.now()
        )
    server.start()
    organiser = {"Authorization": f"Bearer {token}"}

    def play(_number: int) -> list[int]:
        with server.http() as visitor:
            joined = visitor.post(f"/api/v1/sessions/{session.pk}/attendees/", json={})
            mine = {"Authorization": f"Bearer {joined.json()['token']}"}
            ballot = visitor.put(f"/api/v1/polls/{poll.pk}/ballot/", json={"options": [option]}, headers=mine)
            page = visitor.get(session.get_absolute_url())
            exported = visitor.get(f"/api/v1/events/{event.slug}/export/?people=1", headers=organiser)
        return [joined.status_code, ballot.status_code, page.status_code, exported.status_code]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(play, range(TIMES))) == [[201, 200, 200, 200]] * TIMES


def test_pads_lock_stays_with_its_worker_whichever_connection_is_asked(pooled: str, django_db_blocker: Any):
    """Others use the pool meanwhile, so that each question has another server connection."""
    with django_db_blocker.unblock(), connected_to(pooled):
        link = EtherpadLink.objects.create(session=make_session(), url="https://pads.example.org/p/notes")
        mine, theirs = PadLocks(), PadLocks()
        calls = [psycopg.connect(pooled, autocommit=True) for _ in range(POOL - 1)]
        held = []
        for number in range(TIMES):
            with ExitStack() as busy:
                for call in calls[: number % POOL]:
                    busy.enter_context(call.transaction())
                    call.execute("SELECT 1")
                held.append(mine.hold(link.pk, timezone.now()))
                held.append(not theirs.hold(link.pk, timezone.now()))
        mine.release(link.pk)
        held.append(theirs.hold(link.pk, timezone.now()))
        for call in calls:
            call.close()
    assert held == [True] * (2 * TIMES + 1)
