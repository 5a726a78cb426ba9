"""Questions in real browsers: asked by keyboard, upvoted with a tap, read without jumps, kept in the control room."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.demo import EVENT, ROOM, Demo
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import DESKTOP, is_accessible, seen

PART = "?tab=questions"
QUEUE = f"{ROOM}control/questions/"
FIRST, SECOND, THIRD = "How do you upgrade?", "Who runs disposable clusters?", "Where does Metal3 fit?"


class Crowd:
    """Programs that ask and vote."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.path = f"sessions/{demo.session['id']}/questions/"

    def ask(self, text: str, votes: int = 0, **given: str) -> str:
        with self.demo.attendee() as asker:
            answer = asker.post(self.path, json={"text": text, **given})
            assert answer.is_success, answer.text
        for _ in range(votes):
            self.vote(answer.json()["id"])
        return str(answer.json()["id"])

    def vote(self, question: str) -> None:
        with self.demo.attendee() as voter:
            assert voter.put(f"questions/{question}/upvote/").is_success

    def move(self, question: str, state: str, **given: str) -> None:
        self.demo.ask("PUT", f"questions/{question}/state/", state=state, **given)

    def all(self) -> list[dict[str, Any]]:
        questions, path = [], self.path
        while path:
            part = self.demo.ask("GET", path)
            questions += part["results"]
            path = (part["next"] or "").partition("/api/v1/")[2]
        return questions

    def flood(self, number: int) -> None:
        """Have many questions in the database, as somebody who wrote a program would."""
        self.demo.server.manage(
            "shell",
            "-c",
            "from django.utils import timezone\n"
            "from sessions.questions.models import Question\n"
            f"rows = [Question(session_id={self.demo.session['id']}, text=f'Buy {{n}}?', asked_at=timezone.now(),"
            f" version=1) for n in range({number})]\n"
            "Question.objects.bulk_create(rows)",
        )

    def dismiss_flood(self) -> None:
        self.demo.ask("POST", f"{self.path}dismissals/", which="unvoted")

    def clear(self) -> None:
        for question in self.all():
            if question["state"] == "answered":
                self.move(question["id"], "open")
            if question["state"] != "dismissed":
                self.move(question["id"], "dismissed")
        self.demo.ask("PATCH", f"{self.path}rules/", moderated=False, named=True)


@pytest.fixture
def crowd(demo: Demo) -> Crowd:
    made = Crowd(demo)
    made.clear()
    return made


def room(stage: Stage, **options: Any) -> Page:
    """The questions of the room, on the phone of somebody who joined."""
    page = stage.attendee(**options).page
    page.goto(stage.demo.server.url + ROOM + PART)
    return page


def said(page: Page) -> list[str]:
    return page.locator("[data-open-list] [data-said]").all_inner_texts()


def row(page: Page, text: str) -> Locator:
    return page.locator("[data-asked]", has_text=text).first


def test_order_stays_while_one_reads_and_is_new_when_one_comes_back(play, crowd):
    first, second = crowd.ask(FIRST, votes=1), crowd.ask(SECOND)

    def scene(stage: Stage) -> None:
        page = room(stage)
        expect(row(page, FIRST)).to_be_visible()
        assert said(page) == [FIRST, SECOND]
        row(page, SECOND).locator("[data-up]").click()
        for _ in range(2):
            crowd.vote(second)
        crowd.ask(THIRD)
        expect(row(page, SECOND).locator("[data-votes]")).to_have_text("3")
        expect(row(page, THIRD)).to_be_visible()
        assert said(page) == [FIRST, SECOND, THIRD]  # nothing moved under the reader
        page.locator("[data-tab=poll]").click()
        page.locator("[data-tab=questions]").click()
        assert said(page) == [SECOND, FIRST, THIRD]
        page.get_by_role("link", name="Oldest first").click()
        assert said(page) == [FIRST, SECOND, THIRD]
        crowd.move(first, "on_air")
        expect(page.locator("[data-on-air-part]")).to_contain_text(FIRST)
        assert said(page) == [SECOND, THIRD]

    play(scene)


def test_question_is_asked_voted_for_changed_and_withdrawn_by_keyboard_alone(play, crowd):
    crowd.ask(SECOND)

    def scene(stage: Stage) -> None:
        author, reader = room(stage), room(stage)
        author.locator("#asking summary").focus()
        author.keyboard.press("Enter")
        expect(author.locator("#ask-text")).to_be_focused()
        author.keyboard.type("Who runs disposable cluster?")
        expect(author.locator("#asking [data-similar-list]")).to_contain_text(SECOND)
        author.locator("#ask-text").fill(FIRST)
        author.locator("#ask-button").focus()
        author.keyboard.press("Enter")
        expect(row(author, FIRST)).to_contain_text("Your question")
        up = row(reader, FIRST).locator("[data-up]")
        expect(up).to_have_accessible_name("Upvote, 0 votes")
        for pressed, name in (("true", "Upvote, 1 vote"), ("false", "Upvote, 0 votes")):
            up.focus()
            reader.keyboard.press("Space")
            expect(up).to_have_attribute("aria-pressed", pressed)
            expect(up).to_have_accessible_name(name)
            expect(row(author, FIRST).locator("[data-up]")).to_have_accessible_name(
                name.replace("Upvote", "Your question")
            )
        row(author, FIRST).get_by_text("Change it").focus()
        author.keyboard.press("Enter")
        row(author, FIRST).get_by_role("textbox").fill(THIRD)
        row(author, FIRST).get_by_role("button", name="Save").press("Enter")
        expect(row(reader, THIRD)).to_be_visible()
        row(author, THIRD).get_by_role("button", name="Withdraw").press("Enter")
        expect(row(reader, THIRD)).to_have_count(0)

    play(scene)


def test_what_is_typed_survives_a_refusal_a_reload_and_news(play, crowd):
    def scene(stage: Stage) -> None:
        page = room(stage)
        page.locator("#asking summary").click()
        page.locator("#ask-text").fill(FIRST)
        crowd.ask(SECOND)
        expect(row(page, SECOND)).to_be_visible()
        expect(page.locator("#ask-text")).to_have_value(FIRST)
        page.reload()
        expect(page.locator("#ask-text")).to_have_value(FIRST)
        crowd.demo.set_session("over")
        page.locator("#ask-text").evaluate("(field) => field.form.requestSubmit()")
        expect(page.locator("#ask-error [data-ask-error-text]")).to_have_text(
            re.compile("This session is over")
        )
        expect(page.locator("#ask-text")).to_have_value(FIRST)
        crowd.demo.set_session("live")

    play(scene)


def test_queue_is_kept_by_keys_and_every_screen_follows(play, crowd):
    crowd.ask(FIRST, votes=2)
    crowd.ask(SECOND)

    def scene(stage: Stage) -> None:
        control, screen, reader = stage.moderator().page, stage.screen().page, room(stage)
        for page in (control, screen):
            stage.is_live(page)
        control.keyboard.press("w")
        expect(screen.locator("h1")).to_have_text(FIRST)
        expect(screen.locator("[data-asked-by]")).to_have_text("Anonymous, 2 votes")
        expect(reader.locator("[data-on-air-part]")).to_contain_text(FIRST)
        expect(control.locator("[data-undo][data-state=on_air]")).to_be_visible()
        control.keyboard.press("u")
        expect(reader.locator("[data-on-air-part]")).to_be_hidden()
        expect(control.locator("[data-key=w]").first).to_contain_text(FIRST)
        control.keyboard.press("w")
        expect(control.locator("[data-region=queue]")).to_contain_text("Being answered")
        control.keyboard.press("d")
        expect(reader.locator("[data-answered-count]")).to_have_text("1")
        expect(screen.locator("h1")).not_to_have_text(FIRST)

    play(scene)


def test_helper_approves_and_nobody_sees_it_before(play, crowd):
    crowd.demo.ask("PATCH", f"{crowd.path}rules/", moderated=True)

    def scene(stage: Stage) -> None:
        reader = room(stage)
        queue = stage.moderator(path=QUEUE).page
        stage.is_live(queue)
        pk = crowd.ask("May I ask this?")
        approve = queue.get_by_role("button", name=re.compile("^Approve.*May I ask this"))
        expect(approve).to_be_visible()
        assert "May I ask this?" not in reader.content()
        approve.press("Enter")  # notices of what was done before may lie over it
        expect(row(reader, "May I ask this?")).to_be_visible()
        crowd.vote(pk)
        expect(row(reader, "May I ask this?").locator("[data-votes]")).to_have_text("1")

    play(scene)


def test_questions_are_accessible(play, crowd):
    """The room with a question on air, open, answered and one's own; the queue, its form, and the event's page."""
    for text, state in ((FIRST, "on_air"), (SECOND, "answered")):
        crowd.move(crowd.ask(text, votes=1), state)
    pk = crowd.ask(THIRD, votes=1, name="Kenji")

    def scene(stage: Stage) -> None:
        page = room(stage)
        page.locator("#asking summary").click()
        page.locator("#answered summary").click()
        is_accessible(page)
        page.locator("#ask-text").fill("Where does Metal3 fit here?")
        expect(page.locator("#asking [data-similar-list] a")).to_be_visible()
        assert seen(page, DESKTOP, "light") == []  # on a phone the hint may rest half under the tabs
        is_accessible(stage.moderator(path=QUEUE).page)
        is_accessible(stage.moderator(path=f"{QUEUE}{pk}/").page)
        is_accessible(stage.open(f"{EVENT}questions/"))
        is_accessible(stage.screen().page, is_a_picture=True)

    play(scene)


def test_demo_holds_its_two_answered_questions(play):
    def scene(stage: Stage) -> None:
        page = stage.open(f"{EVENT}questions/", java_script_enabled=False)
        texts = page.locator("h3.said").all_inner_texts()
        assert len(texts) >= 2
        assert "data stream" in texts[0]
        assert "virtual machines" in texts[1]

    play(scene)


def test_equal_votes_stand_in_one_order_everywhere_and_the_key_takes_the_top_one(play, demo, crowd):
    texts = [f"Which of eight bridges is number {number}?" for number in range(8)]

    def scene(stage: Stage) -> None:
        for text in texts:
            crowd.ask(text)
        path = f"sessions/{demo.session['id']}/run-sheet/"
        item = demo.ask("POST", f"{path}items/", items=[{"kind": "questions"}])["items"][-1]
        demo.ask("PUT", f"{path}running/", item=item["id"])
        screen, attendee = stage.screen().page, room(stage)
        expect(screen.locator("[data-rows] > [data-option]")).to_have_count(5)
        control = stage.moderator()
        stage.is_live(control.page)
        queue = control.page.locator("[data-queue-open]").first
        for _ in range(2):  # as the server wrote it, and after votes made the script sort
            assert queue.locator(".said").all_inner_texts() == texts
            assert screen.locator("[data-rows] [data-option-text]").all_inner_texts() == texts[:5]
            assert attendee.locator("[data-open-list] [data-said]").all_inner_texts() == texts
            crowd.vote(crowd.all()[-8]["id"])
            expect(queue.locator("[data-votes-of]").first).not_to_have_text("0")
        control.page.locator("h1").click()
        control.page.keyboard.press("w")
        expect(screen.locator("[data-question]")).to_have_text(texts[0])

    play(scene)


def test_page_that_shows_more_than_a_snapshot_carries_goes_on_showing_it(play, crowd):
    """ "Show more" is a link: who follows it before the first snapshot gets a page with more rows than that."""

    def scene(stage: Stage) -> None:
        crowd.flood(130)
        page = stage.attendee().page
        page.goto(f"{stage.demo.server.url}{ROOM}{PART}&shown=140")
        stage.is_live(page)
        rows = page.locator("[data-open-list] > li")
        crowd.ask(FIRST)  # once this was heard, the snapshot was
        expect(row(page, FIRST)).to_be_visible()
        expect(rows).to_have_count(131)
        expect(page.locator("[data-open-count]")).to_have_text("131")
        crowd.dismiss_flood()

    play(scene)


def test_long_list_is_shown_in_parts_and_dismissed_by_ticks_that_news_leave_alone(play, crowd):
    def hour(stage: Stage) -> None:
        crowd.flood(130)
        page = room(stage)
        rows = page.locator("[data-open-list] > li")
        expect(rows).to_have_count(40)
        expect(page.locator("[data-open-count]")).to_have_text("130")
        more = page.locator("[data-more-of=open]")
        more.locator("a").click()
        expect(rows).to_have_count(130)
        expect(more).to_be_hidden()
        queue = stage.moderator().page
        queue.goto(stage.demo.server.url + QUEUE)
        boxes = queue.locator("[data-keeps-tick]")
        expect(boxes).to_have_count(40)
        for text in ("Buy 1?", "Buy 2?"):
            queue.get_by_role("checkbox", name=text).check()
        crowd.ask(FIRST, votes=1)  # the list is fetched anew, with the new one on top
        expect(queue.locator("[data-queue-item]").first).to_contain_text(FIRST)
        expect(queue.locator("[data-keeps-tick]:checked")).to_have_count(2)
        queue.get_by_text("Dismiss several questions").click()
        queue.get_by_role("button", name="Dismiss selected questions").click()
        expect(queue.get_by_text("2 questions were dismissed at once.")).to_be_visible()
        expect(page.locator("[data-open-count]")).to_have_text("129")
        queue.get_by_role("button", name="Restore 2 questions").click()
        expect(page.locator("[data-open-count]")).to_have_text("131")
        assert "Buy 1?" in said(page)
        crowd.dismiss_flood()
        expect(rows).to_have_count(1)

    play(hour)
