"""What happened is written as it happens, by whom, in order, and stays as it was written."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.room.services import set_session_state
from polls.services import close_due_polls, edit_poll, set_closing_time, set_poll_state
from sessions.follow_ups.services.lines import open_line
from sessions.questions.services.queue import set_question_state, undo_question
from sessions.timeline.guards import install_guards
from sessions.timeline.models import TimelineEntry
from sessions.timeline.selectors import timeline_of
from tests.factories import (
    NOW,
    make_attendee,
    make_moderator,
    make_poll,
    make_question,
    make_session,
    record,
    vote_for,
)
from tests.factories.databases import rolled_back

SOON = NOW + timedelta(seconds=3)


@pytest.fixture
def session(db):
    return make_session(state="upcoming")


@pytest.fixture
def caller(session):
    return Caller(user_id=make_moderator(session, "John Garbutt").pk)


def told(session):
    return [(entry.verb, entry.title, entry.actor_name) for entry in timeline_of(session.pk)]


def test_timeline_of_a_session_is_what_was_done_in_it(session, caller):
    def move(state, now=NOW):
        set_session_state(session_id=session.pk, caller=caller, state=state, now=now)

    move("live")
    poll, second = (make_poll(session, state="draft", question=text) for text in ("Which?", "Where?"))
    for state, now in (("live", NOW), ("draft", SOON), ("live", SOON), ("closed", SOON), ("published", SOON)):
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=now)
    first, other = make_question(session, "Why?"), make_question(session, "How?")
    for question in (first, other):
        set_question_state(question_id=question.pk, caller=caller, state="on_air", now=NOW)
    undo_question(question_id=other.pk, caller=caller, now=SOON)
    open_line(session_id=session.pk, caller=caller, given={"title": "Keep talking"}, now=NOW)
    set_poll_state(poll_id=second.pk, caller=caller, state="live", now=NOW)
    move("over")
    john, nobody = "John Garbutt", ""
    assert told(session) == [
        ("session.started", "", john),
        ("poll.launched", "Which?", john),
        ("poll.set_back", "Which?", john),
        ("poll.launched", "Which?", john),
        ("poll.closed", "Which?", john),
        ("poll.published", "Which?", john),
        ("question.on_air", "Why?", john),
        ("question.answered", "Why?", john),
        ("question.on_air", "How?", john),
        ("question.set_back", "How?", john),
        ("line.opened", "Keep talking", john),
        ("poll.launched", "Where?", john),
        ("question.answered", "Why?", nobody),
        ("session.ended", "", john),
        ("poll.closed", "Where?", nobody),
    ]
    entry = timeline_of(session.pk)[1]
    assert (entry.subject, entry.at, entry.actor) == (str(poll.pk), NOW, caller.user_id)


def test_clock_that_closes_a_poll_is_nobody(session, caller):
    poll = make_poll(session)
    before = len(told(session))
    set_closing_time(poll_id=poll.pk, caller=caller, closes_at=NOW + timedelta(seconds=1), now=NOW)
    assert close_due_polls(NOW + timedelta(seconds=5)) == 1
    assert told(session)[before:] == [("poll.closed", poll.question, "")]


def test_refused_act_and_votes_leave_nothing(session, caller):
    poll, question = make_poll(session), make_question(session)
    before = told(session)
    record(vote_for(poll, make_attendee(session), "a"))
    make_question(session, "Asked?")
    for state in ("waiting", "asleep"):
        with pytest.raises(DomainError):
            set_question_state(question_id=question.pk, caller=caller, state=state, now=NOW)
    with pytest.raises(DomainError):
        set_poll_state(poll_id=poll.pk, caller=caller, state="published", now=NOW)
    assert told(session) == before


def refuses_to_change():
    """On the vendor at hand: neither by the ORM nor by SQL."""
    session = make_session(state="upcoming")
    caller = Caller(user_id=make_moderator(session).pk)
    set_session_state(session_id=session.pk, caller=caller, state="live", now=NOW)
    entries = TimelineEntry.objects.filter(session=session)
    table = TimelineEntry._meta.db_table

    def sql(text):
        with connection.cursor() as cursor:
            cursor.execute(text)

    for change in (
        lambda: entries.update(title="Nothing"),
        entries.delete,
        lambda: entries.get().delete(),
        lambda: sql(f"UPDATE {table} SET at = at"),
        lambda: sql(f"DELETE FROM {table}"),
    ):
        with pytest.raises(DatabaseError, match="guard_timeline_stays"), transaction.atomic():
            change()
    assert told(session) == [("session.started", "", "John Garbutt")]


@pytest.mark.django_db
def test_nothing_can_be_changed_or_deleted_on_sqlite():
    refuses_to_change()
    install_guards(using="default")  # again does no harm
    refuses_to_change()


def test_nothing_can_be_changed_or_deleted_on_postgresql(committing_postgres):
    with rolled_back():
        refuses_to_change()


@pytest.mark.django_db
def test_verb_that_is_none_is_refused(session):
    with pytest.raises(DatabaseError, match="timeline_verb_is_known"), transaction.atomic():
        TimelineEntry.objects.create(session=session, at=NOW, verb="poll.voted")


def test_moderators_read_it_by_page_and_rest(session, caller, client):
    set_session_state(session_id=session.pk, caller=caller, state="live", now=NOW)
    user = User.objects.get(pk=caller.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(session.address("control-timeline")).content.decode()
    assert "The session started" in page
    assert "John Garbutt" in page
    [entry] = client.get(f"/api/v1/sessions/{session.pk}/timeline/").json()["results"]
    assert entry == {
        "at": "2020-04-28T15:00:00.000Z",
        "verb": "session.started",
        "subject": None,
        "title": "",
        "actor": "John Garbutt",
    }


def test_page_of_a_session_in_which_nothing_happened_is_there(session, caller, client):
    client.force_login(
        User.objects.get(pk=caller.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(session.address("control-timeline")).status_code == 200


def test_results_that_everybody_sees_from_now_on_were_revealed(session, caller):
    poll = make_poll(session, question="Which?", visibility="after_close")
    before = len(told(session))
    for visibility in ("always", "always"):  # R pressed twice is one reveal
        edit_poll(poll_id=poll.pk, caller=caller, given={"visibility": visibility}, now=SOON)
    draft = make_poll(session, state="draft", visibility="after_close")
    edit_poll(poll_id=draft.pk, caller=caller, given={"visibility": "always"}, now=SOON)
    assert told(session)[before:] == [("poll.revealed", "Which?", "John Garbutt")]
