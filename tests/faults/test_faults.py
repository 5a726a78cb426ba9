"""What breaks while a room votes: no acknowledged vote is lost, none counts twice, every page is right within 5 s."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.disk import small_disk
from tests.faults.sloth import Sloth
from tests.faults.stage import Fault, Stage, survives
from tests.journeys.line import Line
from tests.support.inner_server import own_file

CUTS = 4

pytestmark = [pytest.mark.timeout(120)]


def test_worker_that_is_killed_takes_no_vote_with_it(on_two_workers: Stage, seed: int):
    def kill() -> None:
        os.kill(on_two_workers.busiest_worker(), signal.SIGKILL)

    outcome = survives(on_two_workers, "a worker is killed", Fault(kill), seed=seed)
    assert outcome.reconnects > 0


def test_only_process_that_is_killed_and_started_again_has_lost_nothing(on_sqlite: Stage, seed: int):
    server = on_sqlite.server
    survives(
        on_sqlite,
        "the only process is killed, and started again",
        Fault(server.kill, server.start),
        seed=seed,
    )


def test_redis_that_is_killed_and_returns(on_two_workers: Stage, own_redis: Any, seed: int):
    survives(
        on_two_workers,
        "Redis is killed, and started again",
        Fault(own_redis.kill, own_redis.start),
        seed=seed,
    )


@pytest.mark.usefixtures("only_in_soak")
def test_redis_that_hangs(on_two_workers: Stage, own_redis: Any, seed: int):
    def send(number: signal.Signals) -> Callable[[], None]:
        return lambda: own_redis.process.send_signal(number)

    fault = Fault(send(signal.SIGSTOP), send(signal.SIGCONT))
    survives(on_two_workers, "Redis hangs", fault, seed=seed)


def test_postgresql_that_crashes_and_returns(on_two_workers: Stage, own_postgres: Any, seed: int):
    fault = Fault(own_postgres.kill, own_postgres.serve)
    survives(on_two_workers, "PostgreSQL crashes, and is started again", fault, seed=seed)


@pytest.mark.usefixtures("only_in_soak")
def test_postgresql_that_hangs(on_two_workers: Stage, own_postgres: Any, seed: int):
    def send(number: signal.Signals) -> Callable[[], None]:
        return lambda: own_postgres.send_signal(number)

    fault = Fault(send(signal.SIGSTOP), send(signal.SIGCONT))
    survives(on_two_workers, "PostgreSQL hangs", fault, seed=seed)


def test_proxy_that_cuts_every_connection_again_and_again(on_sqlite: Stage, seed: int):
    with Line(on_sqlite.server.port) as line:
        on_sqlite.base_url = line.url

        def cut() -> None:
            for _ in range(CUTS):
                line.cut()
                line.mend()
                time.sleep(0.4)
            line.lose_answers()  # what is said arrives, and is never answered

        def mend() -> None:
            line.cut()
            line.mend()

        outcome = survives(
            on_sqlite, "a proxy cuts connections, and loses answers", Fault(cut, mend), seed=seed
        )
    assert outcome.reconnects > CUTS * 10


def test_full_disk_refuses_votes_and_takes_them_again(
    start_server: Any, tmp_path: Path, django_db_blocker: Any, seed: int
):
    server = start_server(start=False)
    with django_db_blocker.unblock(), small_disk(tmp_path, server) as disk:
        stage = Stage(server, partial(own_file, disk.database))
        stage.start()
        outcome = survives(stage, "SQLite's disk is full", Fault(disk.fill, disk.free), seed=seed)
        assert disk.was_full(server), outcome
        server.stop()


def test_client_that_reads_one_byte_a_second_holds_up_nobody(on_sqlite: Stage, seed: int):
    sloth = Sloth(on_sqlite)
    try:
        fault = Fault(sloth.begin, sloth.read_a_few_bytes)
        survives(on_sqlite, "a client reads one byte a second", fault, seed=seed)
    finally:
        sloth.close()


def test_votes_committed_by_a_worker_that_died_before_it_said_so_are_on_every_page(
    on_two_fatal_workers: Stage, seed: int
):
    """The sweep of the worker that lives finds them; the voters' retries are answered by how the ballot stands."""
    deadly = on_two_fatal_workers.server.folder / "die-after-the-next-commit"
    outcome = survives(
        on_two_fatal_workers, "a worker dies between commit and broadcast", Fault(deadly.touch), seed=seed
    )
    assert not deadly.exists()
    assert outcome.reconnects > 0
