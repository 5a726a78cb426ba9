"""Suggesting a follow-up, editing and withdrawing one's own; what a session takes; what is nearly the same."""

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from sessions.audit.models import AuditEntry
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.rights import NotJoined, NotModerator
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.selectors import similar_lines, similar_suggestions
from sessions.suggestions.services import suggesting
from sessions.suggestions.services.suggesting import (
    NotYourSuggestion,
    SessionHasTooManySuggestions,
    SuggestionHasSupporters,
    SuggestionIsTaken,
    SuggestionsAreOff,
    TooManySuggestions,
    edit_suggestion,
    set_suggestion_rules,
    suggest_follow_up,
    withdraw_suggestion,
)
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_line,
    make_moderator,
    make_session,
    make_suggestion,
    support,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def ada(session):
    return make_attendee(session)


def suggest(session, attendee, title="Rancher on OpenStack"):
    return suggest_follow_up(session_id=session.pk, attendee=attendee, title=title, now=NOW)


def edit(suggestion, attendee, title="Rancher, again"):
    return edit_suggestion(suggestion_id=suggestion.pk, attendee=attendee, title=title)


def test_suggestion_is_open_at_once_and_waits_where_the_session_moderates(session, ada):
    first = suggest(session, ada, "  Rancher   on OpenStack ")
    assert (first.title, first.state, first.supporters) == ("Rancher on OpenStack", "open", 0)
    Session.objects.update(suggestions_moderated=True)
    assert suggest(session, ada, "More").state == "waiting"


@pytest.mark.parametrize("title", [None, "", "  ", 5, "x" * 121])
def test_title_that_cannot_be_is_refused_and_nothing_is_made(session, ada, title):
    with pytest.raises(Malformed) as refusal:
        suggest(session, ada, title)
    assert "title" in refusal.value.fields
    assert not Suggestion.objects.exists()


def test_who_did_not_join_suggests_nothing_nor_does_anybody_after_the_end_or_where_it_is_off(session, ada):
    for stranger in (None, make_attendee(make_session())):
        with pytest.raises(NotJoined):
            suggest(session, stranger)
    Session.objects.filter(pk=session.pk).update(suggestions_open=False)
    with pytest.raises(SuggestionsAreOff):
        suggest(session, ada)
    Session.objects.filter(pk=session.pk).update(suggestions_open=True, state="over")
    with pytest.raises(SessionIsOver):
        suggest(session, ada)


def test_one_attendee_has_three_that_wait_and_a_session_a_hundred(session, ada, monkeypatch):
    made = [suggest(session, ada, f"Topic {n}") for n in range(3)]
    with pytest.raises(TooManySuggestions):
        suggest(session, ada)
    withdraw_suggestion(suggestion_id=made[0].pk, attendee=ada)
    suggest(session, ada)
    monkeypatch.setattr(suggesting, "MAX_IN_SESSION", 3)
    with pytest.raises(SessionHasTooManySuggestions):
        suggest(session, make_attendee(session))


def test_own_suggestion_is_edited_until_somebody_supports_it(session, ada):
    suggestion = suggest(session, ada)
    assert edit(suggestion, ada).title == "Rancher, again"
    assert edit(suggestion, ada).version == suggestion.version + 1, "the same words are no change"
    bob = make_attendee(session)
    with pytest.raises(NotYourSuggestion):
        edit(suggestion, bob)
    assert support(suggestion, bob) == "ok"
    with pytest.raises(SuggestionHasSupporters):
        edit(suggestion, ada, "Something else")
    with pytest.raises(Malformed):
        edit(suggestion, ada, "")


def test_edited_suggestion_waits_again_where_the_session_moderates(session, ada):
    suggestion = suggest(session, ada)
    Session.objects.update(suggestions_moderated=True)
    assert edit(suggestion, ada).state == "waiting"


def test_what_a_moderator_took_up_is_neither_edited_nor_withdrawn(session, ada):
    opened = make_suggestion(session, state="opened", attendee=ada)
    for act in (edit, lambda each, who: withdraw_suggestion(suggestion_id=each.pk, attendee=who)):
        with pytest.raises(SuggestionIsTaken):
            act(opened, ada)
    dismissed = make_suggestion(session, state="dismissed", attendee=ada)
    with pytest.raises(SuggestionIsTaken):
        edit(dismissed, ada)
    with pytest.raises(NotFound):
        edit(dismissed, make_attendee(session))
    withdraw_suggestion(suggestion_id=dismissed.pk, attendee=ada)
    assert not Suggestion.objects.filter(pk=dismissed.pk).exists()


def test_withdrawn_suggestion_takes_its_supports_along(session, ada):
    suggestion = suggest(session, ada)
    support(suggestion, make_attendee(session))
    gone = withdraw_suggestion(suggestion_id=suggestion.pk, attendee=ada)
    assert gone.version > suggestion.version
    assert not Suggestion.objects.exists()
    assert not SuggestionSupport.objects.exists()


def test_moderator_sets_what_a_session_takes_and_others_do_not(session):
    caller = Caller(user_id=make_moderator(session).pk)
    set_suggestion_rules(session_id=session.pk, caller=caller, taken=False)
    now = set_suggestion_rules(session_id=session.pk, caller=caller, moderated=True)
    assert (now.suggestions_open, now.suggestions_moderated, now.version) == (
        False,
        True,
        session.version + 2,
    )
    set_suggestion_rules(session_id=session.pk, caller=caller, taken=False, moderated=True)
    assert Session.objects.get(pk=session.pk).version == now.version
    assert AuditEntry.objects.filter(details__setting="suggestions").count() == 2
    with pytest.raises(Malformed):
        set_suggestion_rules(session_id=session.pk, caller=caller, taken="no")
    helper = Caller(user_id=make_helper(session).pk)
    with pytest.raises(NotModerator):
        set_suggestion_rules(session_id=session.pk, caller=helper, taken=True)


def test_what_is_nearly_the_same_is_found_among_open_suggestions_and_lines(session):
    near = make_suggestion(session, "Clusters by Rancher on OpenStack")
    make_suggestion(session, "Something else")
    make_suggestion(session, "Rancher on OpenStack!", state="dismissed")
    make_suggestion(make_session(), "Rancher on OpenStack")
    line = make_line(session, "OpenStack and Rancher")
    assert similar_suggestions(session.pk, "rancher on openstack") == [near]
    assert similar_lines(session.pk, "rancher on openstack") == [line]
