"""One tap acts at once and can be taken back for five seconds: no question is asked on stage."""

from playwright.sync_api import expect

from tests.journeys.stage import Stage

QUESTION = "How long do your clusters live?"
POLL = (QUESTION, "Days", "Years")


def test_undone_launch_is_a_draft_again_and_the_room_forgets_it(play, demo):
    def scene(stage: Stage) -> None:
        demo.add_poll(*POLL)
        john, attendee, screen = stage.moderator(), stage.attendee(), stage.screen()
        john.press("Launch")
        expect(attendee.page.get_by_role("heading", name=QUESTION)).to_be_visible()
        expect(screen.page.get_by_role("heading", name=QUESTION)).to_be_visible()
        john.undo("live").get_by_role("button", name="Undo").click()
        expect(john.item(QUESTION, "draft")).to_be_visible()
        expect(john.undo("live")).to_have_count(0)
        expect(attendee.page.get_by_text("No poll right now").first).to_be_visible()
        expect(screen.page.get_by_text("No poll right now").first).to_be_visible()
        assert QUESTION not in attendee.page.content()
        assert QUESTION not in screen.page.locator("body").inner_text()

    play(scene)


def test_launch_cannot_be_undone_once_somebody_has_voted(play, demo):
    def scene(stage: Stage) -> None:
        demo.add_poll(*POLL)
        john, attendee = stage.moderator(), stage.attendee()
        john.press("Launch")
        expect(john.undo("live")).to_have_count(1)
        attendee.vote("Years")
        attendee.has_voted("Years")
        expect(john.undo("live")).to_have_count(0)  # long before its seconds are over
        john.shows({"Days": 0, "Years": 1})

    play(scene)


def test_undone_close_opens_voting_again(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, visibility="always")
        john, attendee = stage.moderator(), stage.attendee()
        john.press("Close voting")
        expect(attendee.poll.locator("[data-note]")).to_have_text("Voting is closed.")
        john.undo("closed").get_by_role("button", name="Undo").click()
        attendee.vote("Days")
        attendee.has_voted("Days")
        john.shows({"Days": 1, "Years": 0})

    play(scene)


def test_undone_publishing_hides_the_results_again(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="after_publishing")
        demo.vote(poll, 0, 1, 1)
        john, attendee, screen = stage.moderator(), stage.attendee(), stage.screen()
        john.press("Close voting")
        john.press("Publish results")
        attendee.shows({"Days": 1, "Years": 2})
        screen.shows({"Days": 1, "Years": 2})
        john.undo("published").get_by_role("button", name="Undo").click()
        expect(attendee.page.get_by_text("Results are hidden until John reveals them.")).to_be_visible()
        expect(screen.page.get_by_text("Voting closed, results hidden")).to_be_visible()
        attendee.shows_no_result()
        screen.shows_no_result()
        assert john.figures() == {"Days": 1, "Years": 2}

    play(scene)
