"""A run sheet is planned, run item by item, and taken back: one step for whoever presses, by moderators alone."""

from datetime import timedelta

import pytest
from django.utils import translation

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.text import time_text
from opendev.room.pasting import read_plan_line
from opendev.room.run_sheets import add_items, go_on, go_to, paste_plan, polls_of_step, step_back
from opendev.room.services import set_session_state
from polls.models import Poll
from polls.services import set_poll_state
from sessions.follow_ups.models import SignUpLine
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.selectors import sheet_with_items
from sessions.run_sheet.serializers import run_sheet_json, running_json
from sessions.run_sheet.services.plan import edit_item, remove_item
from sessions.timeline.selectors import timeline_of
from tests.factories import NOW, make_attendee, make_moderator, make_poll, make_session, record, vote_for
from tests.factories.sessions import make_user

PLAN = """\
Opening prompt: What images do you build? (5)
Poll: Where are you today? / Trying it out / In production (4 min)

- Questions (10)
Follow-up: Networking API for Kubernetes (3)
Hand over to part three
"""


def after(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def session(db):
    return make_session()


@pytest.fixture
def caller(session):
    return Caller(user_id=make_moderator(session, "Gergely Csatari").pk)


@pytest.fixture
def plan(session, caller):
    """The items of a pasted plan."""
    return paste_plan(session_id=session.pk, caller=caller, text=PLAN, now=NOW).items


def refused(work, **given):
    with pytest.raises(DomainError) as refusal:
        work(**given)
    return refusal.value.code


def running_of(session):
    return running_json(sheet_with_items(session.pk))["item"]


def texts_of(session):
    return [item.text for item in sheet_with_items(session.pk).items]


@pytest.mark.parametrize(
    ("line", "kind", "text", "minutes"),
    [
        ("Prompt：你们在哪里运行？（5）", "prompt", "你们在哪里运行？", 5),
        ("Follow-up：网络 （3 min）", "line", "网络", 3),
        ("会议：下一步（2）", "note", "会议：下一步", 2),
    ],
)
def test_colons_and_brackets_of_other_keyboards_are_read(line, kind, text, minutes):
    assert read_plan_line(line) == {"kind": kind, "text": text, "minutes": minutes}


def test_pasted_plan_has_an_item_a_line_and_drafts_of_its_polls(session, plan):
    assert [(item.kind, item.text, item.minutes) for item in plan] == [
        ("prompt", "What images do you build?", 5),
        ("poll", "Where are you today?", 4),
        ("questions", "", 10),
        ("line", "Networking API for Kubernetes", 3),
        ("note", "Hand over to part three", 0),
    ]
    poll = Poll.objects.get(session=session)
    assert (poll.pk, poll.state, poll.options.count()) == (plan[1].subject, "draft", 2)


def test_pasted_poll_that_is_a_draft_already_is_that_draft(session, caller):
    draft = make_poll(session, state="draft", question="Which one?")
    found = paste_plan(session_id=session.pk, caller=caller, text="Poll: which one? (3)", now=NOW)
    assert (found.items[0].subject, found.items[0].minutes) == (draft.pk, 3)


def test_plan_with_one_bad_line_is_refused_as_a_whole_and_names_the_line(session, caller):
    with pytest.raises(DomainError) as refusal:
        paste_plan(session_id=session.pk, caller=caller, text=f"{PLAN}Poll: Nothing to choose", now=NOW)
    assert refusal.value.code == "bad_line"
    assert "Nothing to choose" in refusal.value.fields["lines"]
    assert not RunSheetItem.objects.filter(session=session).exists()
    assert not Poll.objects.filter(session=session).exists()


def test_going_on_steps_through_the_plan_opening_what_each_item_is_about(session, caller, plan):
    poll = Poll.objects.get(session=session)
    seen, told = "", []
    for step in range(5):
        found = go_on(session_id=session.pk, caller=caller, seen=seen, now=after(60 * step))
        seen = str(found.running.pk)
        told.append(running_of(session))
    line = SignUpLine.objects.get(session=session)
    poll.refresh_from_db()
    assert (poll.state, line.title, line.state) == ("live", "Networking API for Kubernetes", "open")
    assert [item and (item["kind"], item["text"], item["line"]) for item in told] == [
        ("prompt", "What images do you build?", None),
        ("poll", "", None),
        ("questions", "", None),
        ("line", "Networking API for Kubernetes", str(line.pk)),
        None,  # a note is the moderators' own
    ]
    assert refused(go_on, session_id=session.pk, caller=caller, seen=seen, now=after(400)) == "no_next_item"
    assert [entry.verb for entry in timeline_of(session.pk)] == [
        "item.started", "item.started", "poll.launched", "item.started", "item.started", "line.opened", "item.started",
    ]  # fmt: skip


def test_timeline_names_an_item_without_words_in_the_language_of_the_place(session, caller, plan):
    with translation.override("de"):
        go_to(session_id=session.pk, caller=caller, item_id=plan[2].pk, seen="", now=NOW)
    assert [entry.title for entry in timeline_of(session.pk)] == ["Questions"]


def prompts_of(session):
    return [
        (prompt["text"], prompt["shown_at"])
        for prompt in running_json(sheet_with_items(session.pk))["prompts"]
    ]


def test_prompts_that_were_shown_stay_told_in_the_order_of_the_hour(session, caller):
    plan = "Prompt: Last?\nPrompt: First?\nNote: Ours\nPrompt: Never"
    last, first, _note, never = paste_plan(session_id=session.pk, caller=caller, text=plan, now=NOW).items

    def go(item, seconds):
        go_to(session_id=session.pk, item_id=item.pk, caller=caller, now=after(seconds))

    go(first, 0)
    go(last, 60)
    go(first, 90)  # once more: it stays where it was shown first
    go(never, 120)
    step_back(session_id=session.pk, caller=caller, now=after(122))  # which showed it to nobody
    set_session_state(session_id=session.pk, caller=caller, state="over", now=after(200))
    shown = [("First?", time_text(NOW)), ("Last?", time_text(after(60)))]
    assert prompts_of(session) == shown
    version = sheet_with_items(session.pk).sheet.running_version
    edit_item(session_id=session.pk, item_id=never.pk, caller=caller, given={"text": "Never ever"})
    assert sheet_with_items(session.pk).sheet.running_version == version  # the room hears nothing of it
    edit_item(session_id=session.pk, item_id=last.pk, caller=caller, given={"text": "Last one?"})
    remove_item(session_id=session.pk, item_id=first.pk, caller=caller)
    assert prompts_of(session) == [("Last one?", shown[1][1])]
    assert sheet_with_items(session.pk).sheet.running_version == version + 2


def test_plan_takes_a_hundred_items_and_not_one_more(session, caller):
    prompt = {"kind": "prompt", "text": "Another one?"}
    too_many = [prompt] * 101
    assert (
        refused(add_items, session_id=session.pk, caller=caller, given=too_many, now=NOW) == "too_many_items"
    )
    add_items(session_id=session.pk, caller=caller, given=[prompt] * 100, now=NOW)
    assert (
        refused(add_items, session_id=session.pk, caller=caller, given=[prompt], now=NOW) == "too_many_items"
    )
    assert len(sheet_with_items(session.pk).items) == 100


def test_of_two_who_saw_the_same_item_one_goes_on(session, caller, plan):
    other = Caller(user_id=make_moderator(session, "Xu Wang").pk)
    go_on(session_id=session.pk, caller=caller, seen="", now=NOW)
    assert refused(go_on, session_id=session.pk, caller=other, seen="", now=NOW) == "changed_meanwhile"
    found = sheet_with_items(session.pk)
    assert (found.running, found.sheet.moved_by) == (plan[0], "Gergely Csatari")
    first = str(plan[0].pk)
    go_to(session_id=session.pk, item_id=plan[2].pk, caller=other, seen=first, now=NOW)
    assert refused(go_to, session_id=session.pk, item_id=plan[1].pk, caller=caller, seen=first, now=NOW) == (
        "changed_meanwhile"
    )
    before = sheet_with_items(session.pk).sheet.version
    go_to(session_id=session.pk, item_id=plan[2].pk, caller=caller, seen=first, now=after(1))
    assert sheet_with_items(session.pk).sheet.version == before  # it is there already


def test_step_taken_back_runs_the_item_before_as_if_it_had_not_ended(session, caller, plan):
    go_on(session_id=session.pk, caller=caller, now=NOW)
    go_on(session_id=session.pk, caller=caller, now=after(90))
    assert sheet_with_items(session.pk).items[0].used_seconds == 90
    step_back(session_id=session.pk, caller=caller, now=after(94))
    found = sheet_with_items(session.pk)
    assert (found.running, found.sheet.since, found.items[0].used_seconds) == (plan[0], NOW, 0)
    assert (found.items[1].started_at, Poll.objects.get(session=session).state) == (None, "draft")
    assert refused(step_back, session_id=session.pk, caller=caller, now=after(95)) == "illegal_move"
    assert timeline_of(session.pk)[-2].verb == "item.set_back"


def test_step_that_people_voted_on_is_not_taken_back_in_part(session, caller, plan):
    go_on(session_id=session.pk, caller=caller, now=NOW)
    go_on(session_id=session.pk, caller=caller, now=after(10))
    poll = Poll.objects.get(session=session)
    assert record(vote_for(poll, make_attendee(session), "In production", at=after(10))) == ["In production"]
    assert refused(step_back, session_id=session.pk, caller=caller, now=after(11)) == "illegal_move"
    assert sheet_with_items(session.pk).running == plan[1]


@pytest.mark.parametrize(("visibility", "then"), [("after_publishing", "live"), ("after_close", "closed")])
def test_poll_closes_with_a_step_and_opens_again_with_it_unless_its_result_was_shown(
    session, caller, visibility, then
):
    shown = make_poll(session, state="live", visibility=visibility)
    items = paste_plan(session_id=session.pk, caller=caller, text="Poll: Which? / a / b", now=NOW).items
    go_on(session_id=session.pk, caller=caller, seen="", close=str(shown.pk), now=after(1))
    states = dict(Poll.objects.filter(session=session).values_list("pk", "state"))
    assert states == {shown.pk: "closed", items[0].subject: "live"}
    assert [entry.verb for entry in timeline_of(session.pk)][-3:] == [
        "poll.closed", "item.started", "poll.launched",
    ]  # fmt: skip
    step_back(session_id=session.pk, caller=caller, now=after(3))
    states = dict(Poll.objects.filter(session=session).values_list("pk", "state"))
    assert states == {shown.pk: then, items[0].subject: "draft"}


def test_step_that_is_to_close_another_sessions_poll_does_not_happen(session, caller, plan):
    foreign = make_poll(make_session(), state="live")
    for close in (str(foreign.pk), "none", 5):
        assert refused(go_on, session_id=session.pk, caller=caller, close=close, now=NOW) == "malformed"
    foreign.refresh_from_db()
    assert (sheet_with_items(session.pk).running, foreign.state) == (None, "live")


def test_step_leaves_alone_what_somebody_else_closed_before_after_or_at_the_same_moment(
    session, caller, plan
):
    before, with_it, after_it = [make_poll(session, state=state) for state in ("closed", "live", "live")]
    go_on(session_id=session.pk, caller=caller, close=str(before.pk), now=after(1))
    set_poll_state(poll_id=with_it.pk, caller=caller, state="closed", now=after(1))
    set_poll_state(poll_id=after_it.pk, caller=caller, state="closed", now=after(2))
    step_back(session_id=session.pk, caller=caller, now=after(3))
    others = Poll.objects.filter(pk__in=[before.pk, with_it.pk, after_it.pk])
    assert set(others.values_list("state", flat=True)) == {"closed"}


def test_run_sheet_remembers_what_its_last_step_did_and_nothing_of_the_one_before(session, caller, plan):
    first, second = [make_poll(session, state="live", visibility="after_publishing") for _ in range(2)]
    go_on(session_id=session.pk, caller=caller, close=str(first.pk), now=NOW)
    sheet = sheet_with_items(session.pk).sheet
    assert (polls_of_step(sheet, "closed"), polls_of_step(sheet, "launched")) == ([first.pk], [])
    go_on(session_id=session.pk, caller=caller, close=str(second.pk), now=after(60))
    launched = sheet_with_items(session.pk).running.subject
    assert (polls_of_step(sheet, "closed"), polls_of_step(sheet, "launched")) == ([second.pk], [launched])
    step_back(session_id=session.pk, caller=caller, now=after(61))
    states = dict(Poll.objects.filter(session=session).values_list("pk", "state"))
    assert states == {first.pk: "closed", second.pk: "live", launched: "draft"}
    assert polls_of_step(sheet, "closed") == []


def test_step_is_taken_back_for_five_seconds(session, caller, plan):
    go_on(session_id=session.pk, caller=caller, now=NOW)
    assert refused(step_back, session_id=session.pk, caller=caller, now=after(5.1)) == "illegal_move"
    step_back(session_id=session.pk, caller=caller, now=after(5))
    assert sheet_with_items(session.pk).running is None


def test_line_that_a_step_opened_closes_again_with_it_where_nobody_signed_up(session, caller, plan):
    go_to(session_id=session.pk, item_id=plan[3].pk, caller=caller, now=NOW)
    step_back(session_id=session.pk, caller=caller, now=after(1))
    assert SignUpLine.objects.get(session=session).state == "closed"
    go_to(session_id=session.pk, item_id=plan[3].pk, caller=caller, now=after(9))
    assert SignUpLine.objects.get(session=session).state == "open"  # the same one


def test_items_move_change_and_go(session, caller, plan):
    def edit(item, **given):
        edit_item(session_id=session.pk, item_id=item.pk, caller=caller, given=given)

    edit(plan[4], position=1)
    edit(plan[0], text="Which base images?", minutes=7)
    assert texts_of(session)[:2] == ["Hand over to part three", "Which base images?"]
    go_on(session_id=session.pk, caller=caller, now=NOW)
    taken = {"session_id": session.pk, "caller": caller}
    assert refused(remove_item, item_id=plan[4].pk, **taken) == "item_is_running"
    remove_item(item_id=plan[2].pk, **taken)
    assert len(texts_of(session)) == 4
    for given in ({"position": 0}, {"position": 5}, {"minutes": -1}, {"minutes": True}, {"text": ""}):
        assert refused(edit_item, item_id=plan[0].pk, given=given, **taken) == "malformed", given
    assert refused(edit_item, item_id=plan[2].pk, given={}, **taken) == "not_found"


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "dance", "text": "x"},
        {"kind": "prompt"},
        {"kind": "prompt", "text": "x" * 301},
        {"kind": "line", "text": "x" * 121},
        {"kind": "prompt", "text": "x", "subject": "1"},
        {"kind": "poll", "subject": "999999"},
        {"kind": "poll"},
        {"kind": "line", "text": "x", "subject": "999999"},
        {"kind": "note", "text": "x", "minutes": "5"},
        "prompt",
    ],
)
def test_item_that_breaks_a_rule_is_refused_with_all_that_came_along(session, caller, item):
    given = [{"kind": "note", "text": "Before"}, item]
    assert refused(add_items, session_id=session.pk, caller=caller, given=given, now=NOW) == "malformed"
    assert texts_of(session) == []


def test_poll_of_another_session_is_no_item_here(session, caller):
    other = make_poll(make_session(session.event), state="draft")
    given = [{"kind": "poll", "subject": str(other.pk)}]
    assert refused(add_items, session_id=session.pk, caller=caller, given=given, now=NOW) == "malformed"


def test_plan_is_for_moderators_alone(session, plan):
    other = make_moderator(make_session(session.event))
    for user, code in (
        (None, "not_signed_in"),
        (make_user().pk, "not_moderator"),
        (other.pk, "not_moderator"),
    ):
        who = {"session_id": session.pk, "caller": Caller(user_id=user)}
        assert refused(go_on, now=NOW, **who) == code
        assert refused(go_to, item_id=plan[0].pk, now=NOW, **who) == code
        assert refused(step_back, now=NOW, **who) == code
        assert refused(add_items, given=[{"kind": "note", "text": "x"}], now=NOW, **who) == code
        assert refused(paste_plan, text="x", now=NOW, **who) == code
        assert refused(edit_item, item_id=plan[0].pk, given={}, **who) == code
        assert refused(remove_item, item_id=plan[0].pk, **who) == code


def test_end_of_the_session_is_the_end_of_what_runs(session, caller, plan):
    go_on(session_id=session.pk, caller=caller, now=NOW)
    set_session_state(session_id=session.pk, caller=caller, state="over", now=after(120))
    found = sheet_with_items(session.pk)
    assert (found.running, found.items[0].used_seconds, running_of(session)) == (None, 120, None)
    assert refused(go_on, session_id=session.pk, caller=caller, now=after(121)) == "session_is_over"


def test_archived_poll_is_not_gone_on_to(session, caller):
    poll = make_poll(session, state="archived")
    given = [{"kind": "poll", "subject": str(poll.pk)}]
    add_items(session_id=session.pk, caller=caller, given=given, now=NOW)
    assert refused(go_on, session_id=session.pk, caller=caller, now=NOW) == "poll_is_gone"
    assert RunSheet.objects.get(session=session).running is None


def test_plan_that_moderators_read_says_who_went_on_and_what_was_used(session, caller, plan):
    go_on(session_id=session.pk, caller=caller, now=NOW)
    go_on(session_id=session.pk, caller=caller, now=after(61))
    said = run_sheet_json(sheet_with_items(session.pk))
    assert (said["moved_by"], said["running"]) == ("Gergely Csatari", str(plan[1].pk))
    assert [item["used_s"] for item in said["items"]] == [61, 0, 0, 0, 0]
