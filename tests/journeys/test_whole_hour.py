"""The demo session from its welcome to its end, played through the control room with the keyboard alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo import EVENT, ROOM, Demo
from tests.journeys.stage import Attendee, Moderator, Screen, Stage

CROWD = 50
CHOICES = [n % 5 for n in range(CROWD)]  # of the first poll; the second has an option more
WELCOME = "Welcome, and what part one left open"
FIRST = "Where do OpenStack and Kubernetes meet in what you run?"
SECOND = "Disposable or long-lived clusters: how do they change the way you use both together?"
LAST = "Which integration was the hardest, and how did you solve it?"
TODAY, CREATE = (
    "Where are you with OpenStack and Kubernetes today?",
    "What do you use to create Kubernetes clusters on OpenStack?",
)
FOLLOW_UP, GOODBYE = "Performance and accelerators between Kubernetes and OpenStack", "Thank everybody"
ASKED = ("How do you upgrade long-lived clusters?", "Does Magnum still fit many short-lived clusters?")
JOHN = "John Garbutt"
# What the timeline says afterwards: the deed, how its title begins, and who did it ("" what followed by itself).
SCRIPT = [
    ("item.started", WELCOME, JOHN),
    ("item.started", FIRST, JOHN),
    ("item.set_back", FIRST, JOHN),
    ("item.started", FIRST, JOHN),
    ("item.started", TODAY, JOHN),
    ("poll.launched", TODAY, JOHN),
    ("poll.closed", TODAY, JOHN),
    ("poll.published", TODAY, JOHN),
    ("item.started", CREATE, JOHN),
    ("poll.launched", CREATE, JOHN),
    ("poll.closed", CREATE, JOHN),
    ("item.started", SECOND, JOHN),
    ("item.started", "Questions", JOHN),
    ("question.on_air", ASKED[0], JOHN),
    ("question.answered", ASKED[0], JOHN),
    ("item.started", LAST, JOHN),
    ("item.started", FOLLOW_UP, JOHN),
    ("line.opened", FOLLOW_UP, JOHN),
    ("item.started", GOODBYE, JOHN),
    ("session.ended", "", JOHN),
]


class Hour:
    """The three browsers, and the crowd that votes, asks and signs up as programs."""

    def __init__(self, stage: Stage, demo: Demo) -> None:
        self.demo = demo
        self.john: Moderator = stage.moderator()
        self.phone: Attendee = stage.attendee(reduced_motion="reduce")
        self.screen: Screen = stage.screen()
        stage.is_live(self.john.page)
        with ThreadPoolExecutor(4) as pool:
            self.crowd = list(pool.map(lambda n: demo.attendee(name=f"Guest {n}"), range(CROWD)))
        for one in self.crowd:
            stage.doors.enter_context(one)

    def press(self, key: str) -> None:
        """One key, on the control room as it is: nothing is clicked, nothing has to be focused first."""
        self.john.page.keyboard.press(key)

    def go_on_to(self, title: str) -> None:
        self.press("n")
        self.runs(title)

    def runs(self, title: str) -> None:
        """Whoever goes on before the plan says so is told that somebody else was quicker."""
        expect(self.john.page.locator("[data-run-item][data-running]")).to_contain_text(title)

    def everybody_sees(self, title: str) -> None:
        expect(self.phone.page.locator("[data-running-text]")).to_have_text(title)
        expect(self.screen.page.locator("[data-question]")).to_have_text(title)

    def each(self, method: str, path: str, bodies: list[dict[str, Any]]) -> None:
        """One request of each of the crowd."""
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda one, body: one.request(method, path, json=body), self.crowd, bodies)
            assert all(answer.is_success for answer in answers)

    def everybody_votes(self, title: str) -> None:
        """The poll is launched by its turn, and everybody votes, the phone too."""
        self.go_on_to(title)
        expect(self.screen.page.locator("[data-question]")).to_have_text(title)
        poll = self.demo.on_air()
        ids = [option["id"] for option in poll["options"]]
        self.each("PUT", f"polls/{poll['id']}/ballot/", [{"options": [ids[n]]} for n in CHOICES])
        self.phone.vote(poll["options"][0]["text"])
        expect(self.john.page.locator("#stage-body [data-ballots]")).to_have_text(str(CROWD + 1))

    def poll_is_closed_and_published(self) -> None:
        """Each with its key."""
        self.press("c")
        expect(self.john.deck.get_by_role("button", name="Publish results")).to_be_visible()
        self.press("p")
        expect(self.john.deck.locator("#do-deck-run-next")).to_be_visible()  # the big button again
        expect(self.screen.page.locator("[data-ballots]").first).to_have_text(str(CROWD + 1))


def row_of(page: Page, text: str) -> Any:
    return page.locator("[data-asked]", has_text=text)


def timeline_of(demo: Demo) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = demo.ask("GET", f"sessions/{demo.session['id']}/timeline/")["results"]
    return results


@pytest.mark.slow
def test_whole_session_is_played_by_keyboard_and_its_timeline_is_the_script(play_first_night, first_night):
    def scene(stage: Stage) -> None:
        hour = Hour(stage, first_night)
        hour.go_on_to(WELCOME)
        expect(hour.phone.page.locator("[data-running]")).to_be_hidden()  # a note is the moderators' own
        hour.go_on_to(FIRST)
        hour.everybody_sees(FIRST)
        hour.press("u")
        hour.runs(WELCOME)
        expect(hour.phone.page.locator("[data-running]")).to_be_hidden()
        hour.go_on_to(FIRST)
        hour.everybody_sees(FIRST)
        hour.everybody_votes(TODAY)
        hour.poll_is_closed_and_published()
        hour.everybody_votes(CREATE)
        hour.press("g")  # closes it, and goes on
        hour.runs(SECOND)
        hour.everybody_sees(SECOND)
        hour.go_on_to("Questions")
        questions_are_answered(hour)
        hour.go_on_to(LAST)
        hour.everybody_sees(LAST)
        hour.go_on_to(FOLLOW_UP)
        people_sign_up(hour)
        hour.go_on_to(GOODBYE)
        hour.press("e")
        hour.press("Enter")
        room_is_its_record(stage, hour)

    before = len(timeline_of(first_night))
    play_first_night(scene, seconds=150)
    told = [(one["verb"], one["title"], one["actor"]) for one in timeline_of(first_night)[before:]]
    begun = [(verb, next((t for v, t, _a in SCRIPT if v == verb and title.startswith(t)), title), actor)
             for verb, title, actor in told]  # fmt: skip
    assert begun == SCRIPT


def questions_are_answered(hour: Hour) -> None:
    """Two are asked, one is wanted by everybody, goes on air, and is answered."""
    for asker, text in zip(hour.crowd, ASKED, strict=False):
        path = f"sessions/{hour.demo.session['id']}/questions/"
        assert asker.post(path, json={"text": text}).is_success
    first = next(
        one
        for one in hour.demo.ask("GET", f"sessions/{hour.demo.session['id']}/questions/")["results"]
        if one["text"] == ASKED[0]
    )
    for voter in hour.crowd[1:6]:
        assert voter.put(f"questions/{first['id']}/upvote/").is_success
    expect(hour.phone.page.locator("body")).to_have_attribute("data-open-part", "questions")
    row_of(hour.phone.page, ASKED[0]).locator("[data-up]").click()
    expect(hour.screen.page.locator("[data-rows] > li").first).to_contain_text(ASKED[0])
    expect(hour.screen.page.locator("[data-rows] > li").first.locator("[data-place]")).to_have_text("6")
    expect(hour.john.page.locator("[data-queue-open] > li").first).to_contain_text(ASKED[0])  # by votes
    hour.press("w")
    expect(hour.screen.page.locator("[data-question]")).to_have_text(ASKED[0])
    expect(hour.phone.page.locator("[data-on-air-part]")).to_contain_text(ASKED[0])
    expect(hour.john.page.get_by_role("button", name="Done")).to_be_visible()
    hour.press("d")
    expect(hour.phone.page.locator("[data-answered-part]")).to_be_visible()


def people_sign_up(hour: Hour) -> None:
    """The line opens with its item; the screen counts the names."""
    expect(hour.screen.page.locator("[data-question]")).to_have_text(FOLLOW_UP)
    expect(hour.phone.page.locator("body")).to_have_attribute("data-open-part", "follow-ups")
    lines = hour.demo.ask("GET", f"sessions/{hour.demo.session['id']}/sign-up-lines/")["results"]
    hour.each("POST", f"sign-up-lines/{lines[0]['id']}/sign-ups/", [{}] * CROWD)
    expect(hour.screen.page.locator("[data-asked-by]")).to_contain_text(f"{CROWD} names")


def room_is_its_record(stage: Stage, hour: Hour) -> None:
    """After the end the room says what was asked, answered, and where to go on, with script and without."""
    expect(hour.phone.page.locator("body")).to_have_attribute("data-session-now", "over")
    expect(hour.phone.page.locator("[data-running]")).to_be_hidden()
    for page in (hour.phone.page, stage.open(ROOM), stage.open(ROOM, java_script_enabled=False)):
        if page is hour.phone.page:
            page.get_by_role("link", name="Record").click()
        asked = page.locator("[data-stage] :is([data-question], [data-prompt-text])")
        expect(asked).to_contain_text([TODAY, CREATE, FIRST, TODAY, CREATE, SECOND, LAST])
        for title in (TODAY, CREATE):
            card = page.locator("[data-stage] [data-poll]", has_text=title).last
            expect(card).to_contain_text(str(CROWD + 1))
        page.goto(page.url.partition("?")[0] + "?tab=questions")
        expect(page.locator("[data-answered-list]")).to_contain_text(ASKED[0])
        page.goto(page.url.partition("?")[0] + "?tab=follow-ups")
        expect(page.locator("[data-lines]")).to_contain_text(FOLLOW_UP)
    page.goto(f"{hour.demo.server.url}{EVENT}questions/")
    expect(page.locator("main")).to_contain_text(ASKED[0])
