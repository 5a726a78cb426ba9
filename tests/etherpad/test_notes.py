"""The notes reach those who follow them, and nobody else; what stands in a pad stays text."""

import asyncio

from playwright.sync_api import Browser, expect

from etherpad_links.models import PadCopy
from tests.etherpad.conftest import Room, Typist, wait_until
from tests.support.browser import PHONE, open_page
from tests.support.socket_client import connect


def test_notes_are_painted_as_people_type(stage, browser):
    server, room = stage
    browser(lambda chromium: read_along(chromium, server.url, room), seconds=60)


def read_along(chromium: Browser, url: str, room: Room) -> None:
    hand = Typist(room)
    with open_page(chromium, quiet=True, **PHONE) as page:
        page.goto(f"{url}{room.session.get_absolute_url()}?tab=notes")
        lines = page.locator("[data-notes-lines] > li")
        expect(lines.filter(has_text="Networking API for Kubernetes")).to_be_visible(timeout=20_000)
        hand.below("Notes", "<b onclick=alert(1)>bold</b> 😀")
        added = lines.filter(has_text="<b onclick=alert(1)>bold</b> 😀")
        expect(added).to_be_visible()
        expect(added.locator("mark[data-a]")).to_have_count(1)
        expect(added.locator("[data-note-number]")).to_have_text(str(room.number_of("Notes") + 1))
        hand.remove("<b onclick=alert(1)>bold</b> 😀")
        expect(added).to_have_count(0)
        assert [text.strip() for text in lines.locator("[data-note-body]").all_inner_texts()] == [
            line.strip() for line in room.text.removesuffix("\n").split("\n")
        ]


def test_notes_page_is_whole_without_script(stage, browser):
    server, room = stage

    def read(chromium: Browser) -> list[str]:
        with open_page(chromium, quiet=True, java_script_enabled=False) as page:
            page.goto(f"{server.url}{room.session.get_absolute_url()}?tab=notes")
            return page.locator("[data-notes-lines] > li [data-note-body]").all_inner_texts()

    wait_until(lambda: PadCopy.objects.filter(text__contains="Links").exists())
    assert "Networking API for Kubernetes" in browser(read)


def test_notes_go_to_followers_only(stage):
    server, room = stage
    wait_until(lambda: PadCopy.objects.filter(text__contains="Links").exists())
    hand = Typist(room)

    async def listen() -> list[str]:
        async with connect(server, room.session.pk) as follower, connect(server, room.session.pk) as other:
            await follower.ask("notes.follow")
            whole = await follower.next("notes.whole")
            await asyncio.to_thread(hand.below, "Notes", "a word")
            change = await follower.next("notes.changed")
            assert change["from"] == whole["revision"]
            assert change["removed"] == 0
            assert [part[0] for line in change["lines"] for part in line["parts"]] == ["a word"]
            return [frame["type"] for frame in await other.drain()]

    overheard = asyncio.run(listen())
    assert "snapshot" in overheard
    assert not [kind for kind in overheard if kind.startswith("notes.")]
