"""Polls and run sheets copied from one session into another."""

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed
from opendev.room.copying import NothingToCopy, UnknownSource, copy_plan, sources_for
from opendev.room.run_sheets import paste_plan
from polls.models import Poll
from polls.services import run_again
from sessions.programme.models import Event
from sessions.programme.services.rights import NotModerator
from sessions.run_sheet.models import RunSheetItem
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_helper,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
)
from tests.factories.polls import record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, followed, text_of

pytestmark = pytest.mark.django_db
SECRET = "Nobody else reads this?"


@pytest.fixture
def other():
    """A session of another event."""
    return make_session(make_event(name="Elsewhere"))


@pytest.fixture
def both(session, other):
    """Who moderates both."""
    user = make_moderator(session)
    other.event.organisers.add(user)
    return user


def copied(other, session, user, **more):
    given = {"polls": None, "run_sheet": False, **more}
    return copy_plan(
        from_session_id=other.pk, to_session_id=session.pk, caller=Caller(user_id=user.pk), now=NOW, **given
    )


def questions(session):
    return list(Poll.objects.filter(session=session).order_by("position").values_list("question", "state"))


def test_polls_become_drafts_without_votes(session, other, both):
    poll = make_poll(other, question="First?", right_answer={"options": [2]}, anonymous=False)
    record(vote_for(poll, make_attendee(other), "a"))
    again = run_again(poll_id=poll.pk, caller=organiser_of(other.event), now=NOW)
    Poll.objects.filter(pk=again.pk).update(question="First, mended?")
    make_poll(other, state="archived", question="Archived?")
    make_poll(other, state="draft", question="Second?")
    copies = copied(other, session, both)
    assert questions(session) == [("First, mended?", "draft"), ("Second?", "draft")]
    first = Poll.objects.get(pk=copies.polls[0])
    assert (first.ballots, first.round, first.right_answer, first.anonymous) == (0, 1, [2], False)


def test_only_chosen_polls_come_along(session, other, both):
    first, second = make_poll(other, question="First?"), make_poll(other, question="Second?")
    copied(other, session, both, polls={second.pk})
    assert questions(session) == [("Second?", "draft")]
    foreign = make_poll(question="Foreign?")
    for wrong in ({foreign.pk}, {first.pk, 987654}):
        with pytest.raises(Malformed) as refused:
            copied(other, session, both, polls=wrong)
        assert set(refused.value.fields) == {"polls"}
    with pytest.raises(NothingToCopy):
        copied(other, session, both, polls=set())


def test_run_sheet_comes_with_its_polls_and_as_if_nothing_had_run(session, other, both):
    organiser = organiser_of(other.event)
    plan = "Prompt: Why? (5)\nPoll: Which? / a / b (4)\nFollow-up: Go on (3)\nHand over"
    paste_plan(session_id=other.pk, caller=organiser, text=plan, now=NOW)
    RunSheetItem.objects.filter(session=other).update(started_at=NOW, used_seconds=60)
    line = make_line(other, title="Go on")
    RunSheetItem.objects.filter(session=other, kind="line").update(subject=line.pk)
    gone = make_poll(other, state="archived", question="Gone?")
    RunSheetItem.objects.create(session=other, position=9, kind="poll", text="Gone", subject=gone.pk)
    poll = Poll.objects.get(question="Which?", session=other)
    run_again(poll_id=poll.pk, caller=organiser, now=NOW)
    make_poll(other, question="Beside?")
    paste_plan(session_id=session.pk, caller=organiser_of(session.event), text="Here already", now=NOW)
    copies = copied(other, session, both, polls=set(), run_sheet=True)
    assert (copies.items, questions(session)) == (4, [("Which?", "draft")])
    items = RunSheetItem.objects.filter(session=session).order_by("position")
    assert [(item.kind, item.text, item.minutes, item.subject) for item in items] == [
        ("note", "Here already", 0, None),
        ("prompt", "Why?", 5, None),
        ("poll", "Which?", 4, copies.polls[0]),
        ("line", "Go on", 3, None),
        ("note", "Hand over", 0, None),
    ]
    assert not items.exclude(started_at=None).exists()


def test_nobody_copies_from_a_session_that_they_do_not_moderate(session, other):
    make_poll(other, question=SECRET)
    unlike = {make_moderator(session), make_organiser(session.event)}
    Event.objects.filter(pk=other.event_id).update(visibility=Event.Visibility.DRAFT)
    for user in unlike:
        for source in (other.pk, 987654):  # there or not: the same
            with pytest.raises(UnknownSource):
                copy_plan(
                    from_session_id=source,
                    to_session_id=session.pk,
                    caller=Caller(user_id=user.pk),
                    polls=None,
                    run_sheet=True,
                    now=NOW,
                )
    helper = make_helper(other)
    session.event.organisers.add(helper)
    with pytest.raises(UnknownSource):
        copied(other, session, helper)
    with pytest.raises(NotModerator):
        copied(other, session, make_moderator(other))
    assert questions(session) == []


def test_page_shows_what_one_moderates_and_nothing_else(session, other, both, browser_of):
    make_poll(other, question="First?")
    foreign = make_session(make_event(name="Foreign"))
    make_poll(foreign, question=SECRET)
    desk, page = browser_of(user=both), session.address("control-copy")
    shown = desk.get(page)
    assert [source.session.pk for source in shown.context["sources"]] == [other.pk]
    assert "Foreign" not in text_of(shown)
    chosen = desk.get(f"{page}?from={other.pk}")
    assert [poll.question for poll, _label, _ticked in chosen.context["polls"]] == ["First?"]
    for source in (foreign.pk, 987654, "x"):
        for refused in (
            desk.get(f"{page}?from={source}"),
            desk.post(page, {"from": source, "run_sheet": "yes"}),
        ):
            assert (refused.status_code, code_of(refused)) == (400, "unknown_source")
            assert SECRET not in text_of(refused)
    assert code_of(desk.post(page, {"run_sheet": "yes"})) == "unknown_source"
    nothing = desk.post(page, {"from": other.pk})
    assert (nothing.status_code, code_of(nothing)) == (400, "nothing_to_copy")
    [poll] = Poll.objects.filter(session=other)
    room = followed(desk, desk.post(page, {"from": other.pk, "polls": [poll.pk]}))
    assert room.context["selected"].poll["question"] == "First?"
    assert questions(session) == [("First?", "draft")]


def test_sources_are_sessions_with_something_to_copy(session, other, both):
    make_session(other.event)
    first = make_poll(other)
    run_again(poll_id=first.pk, caller=organiser_of(other.event), now=NOW)
    paste_plan(session_id=other.pk, caller=organiser_of(other.event), text="One\nTwo", now=NOW)
    make_poll(session)
    [source] = sources_for(Caller(user_id=both.pk), session.pk)
    assert (source.session, source.polls, source.items) == (other, 1, 2)
    assert sources_for(Caller(), session.pk) == []
    Poll.objects.filter(pk=first.pk).update(state="archived")
    [source] = sources_for(Caller(user_id=both.pk), session.pk)
    assert (source.polls, source.items) == (1, 2)
    assert len(copied(other, session, both).polls) == 1


def test_run_sheet_of_archived_polls_alone_is_nothing_to_copy(session, other, both):
    paste_plan(session_id=other.pk, caller=organiser_of(other.event), text="Poll: Which? / a / b", now=NOW)
    Poll.objects.filter(session=other).update(state="archived")
    with pytest.raises(NothingToCopy):
        copied(other, session, both, run_sheet=True)
