"""The server keeps a pad worker: from the first linked pad on, and after one was killed."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from etherpad_links.models import EtherpadLink, PadName, PadWorkerBeat
from etherpad_links.worker_state import AWAY_AFTER, worker_is_away
from tests.etherpad.conftest import HEADING, Room, wait_until
from tests.factories import make_attendee, make_line, put_name
from tests.factories.databases import connected_to
from tests.support.etherpad import Etherpad
from tests.support.server import Server


@pytest.fixture
def stage(start_server, etherpad: Etherpad, make_room, django_db_blocker) -> Iterator[tuple[Server, Room]]:
    """A server that was told of no Etherpad, with no pad linked when it started."""
    server = start_server(ETHERPAD_ALLOW_PRIVATE="1", TRUSTED_ADDRESSES="127.0.0.0/8")
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        yield server, make_room(etherpad)


def workers_of(server: Server) -> list[int]:
    """The running `sync_pads` of this server, by its folder in their environment."""
    pids, mark = [], f"VAR_DIR={server.folder}".encode()
    for folder in Path("/proc").iterdir():
        try:
            if (
                b"sync_pads" in (folder / "cmdline").read_bytes()
                and mark in (folder / "environ").read_bytes()
            ):
                pids.append(int(folder.name))
        except (OSError, ValueError):
            continue
    return pids


def has_written(names: int) -> bool:
    return PadName.objects.filter(state="written").count() == names


def test_worker_comes_with_the_first_pad_and_again_when_it_is_killed(stage: tuple[Server, Room]):
    server, room = stage
    line = make_line(room.session, HEADING)
    for nth in range(3):
        put_name(line, make_attendee(room.session, name=f"Name {nth}"))
        wait_until(partial(has_written, nth + 1), seconds=40)
        pid = workers_of(server)
        assert len(pid) == 1
        if nth < 2:
            os.kill(pid[0], signal.SIGKILL)
    assert "The pad worker ended (status -9)" in server.log()
    assert httpx.get(f"{server.url}/readyz").json()["checks"]["pads"] is True
    server.stop()
    wait_until(lambda: not workers_of(server))


def test_absence_of_the_worker_is_known(room: Room):
    now = timezone.now()
    assert worker_is_away(now)
    PadWorkerBeat.objects.create(pk=1, seen_at=now - AWAY_AFTER / 2)
    assert not worker_is_away(now)
    assert worker_is_away(now + AWAY_AFTER)
    EtherpadLink.objects.all().delete()
    assert not worker_is_away(now + AWAY_AFTER)  # nobody needs one
