"""Rehearsals: a session is played on a copy, and clearing leaves nothing of it and the session as it was."""

import re

import pytest
from django.core.serializers import serialize
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from etherpad_links.services.links import RehearsalHasNoPad, link_pad
from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.room import run_sheets
from opendev.room.rehearsals import Traces, end_rehearsal, start_rehearsal, traces_of
from opendev.room.services import set_session_state, start_and_end_by_clock
from polls.models import Ballot, MarkKey, Option, Participation, Poll, Selection
from polls.services import add_poll, set_poll_state
from polls.services.reading import read_draft
from sessions.attendees.models import Attendance, Attendee
from sessions.audit.models import AuditEntry
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.programme.models import Event, Person, Session, SessionRole
from sessions.programme.selectors import first_session_of, moderates
from sessions.programme.selectors.mine import sessions_of_team
from sessions.programme.selectors.visibility import listed_to
from sessions.programme.services.events import edit_event
from sessions.programme.services.rehearsals import NothingToRehearse, RehearsalIsOn, rehearsal_of
from sessions.programme.services.rights import NotModerator, NotOrganiser
from sessions.questions.models import Question, QuestionVote
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.timeline.guards import install_guards
from sessions.timeline.models import TimelineEntry
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    record,
    vote_for,
)
from tests.factories.databases import committing_postgres, rolled_back
from tests.factories.follow_ups import put_name
from tests.room.pages import text_of

__all__ = ["committing_postgres"]

MODELS = (
    *(
        Event,
        Session,
        Person,
        SessionRole,
        Attendee,
        Attendance,
        TimelineEntry,
        Poll,
        Option,
        Ballot,
        Selection,
    ),
    *(
        Participation,
        MarkKey,
        Question,
        QuestionVote,
        Suggestion,
        SuggestionSupport,
        SignUpLine,
        SignUp,
        RunSheet,
        RunSheetItem,
    ),
)


def everything():
    """All rows of all tables that a rehearsal may touch."""
    return {model.__name__: serialize("json", model.objects.order_by("pk")) for model in MODELS}


class Rehearsed:
    """A session with a poll, a run sheet and a line, its moderator, and its rehearsal."""

    def __init__(self):
        self.session = make_session(state="upcoming")
        self.moderator = make_moderator(self.session)
        self.caller = Caller(user_id=self.moderator.pk)
        make_helper(self.session)
        self.poll = make_poll(self.session, state="draft", question="Which?")
        RunSheet.objects.create(session=self.session)
        for position, (kind, text, subject) in enumerate(
            [("note", "Welcome", None), ("poll", "", self.poll.pk)], 1
        ):
            RunSheetItem.objects.create(
                session=self.session, position=position, kind=kind, text=text, subject=subject, minutes=5
            )
        make_line(self.session, "Interested in the API")
        self.before = everything()

    def start(self):
        return start_rehearsal(session_id=self.session.pk, caller=self.caller, now=NOW)

    def end(self):
        return end_rehearsal(session_id=self.session.pk, caller=self.caller)


def play(copy, caller):
    """A rehearsal as it goes: start, vote anonymously and by name, ask, upvote, sign up, step."""
    set_session_state(session_id=copy.pk, caller=caller, state="live", now=NOW)
    ada, bob = make_attendee(copy, name="Ada"), make_attendee(copy)
    named = make_poll_in(copy, caller, anonymous=False)
    for poll in (Poll.objects.get(session=copy, question="Which?"), named):
        set_poll_state(poll_id=poll.pk, caller=caller, state="live", now=NOW)
        record(vote_for(poll, ada, "a"), vote_for(poll, bob, "b"))
    question = make_question(copy, text="Why?", attendee=ada)
    QuestionVote.objects.create(question=question, attendee_id=bob.attendee_id)
    line = SignUpLine.objects.get(session=copy)
    put_name(line, ada)
    suggestion = make_suggestion(copy, attendee=ada)
    SuggestionSupport.objects.create(suggestion=suggestion, attendee_id=bob.attendee_id)
    run_sheets.go_on(session_id=copy.pk, caller=caller, seen=None, close=None, now=NOW)


def make_poll_in(copy, caller, **rules):
    given = {"question": "Who?", "options": [{"text": "a"}, {"text": "b"}], **rules}
    return add_poll(session_id=copy.pk, caller=caller, draft=read_draft(given), now=NOW)


def clears_all_that_it_made():
    at = Rehearsed()
    copy = at.start()
    play(copy, at.caller)
    assert traces_of(copy) == Traces(
        attendees=2, votes=4, questions=1, suggestions=1, sign_ups=1, timeline=TIMELINE
    )
    assert at.end() == Traces(attendees=2, votes=4, questions=1, suggestions=1, sign_ups=1, timeline=TIMELINE)
    assert everything() == at.before
    kinds = list(AuditEntry.objects.filter(event=at.session.event_id).values_list("kind", flat=True))
    assert {"rehearsals.started", "rehearsals.cleared"} <= set(kinds)
    with pytest.raises(NotFound):
        at.end()


TIMELINE = 4  # the start, two launches, and an item of the run sheet


@pytest.mark.django_db
def test_clearing_leaves_nothing_and_the_session_as_it_was_on_sqlite():
    clears_all_that_it_made()


def test_clearing_leaves_nothing_and_the_session_as_it_was_on_postgresql(committing_postgres):
    with rolled_back():
        clears_all_that_it_made()


def guards_hold():
    """Nothing can be made a rehearsal, so no real timeline can be deleted; that of a rehearsal cannot be changed."""
    at = Rehearsed()
    copy = at.start()
    set_session_state(session_id=copy.pk, caller=at.caller, state="live", now=NOW)
    other = make_session(state="upcoming")
    real = make_session(state="upcoming")
    caller = Caller(user_id=make_moderator(real).pk)
    set_session_state(session_id=real.pk, caller=caller, state="live", now=NOW)
    events, entries = Event.objects.filter(pk=real.event_id), TimelineEntry.objects.filter(session=real)
    for guard, change in (
        ("guard_timeline_stays_delete", entries.delete),
        ("guard_timeline_stays_update", TimelineEntry.objects.filter(session=copy).update),
        (
            "guard_timeline_event_becomes_no_rehearsal",
            lambda: events.update(rehearses=other, visibility="unlisted"),
        ),
        ("guard_timeline_session_moves_into_no_rehearsal", lambda: move(real, copy)),
    ):
        given = {"title": "Other"} if guard.endswith("update") else {}
        with pytest.raises(DatabaseError, match=guard), transaction.atomic():
            change(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=copy.event_id).update(visibility="public")
    assert entries.count() == 1


def move(session, copy):
    Session.objects.filter(pk=session.pk).update(event=copy.event_id)


@pytest.mark.django_db
def test_guards_hold_on_sqlite():
    guards_hold()
    install_guards(using=connection.alias)  # again does no harm
    guards_hold()


def test_guards_hold_on_postgresql(committing_postgres):
    with rolled_back():
        guards_hold()


@pytest.fixture
def at(db):
    return Rehearsed()


def test_copy_has_drafts_and_a_run_sheet_that_leads_to_them(at):
    copy = at.start()
    assert at.start() == copy
    poll = copy.polls.get()
    assert (poll.state, poll.question) == ("draft", "Which?")
    assert list(copy.run_sheet_items.values_list("kind", "subject")) == [("note", None), ("poll", poll.pk)]
    assert copy.sign_up_lines.get().title == "Interested in the API"
    assert copy.state == "upcoming"
    assert not copy.runs_by_clock
    assert copy.code != at.session.code


def test_rehearsal_is_named_in_the_language_of_the_place(at):
    with translation.override("de"):
        assert at.start().event.name == f"Rehearsal: {at.session.event.name}"


def test_who_may_moderate_the_session_may_moderate_its_rehearsal_and_nobody_organises_it(at):
    organiser, stranger = make_organiser(at.session.event), make_moderator(make_session())
    copy = at.start()
    assert all(moderates(Caller(user_id=user.pk), copy.pk) for user in (at.moderator, organiser))
    assert not moderates(Caller(user_id=stranger.pk), copy.pk)
    assert set_session_state(session_id=copy.pk, caller=Caller(user_id=organiser.pk), state="live", now=NOW)
    names = [person.name for person in copy.event.people.order_by("name")]
    assert names == ["John Garbutt", "Kendall Nelson"]  # of organisers the room says nothing
    at.session.event.organisers.remove(organiser)
    assert not moderates(Caller(user_id=organiser.pk), copy.pk)
    at.session.event.organisers.add(organiser)
    with pytest.raises(NotModerator):
        start_rehearsal(session_id=at.session.pk, caller=Caller(user_id=stranger.pk), now=NOW)
    with pytest.raises(NotModerator):
        end_rehearsal(session_id=at.session.pk, caller=Caller(user_id=stranger.pk))
    with pytest.raises(NotOrganiser):
        edit_event(
            event_id=copy.event_id, caller=Caller(user_id=organiser.pk), given={"visibility": "public"}
        )


def test_rehearsal_is_in_no_list_and_what_everybody_reads_is_the_same(at):
    visitor, slug = Client(), at.session.event.slug
    paths = ["/", f"/{slug}/", f"/{slug}.ics", "/api/v1/events/", f"/api/v1/events/{slug}/sessions/"]
    paths += [f"/api/v1/events/{slug}/now/", f"/{slug}/follow-ups/", f"/{slug}/questions/"]

    def seen():
        pages = {path: visitor.get(path).content.decode() for path in paths}
        return {path: re.sub(r'"asked_at":"[^"]*"', "", page) for path, page in pages.items()}

    before = seen()
    copy = at.start()
    play(copy, at.caller)
    assert seen() == before
    assert copy.event not in listed_to(at.moderator.pk)
    assert first_session_of(at.moderator.pk) == at.session
    own = sessions_of_team(at.moderator.pk)
    assert [each.session for each in (*own.live, *own.ahead, *own.over)] == [at.session]


@pytest.mark.parametrize("change", [{"state": "live"}, {"state": "over"}, {"kind": "Break"}])
def test_only_a_session_that_has_not_started_is_rehearsed(at, change):
    Session.objects.filter(pk=at.session.pk).update(**change)
    with pytest.raises(NothingToRehearse):
        at.start()


def test_rehearsal_has_no_rehearsal_and_no_pad(at):
    copy = at.start()
    with pytest.raises(NothingToRehearse):
        start_rehearsal(session_id=copy.pk, caller=at.caller, now=NOW)
    with pytest.raises(RehearsalHasNoPad):
        link_pad(session_id=copy.pk, caller=at.caller, url="https://pad.example/p/x")


def test_session_starts_once_somebody_was_asked_about_its_rehearsal(at):
    at.start()
    given = {"session_id": at.session.pk, "caller": at.caller, "state": "live", "now": NOW}
    with pytest.raises(RehearsalIsOn):
        set_session_state(**given)
    assert rehearsal_of(at.session.pk)
    assert set_session_state(**given, end_rehearsal=True).state == "live"
    assert rehearsal_of(at.session.pk) is None


def test_forgotten_rehearsal_ends_when_the_clock_starts_the_session(at):
    at.start()
    Session.objects.filter(pk=at.session.pk).update(runs_by_clock=True, starts_at=NOW)
    start_and_end_by_clock(NOW)
    at.session.refresh_from_db()
    assert (at.session.state, rehearsal_of(at.session.pk)) == ("live", None)


def test_pages_start_say_and_end_it(at, browser_of):
    visitor, path = browser_of(user=at.moderator), f"{at.session.get_absolute_url()}rehearsal/"
    assert "nothing is written to the pad" in text_of(visitor.get(path))
    control = visitor.post(path)["Location"]
    copy = rehearsal_of(at.session.pk)
    assert control == copy.address("control")
    for page in (control, copy.get_absolute_url(), copy.address("screen")):
        assert "Rehearsal: all of this is cleared in the end." in text_of(visitor.get(page))
    assert "Rehearsal:" not in text_of(visitor.get(at.session.address("control")))
    assert visitor.get(copy.address("rehearsal"))["Location"] == path
    refused = visitor.post(f"{at.session.address('control')}state/", {"state": "live"})
    assert refused.status_code == 409
    assert "A rehearsal of this session is on." in text_of(refused)
    play(copy, at.caller)
    assert "attendees 2, votes 4, questions 1, suggestions 1, sign-ups 1" in text_of(visitor.get(path))
    visitor.post(f"{path}end/")
    assert rehearsal_of(at.session.pk)  # nobody said yes
    ended = text_of(visitor.post(f"{path}end/", {"confirmed": "yes"}))
    assert "The rehearsal has ended and was cleared." in ended
    log = browser_of(user=make_organiser(at.session.event)).get(f"/{at.session.event.slug}/organise/audit/")
    assert "Ended and cleared a rehearsal" in text_of(log)
    assert visitor.get(control).status_code == 404
    assert visitor.post(f"{path}end/", {"confirmed": "yes"}).status_code == 302


def test_rest_starts_says_and_ends_it(at, browser_of):
    visitor, path = browser_of(user=at.moderator), f"/api/v1/sessions/{at.session.pk}/rehearsal/"
    assert visitor.get(path).status_code == 404
    started = visitor.post(path)
    assert started.status_code == 201
    body = started.json()
    assert body["made"] == {
        "attendees": 0,
        "votes": 0,
        "questions": 0,
        "suggestions": 0,
        "sign_ups": 0,
        "timeline": 0,
    }
    assert visitor.get(path).json() == body
    state = f"/api/v1/sessions/{at.session.pk}/state/"
    refused = visitor.put(state, {"state": "live"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "rehearsal_is_on")
    malformed = visitor.put(state, {"state": "live", "end_rehearsal": {}}, content_type="application/json")
    assert (malformed.status_code, set(malformed.json()["fields"])) == (400, {"end_rehearsal"})
    assert visitor.delete(path).json() == body["made"]
    assert visitor.delete(path).status_code == 404
    assert Client().post(path).status_code == 401
