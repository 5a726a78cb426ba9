"""What a phone goes through: tunnels, lost answers, sleep, the back button. A vote counts once, the page catches up."""

import pytest
from playwright.sync_api import expect

from tests.journeys.line import NETWORK_ERRORS, Line
from tests.journeys.stage import Attendee, Stage

POLL = ("Where do your clusters run?", "On OpenStack", "On bare metal", "Elsewhere")
RULES = {"visibility": "always"}


@pytest.fixture
def line(demo):
    with Line(demo.server.port) as line:
        yield line


def comes_back(attendee: Attendee, line: Line) -> None:
    line.mend()
    attendee.banner.get_by_role("button", name="Try now").click()
    expect(attendee.banner).to_contain_text("Back online")


def test_choice_made_without_a_connection_is_sent_on_return_and_counts_once(play, demo, line):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, **RULES)
        attendee = stage.attendee(base=line.url, known=NETWORK_ERRORS)
        line.cut()
        expect(attendee.banner).to_contain_text("Reconnecting.")
        attendee.vote("On OpenStack")
        expect(attendee.poll.get_by_text("Sending your vote").first).to_be_visible()
        attendee.change_vote("On bare metal")  # the mind can be changed before anything was sent
        assert demo.now(poll)["ballots"] == 0
        comes_back(attendee, line)
        attendee.has_voted("On bare metal")
        attendee.shows({"On OpenStack": 0, "On bare metal": 1, "Elsewhere": 0})
        assert demo.figures(poll) == {"On OpenStack": 0, "On bare metal": 1, "Elsewhere": 0}

    play(scene)


def test_vote_whose_answer_was_lost_survives_a_reload_and_counts_once(play, demo, line):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, **RULES)
        screen = stage.screen()
        attendee = stage.attendee(base=line.url, known=NETWORK_ERRORS)
        line.lose_answers()
        attendee.vote("Elsewhere")
        screen.shows({"On OpenStack": 0, "On bare metal": 0, "Elsewhere": 1})
        line.cut()
        line.mend()
        attendee.page.reload()
        attendee.has_voted("Elsewhere")
        demo.vote(poll, 0)  # were the vote sent twice, the second would have come before this one
        for seen in (attendee, screen):
            seen.shows({"On OpenStack": 1, "On bare metal": 0, "Elsewhere": 1})

    play(scene)


def test_poll_that_closed_meanwhile_refuses_the_late_vote_in_plain_words(play, demo, line):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, **RULES)
        attendee = stage.attendee(base=line.url, known=NETWORK_ERRORS)
        line.cut()
        attendee.vote("Elsewhere")
        expect(attendee.banner).to_contain_text("Reconnecting.")
        demo.set_state(poll, "closed")
        line.mend()
        attendee.banner.get_by_role("button", name="Try now").click()
        expect(attendee.banner.get_by_text("Voting had closed when your vote arrived")).to_be_visible()
        expect(attendee.poll.locator("[data-mine]")).to_have_count(0)
        assert demo.now(poll)["ballots"] == 0

    play(scene)


def test_phone_that_slept_catches_up_when_it_wakes(play, demo, line):
    """The socket is dead and does not know it: nothing comes, nothing closes. Waking up is enough."""

    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, **RULES)
        attendee = stage.attendee(base=line.url, known=NETWORK_ERRORS, has_own_clock=True)
        page = attendee.page
        line.freeze()
        demo.vote(poll, 0, 1)
        page.clock.set_system_time(page.evaluate("Date.now()") + 40_000)  # no timer ran while it slept
        assert attendee.poll.locator("[data-ballots]:visible").inner_text() == "0"
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(attendee.poll.locator("[data-ballots]:visible")).to_have_text("2")
        attendee.vote("Elsewhere")
        attendee.has_voted("Elsewhere")
        attendee.shows({"On OpenStack": 1, "On bare metal": 1, "Elsewhere": 1})

    play(scene)


def test_page_that_comes_back_from_the_back_forward_cache_catches_up(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, **RULES)
        attendee = stage.attendee()
        attendee.vote("On OpenStack")
        attendee.has_voted("On OpenStack")
        attendee.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
        demo.vote(poll, 2, 2)
        expect(attendee.banner).to_have_count(0)
        attendee.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        attendee.shows({"On OpenStack": 1, "On bare metal": 0, "Elsewhere": 2})

    play(scene)


def test_back_button_after_voting_shows_the_vote_and_not_the_old_form(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, **RULES)
        attendee = stage.attendee()
        attendee.vote("On OpenStack")
        attendee.has_voted("On OpenStack")
        attendee.page.get_by_role("link", name="OpenDev Companion: programme").click()
        attendee.page.get_by_role("heading", name="Monday 10 August").wait_for()
        attendee.page.go_back()
        attendee.has_voted("On OpenStack")
        attendee.shows({"On OpenStack": 1, "On bare metal": 0, "Elsewhere": 0})

    play(scene)
