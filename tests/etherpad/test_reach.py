"""Pads that we may only read, and more pads than a server lets us check at once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etherpad_links.models import EtherpadLink, PadCopy, PadName
from tests.etherpad.conftest import BODY, HEADING, Room, wait_until
from tests.factories import make_attendee, make_line, put_name
from tests.support.etherpad import Etherpad


def test_read_only_address_says_so_and_rests(room: Room, start_worker, caplog):
    read_only = room.etherpad.api.read_only_id(room.name)
    EtherpadLink.objects.update(url=f"{room.etherpad.url}/p/{read_only}")
    line = make_line(room.session, HEADING)
    put_name(line, make_attendee(room.session, name="Ann"))
    worker = start_worker()
    wait_until(lambda: EtherpadLink.objects.get().health == "read_only")
    wait_until(PadCopy.objects.exists)
    worker.stop()
    start_worker()  # with a copy, the server tells nobody that the address is for reading
    time.sleep(6.5)
    assert EtherpadLink.objects.get().health == "read_only"
    assert not PadName.objects.filter(state="written").exists()
    assert room.text.rstrip("\n") == BODY.rstrip("\n")
    assert "no answer" not in caplog.text
    assert "is back" not in caplog.text


@pytest.fixture
def strict_etherpad(tmp_path: Path) -> Iterator[Etherpad]:
    """With every limit that a server has by default."""
    own = Etherpad(tmp_path / "etherpad", is_limited=True, exports=10)
    try:
        own.start()
        yield own
    finally:
        own.stop()


def test_twelve_pads_at_once_on_a_server_with_default_limits(
    committing_sqlite: None, strict_etherpad: Etherpad, make_room, start_worker, settings
):
    rooms = [make_room(strict_etherpad, suffix=f"-{n}") for n in range(12)]
    for n, room in enumerate(rooms):
        put_name(make_line(room.session, HEADING), make_attendee(room.session, name=f"Name {n}"))
    worker = start_worker()
    wait_until(lambda: PadName.objects.filter(state="written").count() == 12, seconds=30)
    worker.stop()
    settings.ETHERPAD_API_KEY = ""  # without a key, but with copies of all of them
    for room in rooms:
        put_name(room.session.sign_up_lines.get(), make_attendee(room.session, name="Late"))
    worker = start_worker()
    wait_until(lambda: PadName.objects.filter(state="written").count() == 24, seconds=30)
    worker.stop()
    PadCopy.objects.all().delete()
    EtherpadLink.objects.update(health="unknown")
    start_worker()
    states = EtherpadLink.objects.values_list("health", flat=True)
    wait_until(lambda: {*states.all()} == {"ok", "waiting"}, seconds=30)  # those at the limit say so
    assert EtherpadLink.objects.filter(health="ok").count() <= 10
