"""The demo's own story: John Garbutt runs the two polls of his session, from draft to published."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.demo import EVENT, ROOM, Figures
from tests.journeys.line import NETWORK_ERRORS, Line
from tests.journeys.stage import PHONE, Attendee, Moderator, Screen, Stage

FIRST = "Where are you with OpenStack and Kubernetes today?"
SECOND = "What do you use to create Kubernetes clusters on OpenStack?"
BOTH, TESTING, OPENSTACK, KUBERNETES, NEITHER = (
    "Both together, in production",
    "Testing them together",
    "OpenStack only so far",
    "Kubernetes only so far",
    "Neither yet, here to learn",
)
SMALL_SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}


@dataclass
class Room:
    """Who is in the room."""

    stage: Stage
    john: Moderator
    by_digits: Attendee
    by_qr: Attendee
    without_script: Page
    on_the_train: Attendee
    line: Line
    screens: list[Screen]

    @property
    def live(self) -> list[Attendee]:
        return [self.by_digits, self.by_qr, self.on_the_train]

    def all_show(self, figures: Figures) -> None:
        for one in [*self.live, *self.screens, self.john]:
            one.shows(figures)


def test_room_plays_both_polls_of_the_demo_from_draft_to_published(play_first_night):
    def scene(stage: Stage) -> None:
        with Line(stage.demo.server.port) as line:
            room = everybody_comes(stage, line)
            first_poll_with_open_results(room)
            second_poll_with_hidden_results(room)
            stage.demo.server.manage("recount")

    play_first_night(scene, seconds=110)


def everybody_comes(stage: Stage, line: Line) -> Room:
    john = signs_in_by_link(stage)
    screens = [stage.screen(reduced_motion="no-preference"), stage.screen(**SMALL_SCREEN)]
    by_digits = joins_by_digits(stage)
    by_qr = joins_by_qr(stage, screens[0])
    without_script = stage.attendee(java_script_enabled=False, known="status of 400").page
    on_the_train = stage.attendee(base=line.url, known=NETWORK_ERRORS)
    for page in (screens[0].page, by_digits.page):
        expect(page.locator("[data-present]:visible").first).to_have_text("4")
    return Room(stage, john, by_digits, by_qr, without_script, on_the_train, line, screens)


def signs_in_by_link(stage: Stage) -> Moderator:
    page = stage.open(stage.demo.sign_in_path())
    page.get_by_role("button", name="Sign in as John Garbutt").click()
    expect(page).to_have_url(re.compile(f"{ROOM}control/"))
    expect(page.get_by_text("Moderating as John Garbutt")).to_be_visible()
    return Moderator(page)


def joins_by_digits(stage: Stage) -> Attendee:
    page = stage.open(EVENT, **PHONE)
    page.get_by_role("link", name="Join", exact=True).click()
    page.get_by_label("Session code").fill(f"{stage.demo.code[:3]} {stage.demo.code[3:]}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Join").click()
    return arrived(stage, page)


def joins_by_qr(stage: Stage, screen: Screen) -> Attendee:
    words = screen.page.get_by_role("img", name="QR code for").get_attribute("aria-label")
    address = (words or "").removeprefix("QR code for ")
    assert address == f"{stage.demo.server.url}/j/{stage.demo.code}/"
    page = stage.open(address.removeprefix(stage.demo.server.url), **PHONE)
    page.get_by_text("Tell us who you are (optional)").click()
    page.get_by_label("Name", exact=True).fill("Lena Hoffmann")
    page.get_by_label("Country").select_option("Germany")
    page.get_by_role("button", name="Join").click()
    return arrived(stage, page)


def arrived(stage: Stage, page: Page) -> Attendee:
    expect(page).to_have_url(re.compile(f"{ROOM}$"))
    stage.is_live(page)
    return Attendee(page)


# --- the first poll: whoever has voted sees the results


def first_poll_with_open_results(room: Room) -> None:
    launches_from_the_list(room, FIRST)
    first_attendee_changes_their_mind(room)
    votes_without_script(room)
    votes_while_the_connection_breaks(room)
    room.by_qr.vote(TESTING)
    figures = {BOTH: 1, TESTING: 2, OPENSTACK: 0, KUBERNETES: 1, NEITHER: 0}
    for voter in [*room.live, room.john]:
        voter.shows(figures)
    for screen in room.screens:
        screen.shows_no_result()  # it has not voted
        screen.fits()
    room.john.press("Reveal results")
    for screen in room.screens:
        screen.shows(figures)
        screen.fits()
    closes_and_publishes(room, figures)


def launches_from_the_list(room: Room, question: str) -> None:
    room.john.item(question, "draft").get_by_role("button", name="Launch").click()
    expect(room.john.page.get_by_role("heading", name=re.compile("^On air: Poll"))).to_be_visible()
    for attendee in room.live:
        expect(attendee.page.get_by_role("heading", name=question).first).to_be_visible()
        expect(attendee.vote_button).to_be_disabled()  # nothing is chosen yet
    for screen in room.screens:
        expect(screen.page.get_by_role("heading", name=question)).to_be_visible()
        screen.shows_no_result()
        screen.fits()


def first_attendee_changes_their_mind(room: Room) -> None:
    voter, screen = room.by_digits, room.screens[0]
    voter.shows_no_result()
    voter.vote(BOTH)
    voter.has_voted(BOTH)
    voter.change_vote(OPENSTACK)
    voter.has_voted(OPENSTACK)
    voter.page.reload()
    voter.has_voted(OPENSTACK)
    voter.shows({BOTH: 0, TESTING: 0, OPENSTACK: 1, KUBERNETES: 0, NEITHER: 0})
    voter.withdraw()
    expect(voter.poll.locator("[data-mine]")).to_have_count(0)
    expect(screen.page.locator("[data-ballots]")).to_have_text("0")
    voter.shows_no_result()  # what a vote opened is closed again
    voter.vote(TESTING)
    voter.has_voted(TESTING)
    expect(screen.page.locator("[data-ballots]")).to_have_text("1")


def votes_without_script(room: Room) -> None:
    page = room.without_script
    page.reload()
    Attendee(page).shows_no_result()
    page.get_by_role("button", name="Vote").click()  # nothing is chosen: the form says so
    expect(page.locator("[data-banners]")).not_to_be_empty()
    page.get_by_label(BOTH).check()
    page.get_by_role("button", name="Vote").click()
    Attendee(page).has_voted(BOTH)
    page.reload()
    Attendee(page).shows({BOTH: 1, TESTING: 1, OPENSTACK: 0, KUBERNETES: 0, NEITHER: 0})


def votes_while_the_connection_breaks(room: Room) -> None:
    """The vote arrives, its answer is lost, the line breaks, the page sends the vote again."""
    voter, screen = room.on_the_train, room.screens[0]
    room.line.lose_answers()
    voter.vote(KUBERNETES)
    expect(voter.poll.get_by_text("Sending your vote").first).to_be_visible()
    expect(screen.page.locator("[data-ballots]")).to_have_text("3")
    room.line.cut()
    expect(voter.banner).to_contain_text(
        "Reconnecting. Your votes are saved and sent when you’re back online."
    )
    room.line.mend()
    voter.banner.get_by_role("button", name="Try now").click()
    expect(voter.banner).to_contain_text("Back online")
    voter.has_voted(KUBERNETES)
    voter.shows({BOTH: 1, TESTING: 1, OPENSTACK: 0, KUBERNETES: 1, NEITHER: 0})
    expect(voter.banner).to_have_count(0)


def closes_and_publishes(room: Room, figures: Figures) -> None:
    demo = room.stage.demo
    poll = demo.on_air()
    room.john.press("Close voting")
    for attendee in room.live:
        expect(attendee.poll.locator("[data-note]")).to_have_text("Voting is closed.")
        expect(attendee.vote_button).to_have_count(0)
    room.john.press("Publish results")
    for screen in room.screens:
        expect(screen.page.get_by_text("Final results")).to_be_visible()
        screen.fits()
    room.all_show(figures)
    room.without_script.reload()
    Attendee(room.without_script).shows(figures)
    assert demo.figures(poll) == figures


# --- the second poll: nobody sees anything before John reveals it


def second_poll_with_hidden_results(room: Room) -> None:
    launches_from_the_list(room, SECOND)
    demo = room.stage.demo
    demo.vote(demo.on_air(), *[0] * 7, *[2] * 5)
    votes = dict(zip(room.live, ("Rancher", "Magnum", "Something else"), strict=True))
    for voter, option in votes.items():
        voter.vote(option)
        voter.has_voted(option)
    figures = {
        "Magnum": 8, "Rancher": 1, "kubespray": 5, "Our own tooling": 0, "Cluster API": 0, "Something else": 1,
    }  # fmt: skip
    room.john.shows(figures)
    nobody_sees_a_result(room)
    room.john.press("Reveal results")
    room.all_show(figures)
    for screen in room.screens:
        screen.fits()
    closes_and_publishes(room, figures)


def nobody_sees_a_result(room: Room) -> None:
    for attendee in room.live:
        expect(attendee.poll.locator("[data-ballots]:visible")).to_have_text("15")
        expect(attendee.poll).to_contain_text("Results are hidden until John reveals them.")
    room.without_script.reload()
    for seen in [*room.live, *room.screens, Attendee(room.without_script)]:
        seen.shows_no_result()
        # Magnum has 8 votes of 15, which is 53%
        assert {"8", "53"}.isdisjoint(re.findall(r"\d+", seen.poll.inner_text()))
