"""What breaks while names are written: server, connection, worker. In the end each name is there once."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from etherpad_links.models import EtherpadLink, PadName
from tests.etherpad.conftest import BODY, HEADING, Room, wait_until
from tests.etherpad.proxy import AFTER, BEFORE, PASS, Proxy
from tests.factories import make_attendee, make_line, put_name, withdraw
from tests.factories.databases import connected_to
from tests.support.databases import ROOT, Postgres
from tests.support.etherpad import Etherpad
from tests.support.programs import dying_with_us, end, kill_group, start
from tests.support.server import clean_environment


def sign_up(room: Room, line, *names: str) -> None:
    for name in names:
        put_name(line, make_attendee(room.session, name=name))


def has_cut(proxy: Proxy, times: int) -> bool:
    return len(proxy.cuts) == times


def all_written(count: int) -> bool:
    return PadName.objects.filter(state="written").count() == count


def assert_each_once(room: Room, names: list[str]) -> None:
    assert Counter(room.under(HEADING)) == Counter(names)
    rest = [line for line in room.lines if line not in names]
    assert "\n".join(rest).rstrip("\n") == BODY.rstrip("\n")


def test_outage_and_crash_of_the_server_lose_nothing(
    committing_sqlite: None, own_etherpad: Etherpad, make_room, start_worker
):
    room = make_room(own_etherpad)
    line, names = make_line(room.session, HEADING), [f"Name {n}" for n in range(30)]
    start_worker()
    sign_up(room, line, *names[:10])
    wait_until(lambda: PadName.objects.filter(state="written").exists())
    own_etherpad.kill()  # in the middle of a batch: some are written, some are not
    sign_up(room, line, *names[10:20])
    wait_until(lambda: EtherpadLink.objects.get().health == "unreachable")
    own_etherpad.start()
    wait_until(lambda: all_written(20), seconds=40)
    own_etherpad.stop()
    sign_up(room, line, *names[20:])
    own_etherpad.start()
    wait_until(lambda: all_written(30), seconds=40)
    assert EtherpadLink.objects.get().health == "ok"
    assert_each_once(room, names)


def test_connections_cut_before_and_after_a_change_write_each_name_once(room: Room, start_worker, settings):
    fates = [BEFORE, AFTER, AFTER, PASS, BEFORE, AFTER]
    names = [f"Name {n} {random.Random(n).choice(['é', '😀', ''])}".strip() for n in range(12)]
    with Proxy(room.etherpad.port, fates) as proxy:
        settings.ETHERPAD_URL = f"http://127.0.0.1:{proxy.port}"
        EtherpadLink.objects.update(url=f"{settings.ETHERPAD_URL}/p/{room.name}")
        line = make_line(room.session, HEADING)
        worker = start_worker()
        for n, name in enumerate(names, 1):
            sign_up(room, line, name)
            if n % 2 == 0:
                wait_until(partial(all_written, n), seconds=30)
        assert proxy.cuts == [fate for fate in fates if fate != PASS]
        worker.stop()
    assert_each_once(room, names)


def test_change_whose_answer_was_lost_costs_one_connection_to_catch_up_and_one_to_write_on(
    room: Room, start_worker, settings
):
    """Etherpad 2.5 refuses what is written on a connection that was told what it had missed."""
    with Proxy(room.etherpad.port, [AFTER]) as proxy:
        settings.ETHERPAD_URL = f"http://127.0.0.1:{proxy.port}"
        EtherpadLink.objects.update(url=f"{settings.ETHERPAD_URL}/p/{room.name}")
        line = make_line(room.session, HEADING)
        worker = start_worker()
        for count, name in enumerate(("Ann", "Bob", "Cid"), 1):
            sign_up(room, line, name)
            wait_until(partial(all_written, count))
            assert (proxy.cuts, proxy.connections) == ([AFTER], 3)
        worker.stop()
    assert_each_once(room, ["Ann", "Bob", "Cid"])


class WorkerProcess:
    """`manage.py sync_pads`, to be killed."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> Path:
        log = self.folder / f"worker-{len(self.processes) + 1}.log"
        command = dying_with_us([sys.executable, "manage.py", "sync_pads"])
        self.processes.append(start(command, log, cwd=ROOT, env=self.environment))
        return log

    def kill(self, which: int = -1) -> None:
        kill_group(self.processes[which])

    def stop_all(self) -> None:
        for process in self.processes:
            end(process, by=signal.SIGTERM)


@pytest.fixture
def postgres_room(committing_postgres: str, etherpad: Etherpad, make_room) -> Room:
    room = make_room(etherpad)
    room.database = committing_postgres
    return room


@contextmanager
def processes_on(url: str, folder: Path) -> Iterator[WorkerProcess]:
    environment = clean_environment(DATABASE_URL=url, ETHERPAD_ALLOW_PRIVATE="1", VAR_DIR=str(folder / "var"))
    workers = WorkerProcess(folder, environment)
    try:
        yield workers
    finally:
        workers.stop_all()


@pytest.fixture
def processes(postgres_room: Room, tmp_path: Path) -> Iterator[WorkerProcess]:
    with processes_on(postgres_room.database, tmp_path) as workers:
        yield workers


def test_worker_killed_before_and_after_a_change_writes_each_name_once(
    postgres_room: Room, processes: WorkerProcess
):
    room, names = postgres_room, [f"Name {n}" for n in range(9)]
    with Proxy(room.etherpad.port, [BEFORE, AFTER], processes.kill) as proxy:
        EtherpadLink.objects.update(url=f"http://127.0.0.1:{proxy.port}/p/{room.name}")
        line = make_line(room.session, HEADING)
        for n in range(3):
            sign_up(room, line, *names[n * 3 : n * 3 + 3])
            processes.start()
            if n < 2:
                wait_until(partial(has_cut, proxy, n + 1))
                assert not all_written(n * 3 + 3)
        wait_until(lambda: all_written(9))
    assert_each_once(room, names)


def test_second_worker_waits_says_so_and_takes_over(postgres_room: Room, processes: WorkerProcess):
    room, names = postgres_room, [f"Name {n}" for n in range(12)]
    line = make_line(room.session, HEADING)
    sign_up(room, line, names[0])
    processes.start()
    wait_until(lambda: all_written(1))
    second = processes.start()
    wait_until(lambda: "Another worker writes into pad" in second.read_text())
    sign_up(room, line, *names[1:6])
    wait_until(lambda: all_written(6))
    processes.kill(0)
    sign_up(room, line, *names[6:])
    wait_until(lambda: all_written(12))
    assert_each_once(room, names)


def test_worker_outlives_an_outage_of_postgresql(
    own_postgres: Postgres, etherpad: Etherpad, make_room, tmp_path: Path, django_db_blocker
):
    url = own_postgres.fresh_database()
    with django_db_blocker.unblock(), connected_to(url), processes_on(url, tmp_path) as workers:
        room = make_room(etherpad)
        line = make_line(room.session, HEADING)
        sign_up(room, line, "Ann")
        log = workers.start()
        wait_until(lambda: all_written(1))
        own_postgres.kill()
        time.sleep(3)
        own_postgres.serve()
        connection.close()
        sign_up(room, line, "Bob")
        wait_until(lambda: all_written(2), seconds=40)
        assert_each_once(room, ["Ann", "Bob"])
        own_postgres.kill()
        wait_until(lambda: log.read_text().count("The database does not answer") == 2)
        worker = workers.processes[0]
        worker.terminate()
        assert worker.wait(10) == 0, "ends as it should while the database is away"
        own_postgres.serve()
        connection.close()
    assert log.read_text().count("The database answers again") == 1
    assert "Traceback" not in log.read_text()


def test_second_worker_waits_on_sqlite_too(room: Room, start_worker, caplog: pytest.LogCaptureFixture):
    line = make_line(room.session, HEADING)
    first, _second = start_worker(), start_worker()
    sign_up(room, line, "Ann", "Bob")
    wait_until(lambda: all_written(2))
    wait_until(lambda: "Another worker writes into pad" in caplog.text)
    first.stop()
    sign_up(room, line, "Cid")
    wait_until(lambda: all_written(3))
    assert_each_once(room, ["Ann", "Bob", "Cid"])


def test_default_limit_of_the_server_sends_nobody_away(
    committing_sqlite: None, own_etherpad: Etherpad, make_room, start_worker, caplog: pytest.LogCaptureFixture
):
    """Forty single changes and more, as fast as the worker goes, under ten messages a second for an address."""
    room = make_room(own_etherpad)
    line, names = make_line(room.session, HEADING), [f"Name {n}" for n in range(40)]
    people = [make_attendee(room.session, name=name) for name in names]
    start_worker()
    for attendee in people:
        put_name(line, attendee)
    wait_until(lambda: all_written(40))
    for attendee in people[:20]:
        withdraw(line, attendee)  # each line is taken out by a change of its own
    wait_until(lambda: PadName.objects.filter(state="taken_out").count() == 20)
    assert "Names are kept until it is back" not in caplog.text
    assert_each_once(room, names[20:])
