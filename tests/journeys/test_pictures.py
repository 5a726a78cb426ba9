"""A poll's picture in a browser: saved as SVG by a link, and as PNG by a button that draws it."""

import struct
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import is_accessible

WIDTH = 1200


def size_of(png: bytes) -> tuple[int, int]:
    """The width and height that a PNG's first block says."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def saved(page: Any, press: Any) -> tuple[str, bytes]:
    """The name and content of the file that a press saves."""
    with page.expect_download() as coming:
        press()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def test_rounds_are_compared_on_the_screen_and_the_record(play: Any) -> None:
    def scene(stage: Stage) -> None:
        demo = stage.demo
        poll = demo.launch("Where do clusters run?", "OpenStack", "Elsewhere", visibility="always")
        demo.vote(poll, 0, 1, 1, 1)
        demo.set_state(poll, "closed")
        again = demo.set_state(demo.ask("POST", f"polls/{poll['id']}/rounds/"), "live")
        demo.vote(again, 0, 0, 0, 1)
        screen = stage.screen().page
        stage.is_live(screen)
        expect(screen.locator("[data-rounds-of]")).to_have_count(0)
        demo.set_state(again, "closed")
        said = screen.locator("[data-rounds-of]")
        expect(said).to_contain_text("Since round 1 (4 voted)")
        expect(said).to_contain_text("“OpenStack” (\u206625% → 75%\u2069)")
        pages = [stage.attendee().page, stage.moderator().page]
        demo.set_session("over")
        for page in pages:
            page.reload()
            rounds = page.get_by_role("region", name="Compared with round 1")
            expect(rounds.get_by_role("listitem").first).to_contain_text("▲ +50 OpenStack")
            expect(rounds.get_by_role("listitem").last).to_contain_text("▼ −50 Elsewhere")
            is_accessible(page)

    play(scene)


def test_picture_is_saved_as_svg_and_as_png(play: Any) -> None:
    def scene(stage: Stage) -> None:
        poll = stage.demo.launch(
            "Where do clusters run?", "OpenStack", "السحابة", "裸机", visibility="always"
        )
        one = stage.attendee()
        expect(one.page.get_by_role("link", name="Picture, SVG")).to_be_hidden()
        desk = stage.moderator().page
        stage.demo.set_state(poll, "closed")
        for page in (one.page, desk):
            link = page.get_by_role("link", name="Picture, SVG").first
            expect(link).to_be_visible()
            name, svg = saved(page, link.click)
            assert name.endswith(f"-poll-{poll['id']}.svg")
            assert "السحابة".encode() in svg
            button = page.get_by_role("button", name="Picture, PNG").first
            name, png = saved(page, lambda button=button: button.press("Enter"))
            assert name.endswith(f"-poll-{poll['id']}.png")
            width, height = size_of(png)
            assert width == 2 * WIDTH
            assert height > 900
            expect(button).not_to_have_attribute("aria-busy", "true")
        is_accessible(one.page)

    play(scene)
