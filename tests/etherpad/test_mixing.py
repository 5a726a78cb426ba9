"""Some type their names into the pad, some tap in the app, some change their minds: both sides hold the same names.

`pytest tests/etherpad/test_mixing.py --runs=2 -s` has thirty people do so for a minute.
"""

import asyncio
import random
import threading
import time
from collections import Counter

import pytest

from etherpad_links.easysync import Line, add_lines, remove_line, rewrite_line, split_lines
from etherpad_links.padserver.pad_socket import Identity, PadSocket, new_token
from sessions.follow_ups.models import SignUp
from tests.etherpad.conftest import HEADING, Room, wait_until
from tests.factories import make_attendee, make_line, put_name, withdraw


def names_in_app() -> Counter[str]:
    return Counter(SignUp.objects.listed().values_list("name", flat=True))


def names_in_pad(room: Room) -> Counter[str]:
    return Counter(room.under(HEADING))


async def type_names(room: Room, number: int, until: float) -> None:
    """One person at the pad: adds a name in pieces, mends it, takes some away."""
    chance = random.Random(number)
    pad = PadSocket(room.address, Identity(new_token(), f"P{number}"))
    await pad.open(room.etherpad.reach)
    mine: list[str] = []
    while time.monotonic() < until:
        name = f"Typed {number}-{len(mine)} {chance.choice(['Ann', 'Bo', 'Zoë 😀'])}"
        await pad.submit(add_lines(pad.document, last_of_block(pad), [name[:7]], pad.author))
        await asyncio.sleep(chance.uniform(0.05, 0.4))
        if (line := own_line(pad, name[:7])) is not None:
            await pad.submit(rewrite_line(pad.document, line, name, pad.author))
            mine.append(name)
        await asyncio.sleep(chance.uniform(0.5, 3))
        if len(mine) > 1 and chance.random() < 0.3 and (line := own_line(pad, mine[0])) is not None:
            await pad.submit(remove_line(pad.document, line))
            mine.pop(0)
    await pad.close()


def own_line(pad: PadSocket, text: str) -> Line | None:
    lines = split_lines(pad.document)
    return next((line for line in lines if line.text == text and set(line.authors) == {pad.author}), None)


def last_of_block(pad: PadSocket) -> Line:
    lines = split_lines(pad.document)
    at = next(n for n, line in enumerate(lines) if line.text == HEADING)
    end = next(n for n in range(at, len(lines)) if lines[n].is_blank)
    return lines[end - 1]


def tap(room: Room, line, people: int, until: float) -> None:
    """Attendees sign up, and some take it back."""
    chance, attendees = random.Random(0), []
    while time.monotonic() < until:
        attendees.append(make_attendee(room.session, name=f"Tapped {len(attendees)}"))
        put_name(line, attendees[-1])
        if chance.random() < 0.25:
            withdraw(line, chance.choice(attendees))
        time.sleep(chance.uniform(0, 4 / people))


@pytest.mark.timeout(240)
def test_both_sides_hold_the_same_names(room: Room, start_worker, runs: int):
    people, seconds = (15, 60) if runs > 1 else (6, 8)
    line = make_line(room.session, HEADING)
    start_worker()
    wait_until(lambda: room.link.__class__.objects.get().health == "ok")
    until = time.monotonic() + seconds

    async def all_type() -> None:
        await asyncio.gather(*(type_names(room, number, until) for number in range(people)))

    typing = threading.Thread(target=lambda: asyncio.run(all_type()))
    typing.start()
    tap(room, line, people, until)
    typing.join(60)
    wait_until(lambda: names_in_app() == names_in_pad(room), seconds=40)
    app, pad = names_in_app(), names_in_pad(room)
    typed, tapped = (sum(1 for name in app if name.startswith(word)) for word in ("Typed", "Tapped"))
    print(f"\n{2 * people} people, {seconds} s: {typed} typed and {tapped} tapped names on both sides")
    assert app == pad
    assert typed > people / 2
    assert tapped > people / 2
