"""What moderators do with suggestions: approve, open as a line, dismiss, restore, and undo."""

from datetime import timedelta

import pytest

from opendev.core.attendance import NOBODY, Caller
from opendev.core.errors import Malformed, NotFound, NotSignedIn
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.services.lines import edit_line
from sessions.programme.services.rights import NotModerator
from sessions.recordings.selectors import chapters_of
from sessions.suggestions.models import Suggestion
from sessions.suggestions.selectors import supported_not_opened
from sessions.suggestions.services.moving import (
    IllegalSuggestionMove,
    NamesAreOnLine,
    SuggestionMovedMeanwhile,
    TooLateToUndoSuggestion,
    set_suggestion_state,
    undo_suggestion,
)
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_session,
    make_suggestion,
    put_name,
    support,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def caller(session):
    return Caller(user_id=make_moderator(session).pk)


def move(suggestion, caller, state, **more):
    return set_suggestion_state(suggestion_id=suggestion.pk, caller=caller, state=state, now=NOW, **more)


def undo(suggestion, caller, now=NOW):
    return undo_suggestion(suggestion_id=suggestion.pk, caller=caller, now=now)


def test_opened_suggestion_is_a_line_of_its_title_and_nobody_is_signed_up(session, caller):
    suggestion = make_suggestion(session)
    support(suggestion, make_attendee(session))
    opened = move(suggestion, caller, "opened", seen="open")
    line = SignUpLine.objects.get()
    assert (opened.state, opened.line_id, line.title, line.state) == (
        "opened",
        line.pk,
        "Rancher on OpenStack",
        "open",
    )
    assert not SignUp.objects.exists()
    noted = list(TimelineEntry.objects.values_list("verb", "title", "subject"))
    assert noted == [
        ("suggestion.opened", line.title, str(suggestion.pk)),
        ("line.opened", line.title, str(line.pk)),
    ]
    assert move(suggestion, caller, "opened").line_id == line.pk, "twice is once"
    assert SignUpLine.objects.count() == 1


def test_moves_that_are_none_are_refused(session, caller):
    suggestion = make_suggestion(session)
    with pytest.raises(Malformed):
        move(suggestion, caller, "approved")
    with pytest.raises(SuggestionMovedMeanwhile):
        move(suggestion, caller, "dismissed", seen="waiting")
    with pytest.raises(IllegalSuggestionMove):
        move(suggestion, caller, "waiting")
    opened = make_suggestion(session, "Opened", state="opened")
    with pytest.raises(IllegalSuggestionMove):
        move(opened, caller, "dismissed")
    assert {each.state for each in Suggestion.objects.all()} == {"open", "opened"}


def test_who_does_not_moderate_moves_nothing_and_does_not_learn_of_hidden_ones(session):
    shown, hidden = make_suggestion(session), make_suggestion(session, state="dismissed")
    helper = Caller(user_id=make_helper(session).pk)
    for who, refusal in ((NOBODY, NotSignedIn), (helper, NotModerator)):
        for act in (lambda each, who=who: move(each, who, "opened"), lambda each, who=who: undo(each, who)):
            with pytest.raises(refusal):
                act(shown)
            with pytest.raises(NotFound):
                act(hidden)


def test_each_move_is_undone_within_five_seconds(session, caller):
    for state, to in (
        ("waiting", "open"),
        ("open", "dismissed"),
        ("dismissed", "open"),
        ("waiting", "dismissed"),
    ):
        suggestion = make_suggestion(session, state=state)
        move(suggestion, caller, to)
        with pytest.raises(TooLateToUndoSuggestion):
            undo(suggestion, caller, NOW + timedelta(seconds=30))
        assert undo(suggestion, caller).state == state
        with pytest.raises(TooLateToUndoSuggestion):
            undo(suggestion, caller)


def test_undone_opening_leaves_no_line_and_no_chapter_and_it_can_be_opened_anew(session, caller):
    suggestion = make_suggestion(session)
    move(suggestion, caller, "opened")
    assert (undo(suggestion, caller).state, Suggestion.objects.get().line) == ("open", None)
    assert not SignUpLine.objects.exists()
    assert TimelineEntry.objects.last().verb == "suggestion.set_back"
    note(session=session, verb=TimelineEntry.Verb.SESSION_STARTED, now=NOW)
    assert [mark.verb for mark in chapters_of(session)] == ["session.started"]
    move(suggestion, caller, "opened")
    assert SignUpLine.objects.get().state == "open"


def test_opening_stays_once_somebody_signed_up(session, caller):
    suggestion = make_suggestion(session)
    line, ada = move(suggestion, caller, "opened").line, make_attendee(session)
    put_name(line, ada, name="Ada")
    withdraw(line, ada)
    with pytest.raises(NamesAreOnLine):
        undo(suggestion, caller)
    assert Suggestion.objects.get().state == "opened"
    assert SignUpLine.objects.get().state == "open"


def test_line_of_an_opened_suggestion_may_be_renamed_and_deleted(session, caller):
    suggestion = make_suggestion(session, state="opened")
    line = SignUpLine.objects.get()
    edit_line(line_id=line.pk, caller=caller, given={"title": "Rancher"}, now=NOW)
    assert Suggestion.objects.get().title == "Rancher on OpenStack"
    line.delete()
    assert (Suggestion.objects.get().state, Suggestion.objects.get().line) == ("opened", None)
    assert undo(suggestion, caller).state == "open"


def test_supported_and_not_opened_are_those_of_the_programme_in_its_order(session):
    few, many = make_suggestion(session, "Few"), make_suggestion(session, "Many")
    people = [make_attendee(session) for _ in range(3)]
    make_suggestion(session, "Nobody")
    hidden = make_suggestion(session, "Hidden")
    for suggestion, count in ((few, 1), (many, 3), (hidden, 2)):
        for attendee in people[:count]:
            assert support(suggestion, attendee) == "ok"
    Suggestion.objects.filter(pk=hidden.pk).update(state="dismissed")
    assert list(supported_not_opened(session.event)) == [many, few]
