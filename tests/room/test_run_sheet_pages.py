"""The run sheet without script: written, run and taken back in the control room, shown in the room and on screen."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls.models import Poll
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Event, Session
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import sheet_with_items
from tests.factories import make_line, make_moderator, make_poll, make_question, make_session
from tests.room.pages import at, code_of, followed, text_of

pytestmark = pytest.mark.django_db
SECRET = "A-secret-of-the-plan"
PLAN = f"""\
Prompt: What images do you build? (5)
Note: {SECRET} for us (2)
Questions (10)
Follow-up: Keep talking (3)
Poll: Which one? / {SECRET}-a / b (4)
Prompt: {SECRET} for later
"""


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session, "Gergely Csatari"))


@pytest.fixture
def plan(desk, session):
    followed(desk, desk.post(at(session, "control-run-paste"), {"lines": PLAN}))
    return sheet_with_items(session.pk).items


def go_on(desk, session):
    seen = sheet_with_items(session.pk).sheet.running_id or ""
    return text_of(followed(desk, desk.post(at(session, "control-run-next"), {"seen": seen})))


def item_at(item, name="control-run-item"):
    return item.session.address(name, item=item.pk)


def texts(session):
    return [item.text for item in sheet_with_items(session.pk).items]


def test_items_are_added_changed_moved_and_removed_by_forms(desk, session):
    draft, line = make_poll(session, state="draft", question="Where?"), make_line(session, "Networking")
    add = at(session, "control-run-add")
    for form in (
        {"kind": "prompt", "text": "Why?", "minutes": "5"},
        {"kind": "poll", "text": "", "poll": draft.pk},
        {"kind": "poll", "text": "Which? / a / b", "poll": ""},
        {"kind": "line", "text": "Networking", "line": line.pk, "minutes": ""},
        {"kind": "questions", "text": ""},
    ):
        page = text_of(followed(desk, desk.post(add, form)))
    items = sheet_with_items(session.pk).items
    assert [(item.kind, item.text, item.minutes) for item in items] == [
        ("prompt", "Why?", 5), ("poll", "Where?", 0), ("poll", "Which?", 0), ("line", "Networking", 0),
        ("questions", "", 0),
    ]  # fmt: skip
    assert (items[1].subject, items[3].subject) == (draft.pk, line.pk)
    assert f"remove-{items[4].pk}" in page
    first = items[0]
    desk.post(item_at(first), {"do": "down"})
    assert texts(session)[:2] == ["Where?", "Why?"]
    for do, place in (("place", {"position": "5"}), ("down", {}), ("up", {})):
        desk.post(item_at(first), {"do": do, **place})
    assert texts(session) == ["Where?", "Which?", "Networking", "Why?", ""]
    desk.post(item_at(first), {"do": "save", f"text-{first.pk}": "Why not?", f"minutes-{first.pk}": "7"})
    desk.post(item_at(items[1]), {"do": "remove"})
    assert texts(session) == ["Which?", "Networking", "Why not?", ""]
    assert desk.post(item_at(first), {"do": "dance"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "form", "code", "kept"),
    [
        ("control-run-add", {"kind": "prompt", "text": "x" * 301, "minutes": "5"}, "malformed", "x" * 301),
        ("control-run-add", {"kind": "poll", "text": "No options"}, "bad_line", "No options"),
        ("control-run-add", {"kind": "prompt", "text": "Why?", "minutes": "a few"}, "malformed", "a few"),
        ("control-run-paste", {"lines": "Prompt: Why?\nPoll: No options"}, "bad_line", "Poll: No options"),
        ("control-run-paste", {"lines": " "}, "malformed", ""),
    ],
)
def test_refused_form_keeps_what_was_typed_and_adds_nothing(desk, session, name, form, code, kept):
    answer = desk.post(at(session, name), form)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert kept in text_of(answer)
    assert texts(session) == []


def test_change_that_is_refused_keeps_what_was_typed_in_its_row(desk, session, plan):
    answer = desk.post(
        item_at(plan[0]), {"do": "save", f"text-{plan[0].pk}": " ", f"minutes-{plan[0].pk}": "5x"}
    )
    assert (answer.status_code, code_of(answer)) == (400, "malformed")
    assert 'value="5x"' in text_of(answer)
    assert texts(session)[0] == "What images do you build?"


def test_steps_show_the_room_and_the_screen_what_runs_and_nothing_of_the_plan(
    desk, browser_of, session, plan, ada
):
    def seen_by_others():
        pages = [text_of(browser_of(ada).get(at(session))), text_of(browser_of().get(at(session, "screen")))]
        assert not any(SECRET in page for page in pages)
        return pages

    make_question(session, "Who runs this in production?")
    seen_by_others()
    page = go_on(desk, session)
    assert "<bdi>Gergely Csatari</bdi> moved on to: <bdi>What images do you build?</bdi>" in page
    for shown in seen_by_others():
        assert "What images do you build?" in shown
    assert "Only moderators see this note" in go_on(desk, session)
    for shown in seen_by_others():
        assert "What images do you build?" not in shown
    go_on(desk, session)
    room, screen = seen_by_others()
    assert 'data-open-part="questions"' in room
    assert "Who runs this in production?" in screen
    go_on(desk, session)
    room, screen = seen_by_others()
    assert 'data-open-part="follow-ups"' in room
    assert "Add your name on your phone. 0 names so far." in screen
    assert SignUpLine.objects.get(session=session).title == "Keep talking"
    assert "Live, voting open" in go_on(desk, session)
    assert Poll.objects.get(session=session).state == "live"
    assert 'data-open-part="poll"' in text_of(browser_of(ada).get(at(session)))


def test_poll_that_an_item_launches_stands_once_in_what_happened(desk, session, plan):
    for _ in plan[:5]:
        go_on(desk, session)
    page = text_of(desk.get(at(session, "control-timeline")))
    assert page.count("Which one?") == 1
    assert page.count("Keep talking") == 1
    assert page.count("What images do you build?") == 1


def test_step_is_refused_to_who_saw_another_item_and_taken_back_by_its_button(desk, session, plan):
    go_on(desk, session)
    late = desk.post(at(session, "control-run-next"), {"seen": ""})
    assert (late.status_code, code_of(late)) == (409, "changed_meanwhile")
    page = text_of(followed(desk, desk.post(at(session, "control-run-undo"))))
    assert "Nothing on air" in page
    assert sheet_with_items(session.pk).running is None
    followed(desk, desk.post(item_at(plan[2], "control-run-go"), {"seen": ""}))
    assert sheet_with_items(session.pk).running == plan[2]
    assert code_of(desk.post(item_at(plan[2]), {"do": "remove"})) == "item_is_running"


def test_plan_and_its_steps_are_for_moderators(browser_of, session, plan):
    outsider = browser_of(user=make_moderator(make_session(session.event)))
    posts = [at(session, f"control-run-{name}") for name in ("next", "undo", "add", "paste")]
    for address in (*posts, item_at(plan[0]), item_at(plan[0], "control-run-go")):
        answer = outsider.post(address, {"do": "remove", "lines": "x", "kind": "note", "text": "x"})
        assert (answer.status_code, code_of(answer)) == (403, "not_moderator"), address
    assert code_of(outsider.get(at(session, "control-run-sheet"))) == "not_moderator"
    assert "/sign-in/" in browser_of().get(at(session, "control-run-sheet")).headers["Location"]
    assert RunSheetItem.objects.filter(session=session).count() == len(plan)


def test_item_of_another_session_is_not_found(desk, session):
    other = make_session(session.event)
    item = RunSheetItem.objects.create(session=other, position=1, kind="note", text="Theirs")
    for name in ("control-run-item", "control-run-go"):
        assert desk.post(session.address(name, item=item.pk), {"do": "remove"}).status_code == 404


def test_control_room_asks_no_more_for_a_long_plan(desk, session):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            desk.get(at(session, "control"))
        return len(asked)

    desk.post(at(session, "control-run-paste"), {"lines": "Prompt: Why?"})
    few = queries()
    desk.post(at(session, "control-run-paste"), {"lines": "Prompt: Why?\n" * 20})
    assert queries() == few


def test_room_that_is_over_lists_the_prompts_among_the_polls_by_the_events_clock(
    desk, browser_of, session, plan
):
    Event.objects.filter(pk=session.event_id).update(time_zone="Asia/Kathmandu")
    for _item in plan[:5]:
        go_on(desk, session)
    begun = RunSheetItem.objects.get(pk=plan[0].pk).started_at
    for seconds, asked in ((-60, "What did you build last?"), (60, "And next?")):
        make_poll(session, state="published", question=asked, now=begun + timedelta(seconds=seconds))
    desk.post(at(session, "control-session-state"), {"state": "over"})
    page = text_of(browser_of().get(at(session)))
    asked = ("What did you build last?", "What images do you build?", "And next?")
    places = [page.index(f">{text}</h2>") for text in asked]
    assert places == sorted(places)
    assert f"{SECRET} for" not in page
    local = begun.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert f">{local:%H:%M}</time>" in page
    assert "Times are in Asia/Kathmandu." in page
    assert f">{local:%H:%M:%S}</time>" in text_of(desk.get(at(session, "control-timeline")))
    begins = session.starts_at.astimezone(ZoneInfo("Asia/Kathmandu"))
    Session.objects.filter(pk=session.pk).update(runs_by_clock=True)
    assert f"{begins:%H:%M} and ends" in text_of(desk.get(at(session, "control-run-sheet")))


def test_control_room_says_what_a_step_does_to_the_poll_that_is_live(desk, session):
    live = make_poll(session, question="Where are you?", visibility="always")
    text = "Prompt: What next?\nPoll: Which one? / a / b"
    followed(desk, desk.post(at(session, "control-run-paste"), {"lines": text}))
    page = go_on(desk, session)
    assert "Close and continue" in page
    assert "Next, leave it open" in page
    assert "Now: <strong><bdi>What next?</bdi></strong>" in page
    page = go_on(desk, session)
    assert "Poll 1 is also open: <strong><bdi>Where are you?</bdi></strong>" in page
    assert f'href="?poll={live.pk}#stage">Go to Poll 1<' in page
    second = Poll.objects.exclude(pk=live.pk).get(session=session)
    followed(desk, desk.post(at(session, "control-run-undo")))
    seen = sheet_with_items(session.pk).sheet.running_id
    form = {"seen": seen, "close": live.pk}
    page = text_of(followed(desk, desk.post(at(session, "control-run-next"), form)))
    assert "<bdi>Gergely Csatari</bdi> closed Poll 1 and moved on to: <bdi>Which one?</bdi>" in page
    assert page.count('data-key="u"') == 1
    page = text_of(followed(desk, desk.post(at(session, "control-run-undo"))))
    states = [Poll.objects.get(pk=poll.pk).state for poll in (live, second)]
    assert (states, "is also open" in page) == (["live", "draft"], False)
