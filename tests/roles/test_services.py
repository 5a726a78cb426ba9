"""The services refuse by themselves: an entrance that forgets to ask lets nobody through."""

import importlib
import inspect
import pkgutil
from datetime import timedelta

import pytest

import polls as polls_app
import sessions as sessions_app
from opendev.core.attendance import Caller
from opendev.core.errors import NotSignedIn
from opendev.recap.services import draft_recap, publish_recap
from opendev.room.services import end_session, set_session_state
from polls import services as polls
from polls.models import Poll
from polls.services import moderating
from polls.services.reading import read_draft
from sessions.access.services import end_sign_ins, make_sign_in_link, revoke_api_token
from sessions.attendees.models import RevokedPass
from sessions.attendees.services.passes import set_pass
from sessions.audit.services import record, record_reading
from sessions.displays.models import DisplayLink
from sessions.displays.services import make_display_link, revoke_display_link, set_screen, set_screen_access
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.follow_ups.services.groups import dissolve_group, edit_group, make_group
from sessions.follow_ups.services.lines import (
    delete_unused_line,
    edit_line,
    open_line,
    remove_name,
    restore_name,
)
from sessions.follow_ups.services.pad_names import join_pad_name, part_pad_name, record_pad_name
from sessions.programme.models import Person, Session
from sessions.programme.services.changes import change_session
from sessions.programme.services.events import create_event
from sessions.programme.services.rights import NotModerator, NotOrganiser
from sessions.programme.services.rules import set_rules
from sessions.programme.services.team import invite_moderator, remove_moderator
from sessions.questions.models import Question
from sessions.questions.services.asking import set_question_rules
from sessions.questions.services.dismissals import dismiss_questions, restore_dismissed
from sessions.questions.services.passes import set_pass_of_asker
from sessions.questions.services.queue import (
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from sessions.questions.services.rights import NotHelper
from sessions.reactions.services import set_reaction_rules
from sessions.recap.models import SessionSummary
from sessions.recap.services.writing import (
    edit_recap,
    keep_recap_draft,
    record_version,
    withdraw_recap,
    write_summary,
)
from sessions.recordings.models import Chapter
from sessions.recordings.services import add_chapter, edit_chapter, set_recording
from sessions.registrations.models import RegistrationImport
from sessions.registrations.services.importing import finish_import, import_registrations, set_figure
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.services.additions import append_items
from sessions.run_sheet.services.plan import NewItem, edit_item, remove_item
from sessions.run_sheet.services.running import run_item, run_next, take_step_back
from sessions.states.services import change_state, set_session_clock
from sessions.suggestions.models import Suggestion
from sessions.suggestions.services.moving import set_suggestion_state, undo_suggestion
from sessions.suggestions.services.suggesting import set_suggestion_rules
from sessions.timeline.services import note
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
    put_name,
)
from tests.factories.sessions import make_user
from tests.roles import programme_services
from tests.roles.programme_services import Programme

pytestmark = pytest.mark.django_db
ROWS = (
    RevokedPass,
    *(Poll, Session, Person, SignUpLine, SignUp, DisplayLink, Question, Suggestion),
    *(RunSheet, RunSheetItem, SessionSummary, Chapter),
)
NOTE = NewItem("note", "Ours", 5)
DRAFT = read_draft({"question": "More?", "options": [{"text": "y"}, {"text": "n"}]})
SOON = NOW + timedelta(seconds=60)


def make_quiz(at):
    return make_poll(at.session, state="closed", right_answer={"options": [2]})


FOR_MODERATORS = {
    polls.add_poll: lambda at: {"session_id": at.session.pk, "draft": DRAFT, "now": NOW},
    polls.edit_poll: lambda at: {"poll_id": at.poll.pk, "given": {"question": "Mine?"}, "now": NOW},
    polls.set_poll_state: lambda at: {"poll_id": at.poll.pk, "state": "closed", "now": NOW},
    polls.set_closing_time: lambda at: {"poll_id": at.poll.pk, "closes_at": SOON, "now": NOW},
    polls.prolong: lambda at: {"poll_id": at.poll.pk, "seconds": 30, "now": NOW},
    polls.copy_polls: lambda at: {
        "from_session_id": at.session.pk,
        "to_session_id": at.session.pk,
        "now": NOW,
    },
    polls.run_again: lambda at: {"poll_id": at.poll.pk, "now": NOW},
    polls.reveal_right_answer: lambda at: {"poll_id": make_quiz(at).pk, "now": NOW},
    set_session_state: lambda at: {"session_id": at.session.pk, "state": "over", "now": NOW},
    set_session_clock: lambda at: {"session_id": at.session.pk, "by_clock": True, "now": NOW},
    set_pass_of_asker: lambda at: {"question_id": at.question.pk, "revoked": True, "now": NOW},
    set_question_rules: lambda at: {"session_id": at.session.pk, "named": False},
    set_rules: lambda at: {
        "session_id": at.session.pk,
        "setting": "questions",
        "fields": {"named": "questions_named"},
        "values": {"named": False},
    },
    make_display_link: lambda at: {"session_id": at.session.pk, "now": NOW},
    revoke_display_link: lambda at: {"session_id": at.session.pk, "link_id": at.link.pk, "now": NOW},
    set_screen: lambda at: {"session_id": at.session.pk, "shows": "code"},
    set_screen_access: lambda at: {"session_id": at.session.pk, "is_open": False},
    change_state: lambda at: {"session_id": at.session.pk, "state": "over", "end": end_session, "now": NOW},
    open_line: lambda at: {"session_id": at.session.pk, "given": {"title": "More"}, "now": NOW},
    edit_line: lambda at: {"line_id": at.line.pk, "given": {"state": "closed"}, "now": NOW},
    delete_unused_line: lambda at: {"line_id": make_line(at.session, "Unused").pk},
    remove_name: lambda at: {"sign_up_id": at.name.pk, "now": NOW},
    restore_name: lambda at: {"sign_up_id": at.removed.pk},
    join_pad_name: lambda at: {"sign_up_id": at.typed.pk, "attendee_id": at.attendee_id, "now": NOW},
    write_summary: lambda at: {"session_id": at.session.pk, "given": {"opening": "So."}, "now": NOW},
    set_recording: lambda at: {
        "session_id": at.session.pk,
        "given": {"url": "https://x.org/v"},
        "now": NOW,
    },
    add_chapter: lambda at: {
        "session_id": at.session.pk,
        "given": {"title": "More", "after": 5},
        "now": NOW,
    },
    edit_chapter: lambda at: {
        "session_id": at.session.pk,
        "key": f"own-{at.chapter.pk}",
        "given": {"title": "Less"},
    },
    part_pad_name: lambda at: {"sign_up_id": at.typed.pk},
    append_items: lambda at: {"session_id": at.session.pk, "items": [NOTE]},
    edit_item: lambda at: {"session_id": at.session.pk, "item_id": at.item, "given": {"minutes": 7}},
    remove_item: lambda at: {"session_id": at.session.pk, "item_id": at.item},
    run_next: lambda at: {"session_id": at.session.pk, "now": NOW},
    run_item: lambda at: {"session_id": at.session.pk, "item_id": at.item, "now": NOW},
    take_step_back: lambda at: {"session_id": at.session.pk, "now": NOW},
    set_suggestion_state: lambda at: {"suggestion_id": at.suggested.pk, "state": "opened", "now": NOW},
    undo_suggestion: lambda at: {"suggestion_id": at.opened.pk, "now": NOW},
    set_reaction_rules: lambda at: {"session_id": at.session.pk, "taken": True},
    set_suggestion_rules: lambda at: {"session_id": at.session.pk, "taken": False},
}
# What people wrote; that moderators may, the tests of written answers show.
OF_ANSWERS = {
    polls.promote_answer: lambda at: {"poll_id": at.poll.pk, "option_id": 1, "now": NOW},
    polls.promote_answers: lambda at: {"poll_id": at.poll.pk, "option_ids": [1], "now": NOW},
    moderating.set_answer_states: lambda at: {"poll_id": at.poll.pk, "option_ids": [1], "state": "shown"},
    moderating.pick_answers: lambda at: {"poll_id": at.poll.pk, "option_ids": [1], "picked": True},
    moderating.approve_all: lambda at: {"poll_id": at.poll.pk},
    moderating.split_answer: lambda at: {"poll_id": at.poll.pk, "option_id": 1, "now": NOW},
    moderating.merge_answers: lambda at: {"poll_id": at.poll.pk, "option_ids": [1], "into_id": 2, "now": NOW},
    moderating.set_blocked_words: lambda at: {"session_id": at.session.pk, "words": ["no"]},
}
FOR_HELPERS = {
    set_question_state: lambda at: {"question_id": at.question.pk, "state": "on_air", "now": NOW},
    undo_question: lambda at: {"question_id": at.moved.pk, "now": NOW},
    write_answer: lambda at: {"question_id": at.question.pk, "answer": "So."},
    pin_question: lambda at: {"question_id": at.question.pk, "pinned": True},
    dismiss_questions: lambda at: {"session_id": at.session.pk, "which": "unvoted", "now": NOW},
    restore_dismissed: lambda at: {"dismissal_id": at.dismissal.pk},
    merge_question: lambda at: {"question_id": at.question.pk, "into": at.moved.pk, "now": NOW},
}
FOR_ORGANISERS = {
    make_group: lambda at: {
        "event_id": at.session.event_id,
        "given": {"title": "Both", "lines": [str(at.line.pk)]},
        "now": NOW,
    },
    edit_group: lambda at: {"group_id": at.group.pk, "given": {"title": "Two"}},
    keep_recap_draft: lambda at: {
        "event_id": at.session.event_id,
        "language": "en-gb",
        "paragraphs": [],
        "now": NOW,
    },
    edit_recap: lambda at: {
        "event_id": at.session.event_id,
        "key": "event/title",
        "given": {"text": "Mine"},
        "now": NOW,
    },
    record_version: lambda at: {
        "event_id": at.session.event_id,
        "language": "en-gb",
        "paragraphs": [],
        "now": NOW,
    },
    withdraw_recap: lambda at: {"event_id": at.session.event_id, "now": NOW},
    import_registrations: lambda at: {
        "event_id": at.session.event_id,
        "content": b"email\na@example.org",
        "name": "list.csv",
        "skips_bad": False,
        "now": NOW,
    },
    finish_import: lambda at: {"import_id": at.cut_off.pk, "now": NOW},
    set_figure: lambda at: {
        "event_id": at.session.event_id,
        "figure": "joined",
        "shown": "20+",
        "source": "The door",
    },
    dissolve_group: lambda at: {"group_id": at.group.pk},
    invite_moderator: lambda at: {"session_id": at.session.pk, "name": "A Friend", "now": NOW},
    remove_moderator: lambda at: {"session_id": at.session.pk, "person_id": at.person.pk},
}


class At:
    """A session with a live poll, its moderator, and people with rights elsewhere."""

    def __init__(self):
        self.session = make_session()
        self.poll = make_poll(self.session)
        self.question = make_question(self.session)
        self.moved = make_question(self.session, state="answered")
        self.helper = Caller(user_id=make_helper(self.session).pk)
        self.moderator = Caller(user_id=make_moderator(self.session).pk)
        self.organiser = Caller(user_id=make_organiser(self.session.event).pk)
        self.dismissal = dismiss_questions(
            session_id=self.session.pk,
            caller=self.helper,
            questions=[str(make_question(self.session).pk)],
            now=NOW,
        )
        self.link = make_display_link(session_id=self.session.pk, caller=self.moderator, now=NOW)[0]
        self.suggested = make_suggestion(self.session)
        self.opened = make_suggestion(self.session, "More", state="opened")
        self.person = Person.objects.get(user=self.moderator.user_id)
        self.line = make_line(self.session)
        attendee = make_attendee(self.session, name="Ada")
        self.attendee_id = attendee.attendee_id
        self.name = put_name(self.line, attendee)
        self.removed = put_name(self.line, make_attendee(self.session, name="Rude"))
        remove_name(sign_up_id=self.removed.pk, caller=self.organiser, now=NOW)
        self.typed = record_pad_name(line_id=self.line.pk, name="A. Lovelace", now=NOW)
        self.group = FollowUpGroup.objects.create(event=self.session.event, title="Both", created_at=NOW)
        event = self.session.event
        self.cut_off = RegistrationImport.objects.create(event=event, total=2, began_at=NOW)
        self.chapter = Chapter.objects.create(session=self.session, title="Mine", at_s=5)
        by_right = {"session_id": self.session.pk, "caller": self.moderator}
        running, other = append_items(items=[NOTE, NOTE], **by_right).items
        run_item(item_id=running.pk, now=NOW, **by_right)
        self.item = other.pk
        recap = {"event_id": self.session.event_id, "caller": self.organiser, "now": NOW}
        draft_recap(**recap)
        publish_recap(**recap)
        self.neighbour = Caller(user_id=make_moderator(make_session(self.session.event)).pk)
        self.foreigner = Caller(user_id=make_organiser(make_session().event).pk)
        self.somebody = Caller(user_id=make_user().pk)

    def rows(self):
        return [list(model.objects.order_by("pk").values()) for model in ROWS]


def refused_as(work, **given):
    with pytest.raises((NotHelper, NotModerator, NotSignedIn, NotOrganiser)) as refusal:
        work(**given)
    return refusal.value.code


@pytest.mark.parametrize("work", FOR_MODERATORS, ids=lambda work: f"{work.__module__}.{work.__name__}")
def test_service_of_moderators_lets_nobody_else_through(work):
    at = At()
    given, before = FOR_MODERATORS[work](at), at.rows()
    assert refused_as(work, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.neighbour, at.foreigner, at.somebody, at.helper):
        assert refused_as(work, caller=caller, **given) == "not_moderator"
    assert at.rows() == before
    work(caller=at.moderator, **given)
    assert at.rows() != before


@pytest.mark.parametrize("work", FOR_HELPERS, ids=lambda work: work.__name__)
def test_service_of_helpers_lets_nobody_else_through(work):
    at = At()
    given, before = FOR_HELPERS[work](at), at.rows()
    assert refused_as(work, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.neighbour, at.foreigner, at.somebody):
        assert refused_as(work, caller=caller, **given) == "not_helper"
    assert at.rows() == before
    work(caller=at.helper, **given)
    assert at.rows() != before


@pytest.mark.parametrize("work", FOR_ORGANISERS, ids=lambda work: work.__name__)
def test_service_of_organisers_lets_nobody_else_through(work):
    at = At()
    given = FOR_ORGANISERS[work](at)
    assert refused_as(work, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.neighbour, at.foreigner, at.somebody, at.moderator):
        assert refused_as(work, caller=caller, **given) == "not_organiser"
    work(caller=at.organiser, **given)


@pytest.mark.parametrize("work", programme_services.FOR_ORGANISERS, ids=lambda work: work.__name__)
def test_service_of_the_programme_lets_organisers_alone_through(work):
    at = At()
    given = programme_services.FOR_ORGANISERS[work](Programme(at.session.event, at.organiser.user_id))
    assert refused_as(work, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.neighbour, at.foreigner, at.somebody, at.moderator, at.helper):
        assert refused_as(work, caller=caller, **given) == "not_organiser"
    work(caller=at.organiser, **given)


@pytest.mark.parametrize("work", OF_ANSWERS, ids=lambda work: work.__name__)
def test_service_of_written_answers_lets_nobody_but_moderators_through(work):
    at = At()
    given = OF_ANSWERS[work](at)
    assert refused_as(work, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.neighbour, at.foreigner, at.somebody, at.helper):
        assert refused_as(work, caller=caller, **given) == "not_moderator"


def test_pass_is_revoked_by_the_events_organisers_and_the_moderators_of_its_sessions():
    at = At()
    attendee = make_attendee(at.session)
    given = {"attendee_id": attendee.attendee_id, "revoked": True, "now": NOW}
    assert refused_as(set_pass, caller=Caller(), **given) == "not_signed_in"
    for caller in (at.foreigner, at.somebody, at.helper):
        assert refused_as(set_pass, caller=caller, **given) == "not_moderator"
    for caller in (at.organiser, at.moderator, at.neighbour):  # an attendee is the event's, not a session's
        assert set_pass(caller=caller, **given)


def modules_of_services():
    for package in (polls_app, sessions_app):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "services" in found.name.split("."):
                yield importlib.import_module(found.name)


def takes_a_caller(work):
    caller = inspect.signature(work).parameters.get("caller")
    return caller is not None and caller.kind is inspect.Parameter.KEYWORD_ONLY


def test_every_service_that_takes_a_caller_is_tried_here():
    """A deed that is added has to be added above.

    Tokens, links and sign-ins are the caller's own, or were asked for; services note what they did.
    """
    taking = {
        work
        for module in modules_of_services()
        for name, work in inspect.getmembers(module, inspect.isfunction)
        if work.__module__ == module.__name__ and takes_a_caller(work)
        if not name.startswith(("_", "check_", "lock_"))
    }
    tried = FOR_MODERATORS.keys() | FOR_HELPERS.keys() | FOR_ORGANISERS.keys()
    tried |= programme_services.FOR_ORGANISERS.keys() | OF_ANSWERS.keys()
    for_others = {set_pass, revoke_api_token, note, create_event}
    for_others |= {change_session, make_sign_in_link, end_sign_ins, record, record_reading}
    assert taking - for_others == tried - {set_session_state}
