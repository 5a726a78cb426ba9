"""Two windows of one attendee never contradict each other, and nobody has to load a page again for it."""

from playwright.sync_api import Locator, expect

from tests.journeys.stage import Attendee, Stage

POLL = ("Which colour?", "Red", "Green", "Blue")


def windows(stage: Stage) -> tuple[Attendee, Attendee]:
    first = stage.attendee()
    return first, stage.second_tab(first)


def test_vote_its_change_and_its_withdrawal_show_in_the_other_window(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL)
        first, second = windows(stage)
        first.vote("Green")
        second.has_voted("Green")
        expect(second.vote_button).to_have_count(0)
        second.change_vote("Red")
        for attendee in (first, second):
            attendee.has_voted("Red")
            attendee.shows({"Red": 1, "Green": 0, "Blue": 0})
        first.withdraw()
        for attendee in (first, second):
            expect(attendee.vote_button).to_have_count(1)
            expect(attendee.poll.locator("[data-mine]")).to_have_count(0)

    play(scene)


def test_final_vote_of_one_window_is_not_offered_again_in_the_other(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, may_change=False)
        first, second = windows(stage)
        second.choose("Blue")
        first.vote("Green")
        second.has_voted("Green")
        for name in ("Change my vote", "Withdraw my vote"):
            expect(second.page.get_by_text(name)).not_to_be_visible()
        expect(second.vote_button).to_have_count(0)

    play(scene)


def test_upvote_shows_in_the_other_window(play, demo):
    def scene(stage: Stage) -> None:
        first, second = windows(stage)
        with demo.attendee() as asker:
            asked = asker.post(
                f"sessions/{demo.session['id']}/questions/", json={"text": "Which bridge will carry us?"}
            )
            assert asked.is_success, asked.text
        for attendee in (first, second):
            attendee.page.get_by_role("link", name="Questions").click()

        def up(attendee: Attendee) -> Locator:
            row = attendee.page.locator("[data-asked]", has_text="Which bridge will carry us?")
            return row.locator("[data-up]")

        up(first).click()
        expect(up(second)).to_have_attribute("aria-pressed", "true")
        up(second).click()
        expect(up(first)).to_have_attribute("aria-pressed", "false")

    play(scene)
