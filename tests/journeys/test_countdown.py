"""Voting that closes by itself, when the server's clock says so."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Seen, Stage

POLL = ("Is this enough time?", "yes", "no")
TICKING = re.compile(r"closes in\s*[01]:\d\d")


def test_countdown_is_seen_by_all_and_closes_the_poll(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="after_voting")
        john, attendee, screen = stage.moderator(), stage.attendee(), stage.screen()
        everybody: list[Seen] = [john, attendee, screen]
        attendee.choose("no")
        for seen in everybody:
            expect(seen.page.locator("[data-clock]:visible")).to_have_count(0)
        john.page.get_by_role("button", name="Close in 60 s").click()
        for seen in everybody:
            expect(seen.page.locator("[data-clock]:visible")).to_have_text(TICKING)
        screen.fits()
        john.page.get_by_role("button", name="30 s more").click()
        for seen in everybody:
            expect(seen.page.locator("[data-clock]:visible")).to_have_text(re.compile(r"in\s*1:[1-3]"))
        demo.change(poll, closes_at=(datetime.now(UTC) + timedelta(seconds=3)).isoformat())
        expect(attendee.page.locator("[data-clock]:visible")).to_have_text(re.compile(r"in\s*0:0"))
        attendee.vote_button.click()
        attendee.has_voted("no")
        expect(attendee.poll.locator("[data-note]")).to_have_text("Voting is closed.")
        expect(screen.page.get_by_text("Voting closed")).to_be_visible()
        expect(john.item(POLL[0], "closed")).to_be_visible()
        for seen in everybody:
            seen.shows({"yes": 0, "no": 1})
            expect(seen.page.locator("[data-clock]:visible")).to_have_count(0)

    play(scene)


def test_countdown_moves_nothing_under_a_thumb(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL)
        attendee = stage.attendee()
        option = attendee.poll.get_by_role("radio", name="yes")
        before = option.bounding_box()
        demo.change(poll, closes_at=(datetime.now(UTC) + timedelta(seconds=60)).isoformat())
        expect(attendee.page.locator("[data-clock]:visible")).to_have_text(TICKING)
        assert option.bounding_box() == pytest.approx(before, abs=1)

    play(scene)


def test_countdown_without_script_says_when(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL)
        closes_at = datetime.now(UTC) + timedelta(minutes=5)
        demo.change(poll, closes_at=closes_at.isoformat())
        attendee = stage.attendee(java_script_enabled=False)
        expect(attendee.poll).to_contain_text(re.compile(f"closes at\\s*{closes_at:%H:%M}\\s*UTC"))

    play(scene)
