"""Many questions are dismissed in one act, and restored in one act, each as it was before."""

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from sessions.questions.models import Question
from sessions.questions.selectors import dismissals_of
from sessions.questions.services.dismissals import dismiss_questions, restore_dismissed
from sessions.questions.services.queue import merge_question, pin_question, set_question_state, undo_question
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_question,
    make_session,
    upvote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def caller(session):
    return Caller(user_id=make_helper(session).pk)


def states(*questions):
    return [Question.objects.get(pk=question.pk).state for question in questions]


def refusal(**wanted):
    with pytest.raises(DomainError) as refused:
        dismiss_questions(now=NOW, **wanted)
    return refused.value.code, set(refused.value.fields)


def test_unvoted_ones_go_together_and_come_back_together(session, caller):
    flood = [make_question(session, f"Buy {number}?") for number in range(3)]
    wanted, pinned, on_air = (
        make_question(session),
        make_question(session),
        make_question(session, state="on_air"),
    )
    waiting, elsewhere = make_question(session, state="waiting"), make_question()
    upvote(wanted, make_attendee(session))
    pin_question(question_id=pinned.pk, caller=caller, pinned=True)
    act = dismiss_questions(session_id=session.pk, caller=caller, which="unvoted", now=NOW)
    kept = ["open", "open", "on_air", "waiting", "open"]
    assert states(*flood) == ["dismissed"] * 3
    assert states(wanted, pinned, on_air, waiting, elsewhere) == kept
    assert [(one.pk, one.count, one.actor_name) for one in dismissals_of(session.pk)] == [
        (act.pk, 3, "Kendall Nelson")
    ]
    # Somebody reopens one, and another one is dismissed by itself: the act restores what is left of it.
    set_question_state(question_id=flood[0].pk, caller=caller, state="open", now=NOW)
    set_question_state(question_id=wanted.pk, caller=caller, state="dismissed", now=NOW)
    assert dismissals_of(session.pk)[0].count == 2
    assert restore_dismissed(dismissal_id=act.pk, caller=caller) == 2
    assert states(*flood, wanted) == ["open", "open", "open", "dismissed"]
    assert dismissals_of(session.pk) == []
    assert restore_dismissed(dismissal_id=act.pk, caller=caller) == 0


def test_waiting_ones_wait_again_when_they_are_restored(session, caller):
    waiting, shown = make_question(session, state="waiting"), make_question(session)
    act = dismiss_questions(session_id=session.pk, caller=caller, which="waiting", now=NOW)
    assert states(waiting, shown) == ["dismissed", "open"]
    restore_dismissed(dismissal_id=act.pk, caller=caller)
    assert states(waiting) == ["waiting"]


def test_named_ones_are_dismissed_where_they_still_can_be(session, caller):
    named, answered, merged = (
        make_question(session),
        make_question(session, state="answered"),
        make_question(session),
    )
    merge_question(question_id=merged.pk, caller=caller, into=answered.pk, now=NOW)
    elsewhere = make_question()
    ids = [str(one.pk) for one in (named, answered, merged, elsewhere)]
    dismiss_questions(session_id=session.pk, caller=caller, questions=ids, now=NOW)
    assert states(named, answered, merged, elsewhere) == ["dismissed", "answered", "open", "open"]
    again = refusal(session_id=session.pk, caller=caller, questions=ids)
    assert again == ("nothing_to_dismiss", set())


def test_each_change_is_a_new_version_and_single_undo_is_not_offered(session, caller):
    question = make_question(session)
    before = Question.objects.get(pk=question.pk).version
    dismiss_questions(session_id=session.pk, caller=caller, questions=[str(question.pk)], now=NOW)
    assert Question.objects.get(pk=question.pk).version == before + 1
    with pytest.raises(DomainError) as refused:
        undo_question(question_id=question.pk, caller=caller, now=NOW)
    assert refused.value.code == "illegal_move"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "which"),
        ({"which": "all"}, "which"),
        ({"which": ["waiting"]}, "which"),
        ({"which": "waiting", "questions": ["1"]}, "which"),
        ({"questions": []}, "questions"),
        ({"questions": "1"}, "questions"),
        ({"questions": ["1", "x"]}, "questions"),
        ({"questions": [1]}, "questions"),
        ({"questions": ["1"] * 1001}, "questions"),
    ],
)
def test_malformed_choice_names_the_field_and_changes_nothing(session, caller, wanted, field):
    waiting = make_question(session, state="waiting")
    assert refusal(session_id=session.pk, caller=caller, **wanted) == ("malformed", {field})
    assert states(waiting) == ["waiting"]


def test_others_neither_dismiss_nor_restore(session, caller):
    question = make_question(session)
    act = dismiss_questions(session_id=session.pk, caller=caller, which="unvoted", now=NOW)
    neighbour = Caller(user_id=make_moderator(make_session(session.event), "Ada Neighbour").pk)
    for other, code in ((neighbour, "not_helper"), (Caller(), "not_signed_in")):
        assert refusal(session_id=session.pk, caller=other, which="unvoted")[0] == code
        with pytest.raises(DomainError) as refused:
            restore_dismissed(dismissal_id=act.pk, caller=other)
        assert refused.value.code == code
    assert states(question) == ["dismissed"]
