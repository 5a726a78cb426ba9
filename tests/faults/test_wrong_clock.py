"""A browser whose clock is wrong by an hour: nothing of a poll goes by it."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.journeys.conftest import demo
from tests.journeys.stage import Attendee, Stage

__all__ = ["demo"]

POLL = ("Is this enough time?", "yes", "no")
A_MINUTE = re.compile(r"closes in\s*(0:[45]\d|1:00)")


def in_the_wrong_hour(stage: Stage, hours: int) -> Attendee:
    """Somebody whose page was loaded by a browser with a wrong clock."""
    attendee = stage.attendee(has_own_clock=True)
    attendee.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=hours))
    stage.heard[attendee.page].clear()
    attendee.page.reload()
    stage.is_live(attendee.page)
    said = attendee.page.evaluate("Date.now()") / 1000
    assert abs(said - datetime.now(UTC).timestamp()) > 3_000
    return attendee


def test_browsers_whose_clocks_are_wrong_by_an_hour_see_votes_in_time_and_the_right_countdown(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="after_voting")
        both = [in_the_wrong_hour(stage, hours) for hours in (-1, 1)]
        demo.change(poll, closes_at=(datetime.now(UTC) + timedelta(seconds=60)).isoformat())
        for attendee in both:
            expect(attendee.page.locator("[data-clock]:visible")).to_have_text(A_MINUTE)
        for attendee in both:
            attendee.vote("no")
            attendee.has_voted("no")
            attendee.change_vote("yes")
            attendee.has_voted("yes")
        demo.change(poll, closes_at=(datetime.now(UTC) + timedelta(seconds=2)).isoformat())
        for attendee in both:
            expect(attendee.poll.locator("[data-note]")).to_have_text("Voting is closed.")
            attendee.shows({"yes": 2, "no": 0})
            attendee.page.reload()
            attendee.shows({"yes": 2, "no": 0})
        assert demo.figures(poll) == {"yes": 2, "no": 0}

    play(scene)
