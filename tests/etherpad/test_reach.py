"""Pads that we may only read, and more pads than a server lets us check at once."""

import time
from collections import Counter

import pytest

from etherpad_links.models import EtherpadLink, PadCopy, PadName
from etherpad_links.padserver.errors import PadMissing
from etherpad_links.padserver.http import export_text
from etherpad_links.sync import connecting
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


def test_pad_that_is_gone_is_not_made_anew_while_the_server_limits_how_often_we_ask(
    committing_sqlite: None,
    make_room,
    start_worker,
    settings,
    monkeypatch: pytest.MonkeyPatch,
    strict_etherpad,
):
    """Joining a missing pad would make an empty one."""
    monkeypatch.setattr(connecting, "PROBE_S", 0.5)
    room = make_room(strict_etherpad)
    settings.ETHERPAD_API_KEY = ""
    start_worker()
    health = EtherpadLink.objects.values_list("health", flat=True)
    wait_until(lambda: health.get() == "ok" and PadCopy.objects.exists())
    for _ in range(8):  # others behind our address ask too
        export_text(room.address, strict_etherpad.reach)
    strict_etherpad.api._call("deletePad", padID=room.name)
    wait_until(lambda: health.get() == "waiting")
    time.sleep(2)
    with pytest.raises(PadMissing):
        strict_etherpad.text(room.name)


def test_twelve_pads_at_once_on_a_server_with_default_limits(
    committing_sqlite: None, strict_etherpad: Etherpad, make_room, start_worker, settings
):
    rooms = [make_room(strict_etherpad, suffix=f"-{n}") for n in range(12)]
    for n, room in enumerate(rooms):
        put_name(make_line(room.session, HEADING), make_attendee(room.session, name=f"Name {n}"))
    worker = start_worker()
    wait_until(lambda: PadName.objects.filter(state="written").count() == 12, seconds=30)
    wait_until(lambda: PadCopy.objects.count() == 12)
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
    # One check a pad, whatever happens to its connection afterwards; those beyond the limit say that they wait.
    wait_until(lambda: Counter(states.all()) == {"ok": 10, "waiting": 2}, seconds=30)
