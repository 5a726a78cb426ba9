"""The line that people are told is the line that it is now, whatever happens in the pad, and the link lands on it."""

import time
from typing import Any

from playwright.sync_api import Browser, expect

from etherpad_links.models import PadLine
from sessions.follow_ups.services.lines import edit_line
from tests.etherpad.conftest import HEADING, OTHER_HEADING, Room, Typist, wait_until
from tests.factories.sessions import organiser_of
from tests.support.browser import PHONE, open_page

FIRST_S = 60.0  # until the worker of a busy machine runs
# These scroll to a line before their page is laid out, and may stay at the top (seen on 2.5.3; ether/etherpad #7544).
SCROLLS_TOO_EARLY = ((2, 0, 0), (2, 7, 2))


def test_shown_number_follows_the_heading(stage, browser):
    server, room = stage
    edit_line(
        line_id=room.line.pk,
        caller=organiser_of(room.session.event),
        given={"announced_line": 98},
        now=room.line.opened_at,
    )
    times = browser(lambda chromium: follow(chromium, server.url, room), seconds=180)
    print(f"\nshown after {', '.join(f'{name} {seconds:.2f} s' for name, seconds in times.items())}")


def follow(chromium: Browser, url: str, room: Room) -> dict[str, float]:
    hand, times = Typist(room), {}
    with open_page(chromium, quiet=True, **PHONE) as page:
        page.goto(f"{url}{room.session.get_absolute_url()}?tab=follow-ups")
        number = page.locator(f"[data-line='{room.line.pk}'] [data-number]")

        def shows(name: str, heading: str, seconds: float = 20.0) -> None:
            begin = time.monotonic()
            expect(number).to_have_text(str(room.number_of(heading)), timeout=1000 * seconds)
            times[name] = time.monotonic() - begin

        shows("at first", HEADING, FIRST_S)
        hand.below("Notes", *(f"inserted {n}" for n in range(40)))
        shows("40 lines above", HEADING)
        hand.rewrite(HEADING, "A network API, for whatever runs pods")
        hand.below("Notes", "one more")
        shows("renamed", "A network API, for whatever runs pods")
        hand.remove("inserted 7")
        shows("a line deleted", "A network API, for whatever runs pods")
        page.goto(f"{url}/f/{room.line.code}/")
        link = page.locator("[data-pad-link]").get_attribute("href") or ""
        assert link == f"{room.address.url}#L{room.number_of('A network API, for whatever runs pods')}"
        earliest, latest = SCROLLS_TOO_EARLY
        if not earliest <= room.etherpad.release <= latest:
            lands_on(chromium, link, "A network API, for whatever runs pods")
    return times


def lands_on(chromium: Browser, link: str, heading: str) -> None:
    """The link leads into the pad, to the heading."""
    other = chromium.new_context()
    try:
        pad = other.new_page()
        pad.goto(link)
        inner = pad.frame_locator("iframe[name=ace_outer]").frame_locator("iframe[name=ace_inner]")
        expect(inner.locator("#innerdocbody > div").filter(has_text=heading)).to_be_in_viewport(
            timeout=20_000
        )
    finally:
        other.close()


def test_heading_that_is_gone_is_written_nowhere_until_somebody_says_so(
    room: Room, start_worker, typist, lost: Any
):
    typist.remove(HEADING)
    wait_until(lambda: PadLine.objects.get().state == "missing")
    name = lost.sign_up("Bob")
    lost.point_to(room.number_of(OTHER_HEADING))
    wait_until(lambda: name in room.under(OTHER_HEADING))
    place = wait_until(lambda: PadLine.objects.filter(state="ok", pointed_at=None).first())
    assert (place.heading, place.number) == (OTHER_HEADING, room.number_of(OTHER_HEADING))


def test_heading_that_is_doubled_is_written_under_the_one_that_was_pointed_to(
    room: Room, start_worker, typist, lost: Any
):
    typist.below("Notes", HEADING)
    wait_until(lambda: PadLine.objects.get().state == "doubled")
    name = lost.sign_up("Bob")
    numbers = [number for number, line in enumerate(room.lines, 1) if line == HEADING]
    lost.point_to(numbers[1])
    wait_until(lambda: room.lines[numbers[1] : numbers[1] + 2] == ["Ann", name])
    wait_until(lambda: PadLine.objects.get().number == numbers[1])
    assert room.lines[numbers[0]] == "What kind of network API do telcos need?"


def test_lost_heading_is_written_anew_once(room: Room, start_worker, typist, lost: Any):
    typist.remove(HEADING)
    typist.remove("Ann")
    wait_until(lambda: PadLine.objects.get().state == "missing")
    name = lost.sign_up("Bob")
    lost.write_anew()
    wait_until(lambda: room.lines.count(HEADING) == 1 and name in room.under(HEADING))
    place = wait_until(lambda: PadLine.objects.filter(state="ok", wants_heading=False).first())
    assert place.number == room.number_of(HEADING)
