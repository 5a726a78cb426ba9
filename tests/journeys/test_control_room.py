"""The control room: a poll typed while talking, several moderators, and everybody who is none."""

import re

from playwright.sync_api import expect

from tests.journeys.demo import GERGELY, ORGANISER, OTHER_ROOM, ROOM
from tests.journeys.stage import SCREEN, Attendee, Moderator, Stage

QUESTION = "Where are you?"


def test_quick_poll_is_launched_from_one_line(play, demo):
    def scene(stage: Stage) -> None:
        john, attendee = stage.moderator(), stage.attendee()
        john.quick_poll(f"{QUESTION} / running CI/CD / testing / none")
        expect(john.item(QUESTION, "live")).to_be_visible()
        expect(john.page.get_by_label("Question and options on one line")).to_have_value("")
        expect(attendee.page.get_by_role("heading", name=QUESTION)).to_be_visible()
        attendee.vote("running CI/CD")
        attendee.has_voted("running CI/CD")
        john.shows({"running CI/CD": 1, "testing": 0, "none": 0})

    play(scene)


def test_quick_poll_with_an_error_keeps_the_line(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(known="status of 400")
        line = john.page.get_by_label("Question and options on one line")
        john.quick_poll("Only a question?")
        expect(john.page.get_by_text("Write the question, then at least two options")).to_be_visible()
        expect(line).to_have_value("Only a question?")
        expect(line).to_have_attribute("aria-invalid", "true")
        assert demo.polls() == [poll for poll in demo.polls() if poll["question"] != "Only a question?"]
        line.fill("Only a question? / yes / no")
        john.page.get_by_role("button", name="Launch now").click()
        expect(john.item("Only a question?", "live")).to_be_visible()
        expect(john.page.locator("#quick-error")).to_have_count(0)

    play(scene)


def test_quick_poll_works_without_script(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(java_script_enabled=False, known="status of 400")
        john.quick_poll("Only a question?")
        expect(john.page.get_by_label("Question and options on one line")).to_have_value("Only a question?")
        john.quick_poll(f"{QUESTION} / here / there")
        expect(john.item(QUESTION, "live")).to_be_visible()
        john.press("Reveal results")
        john.press("Close voting")
        john.press("Publish results")
        expect(john.item(QUESTION, "published")).to_be_visible()

    play(scene)


def test_two_moderators_see_one_state_whoever_acts(play, demo):
    def scene(stage: Stage) -> None:
        demo.add_poll(QUESTION, "here", "there")
        john, organiser, attendee = stage.moderator(), stage.moderator(ORGANISER), stage.attendee()
        john.press("Launch")
        attendee.vote("there")
        for acts, watches, button, state in (
            (organiser, john, "Reveal results", "live"),
            (john, organiser, "Close voting", "closed"),
            (organiser, john, "Publish results", "published"),
        ):
            acts.press(button)
            for window in (acts, watches):
                expect(window.item(QUESTION, state)).to_be_visible()
                expect(window.deck.get_by_role("button", name=button)).to_have_count(0)
                window.shows({"here": 0, "there": 1})
        assert words_of(john) == words_of(organiser)

    play(scene)


def test_button_that_is_held_down_while_news_come_in_still_acts(play, demo):
    def scene(stage: Stage) -> None:
        draft = demo.add_poll(QUESTION, "here", "there")
        john = stage.moderator()
        stage.is_live(john.page)
        john.deck.get_by_role("button", name="Launch").hover()
        john.page.mouse.down()
        with john.page.expect_response(lambda answer: answer.url.partition("?")[0].endswith("/control/")):
            demo.change(draft, question="Where are you today?")  # the page fetches itself anew
        john.page.mouse.up()
        expect(john.item("Where are you today?", "live")).to_be_visible()

    play(scene)


def words_of(moderator: Moderator) -> list[str]:
    """What the window says of the polls, without the seconds that an Undo has left."""
    parts = moderator.page.locator("[data-region=polls], [data-region=stage], [data-region=deck]")
    return [re.sub(r"\s+", " ", text) for text in parts.all_inner_texts()]


def test_control_room_is_one_screen_high_however_long_its_lists_are(play, demo):
    for n in range(8):
        with demo.attendee() as asker:
            asked = asker.post(f"sessions/{demo.session['id']}/questions/", json={"text": f"Question {n}?"})
            assert asked.is_success

    def scene(stage: Stage) -> None:
        page = stage.moderator().page
        expect(page.locator("[data-queue-open] > li")).to_have_count(8)
        assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0

    play(scene)


def test_act_that_came_too_late_is_refused_in_words_and_shows_how_it_stands(play, demo):
    """Without script there are no news: the button is one of yesterday."""

    def scene(stage: Stage) -> None:
        draft = demo.add_poll(QUESTION, "here", "there")
        john = stage.moderator(java_script_enabled=False, known="status of 409")
        demo.set_state(draft, "archived")
        john.item(QUESTION, "draft").get_by_role("button", name="Launch").click()
        expect(john.page.locator("[data-region=notices]")).not_to_be_empty()
        expect(john.item(QUESTION, "archived").first).to_be_visible()
        assert demo.now(draft)["state"] == "archived"

    play(scene)


def test_moderator_of_another_session_is_refused(play, demo):
    def scene(stage: Stage) -> None:
        gergely = stage.moderator(GERGELY, known="status of 403")
        expect(gergely.page.get_by_text("Only the session’s moderators can do that")).to_be_visible()
        expect(gergely.page.get_by_role("button", name="Launch")).to_have_count(0)
        gergely.page.goto(demo.server.url + ROOM)
        expect(gergely.page.get_by_role("link", name="Control room")).to_have_count(0)
        gergely.page.goto(f"{demo.server.url}{OTHER_ROOM}control/")
        expect(gergely.page.get_by_text("Moderating as Gergely Csatari")).to_be_visible()

    play(scene)


def test_outsider_is_sent_to_sign_in_and_an_attendee_is_an_outsider(play, demo):
    def scene(stage: Stage) -> None:
        attendee = stage.attendee()
        attendee.page.goto(f"{demo.server.url}{ROOM}control/")
        expect(attendee.page).to_have_url(re.compile(f"/sign-in/.next={ROOM}control/"))
        expect(attendee.page.get_by_role("heading", name="Sign in")).to_be_visible()
        attendee.page.get_by_label("User name").fill("john-garbutt")
        attendee.page.get_by_label("Password").fill("guessed")
        attendee.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(attendee.page.locator("#form-error")).to_be_visible()

    play(scene)


def test_sign_in_link_works_once_and_says_so(play, demo):
    def scene(stage: Stage) -> None:
        link = demo.sign_in_path(GERGELY)
        reader = stage.open(link, known="status of 404")  # a mail scanner looks at it first
        page = stage.open(link)
        page.get_by_role("button", name="Sign in as Gergely Csatari").click()
        expect(page).to_have_url(re.compile("/control/"))
        reader.get_by_role("button", name="Sign in as Gergely Csatari").click()
        expect(reader.get_by_role("heading", name="This link has been used")).to_be_visible()

    play(scene)


def test_session_that_ends_while_somebody_votes_keeps_what_was_counted(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(QUESTION, "here", "there", visibility="always")
        john, attendee, late = stage.moderator(), stage.attendee(), stage.attendee()
        attendee.vote("here")
        attendee.has_voted("here")
        late.choose("there")
        john.page.get_by_role("button", name="End the session").click()
        for one in (attendee, late):
            expect(one.page.locator("header [data-session-state]")).to_have_text("Over")
            expect(one.poll.locator("[data-note]")).to_have_text("Voting is closed.")
            expect(one.vote_button).to_have_count(0)
            one.shows({"here": 1, "there": 0})
        assert demo.figures(poll) == {"here": 1, "there": 0}
        again = Attendee(stage.open())
        again.shows({"here": 1, "there": 0})  # afterwards the room is its own record

    play(scene)


def test_display_shows_the_screen_until_its_link_is_revoked(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(path=f"{ROOM}control/team/").page
        john.get_by_label("Display name").fill("Hall B")
        john.get_by_role("button", name="Create display link").click()
        address = john.locator("[role=status] a").inner_text()
        display = stage.open(
            address.removeprefix(demo.server.url), known="status of 404|4403|WebSocket", **SCREEN
        )
        expect(display.locator("[data-calm-now]")).to_be_visible()
        demo.launch(QUESTION, "yes", "no")
        expect(display.get_by_role("heading", name=QUESTION)).to_be_visible()
        john.goto(f"{demo.server.url}{ROOM}control/team/")
        john.get_by_role("button", name="Revoke : Hall B").click()
        expect(display.get_by_text("This display link no longer works.")).to_be_visible()

    play(scene)
