"""What moderators and helpers do with questions, and what can be taken back."""

from datetime import timedelta

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.room.services import set_session_state
from sessions.questions.models import Question
from sessions.questions.services.queue import (
    QUESTION_MOVES,
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_question,
    make_session,
    upvote,
    voters_of,
    votes_of,
)
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db
STATES = ("waiting", "open", "on_air", "answered", "dismissed")
SOON, LATE = NOW + timedelta(seconds=5), NOW + timedelta(seconds=5.1)


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def caller(session):
    return Caller(user_id=make_helper(session).pk)


@pytest.fixture
def move(caller):
    """`move(question, "on_air")`: the state that it then has, or the code of the refusal."""

    def work(question, state, **given):
        given = {"now": NOW, **given}
        try:
            return set_question_state(question_id=question.pk, caller=caller, state=state, **given).state
        except DomainError as refusal:
            return refusal.code

    return work


def state_of(question):
    return Question.objects.get(pk=question.pk).state


@pytest.mark.parametrize("start", STATES)
@pytest.mark.parametrize("end", STATES)
def test_question_moves_as_the_table_says_and_no_other_way(session, move, start, end):
    question = make_question(session, state=start)
    legal = end == start or end in QUESTION_MOVES[start]
    assert move(question, end) == (end if legal else "illegal_move")
    assert state_of(question) == (end if legal else start)


def test_one_question_is_on_air_and_the_one_before_counts_as_answered(session, move):
    first, second = make_question(session), make_question(session)
    elsewhere = make_question(state="on_air")
    move(first, "on_air")
    move(second, "on_air")
    assert [state_of(question) for question in (first, second, elsewhere)] == ["answered", "on_air", "on_air"]
    assert Question.objects.get(pk=first.pk).answered_at == NOW


def test_old_button_does_nothing_unmeant(session, move):
    question = make_question(session)
    move(question, "dismissed")
    assert move(question, "open", seen="waiting") == "changed_meanwhile"
    assert move(question, "open", seen="dismissed") == "open"
    assert move(question, "asleep") == move(question, None) == move(question, ["open"]) == "malformed"


def test_written_answer_is_kept_with_the_question(session, caller, move):
    question = make_question(session)
    assert move(question, "answered", answer=" Two gigabytes.\r\nMore with devices. ") == "answered"
    kept = Question.objects.get()
    assert kept.answer == "Two gigabytes.\nMore with devices."
    assert write_answer(question_id=kept.pk, caller=caller, answer="Four.").version == kept.version + 1
    assert write_answer(question_id=kept.pk, caller=caller, answer="Four.").version == kept.version + 1
    move(question, "open")
    move(question, "answered")
    assert Question.objects.get().answer == "Four."
    assert move(question, "answered", answer="Five.") == "answered"
    assert Question.objects.get().answer == "Five."
    for wrong in ("x" * 4001, "a\x00", 4):
        assert move(question, "answered", answer=wrong) == "malformed"


@pytest.mark.parametrize("start", STATES)
def test_every_move_can_be_taken_back_for_five_seconds(session, caller, move, start):
    for end in sorted(QUESTION_MOVES[start]):
        question = make_question(session, f"From {start} to {end}?", state=start)
        move(question, end)
        with pytest.raises(DomainError) as refusal:
            undo_question(question_id=question.pk, caller=caller, now=LATE)
        assert refusal.value.code == "illegal_move"
        assert undo_question(question_id=question.pk, caller=caller, now=SOON).state == start
        with pytest.raises(DomainError):  # once
            undo_question(question_id=question.pk, caller=caller, now=SOON)
        Question.objects.filter(pk=question.pk).delete()


def test_undo_puts_back_on_air_what_was_taken_off(session, caller, move):
    first, second, third = (make_question(session) for _ in range(3))
    move(first, "on_air")
    move(second, "on_air", now=NOW + timedelta(seconds=1))
    undo_question(question_id=second.pk, caller=caller, now=SOON)
    assert [state_of(question) for question in (first, second)] == ["on_air", "open"]
    move(third, "on_air", now=NOW + timedelta(seconds=2))
    with pytest.raises(DomainError):  # something else is on air by now
        undo_question(question_id=first.pk, caller=caller, now=SOON)
    assert [state_of(question) for question in (first, second, third)] == ["answered", "open", "on_air"]


def test_pinned_is_true_or_false(session, caller):
    question = make_question(session)
    assert pin_question(question_id=question.pk, caller=caller, pinned=True).pinned
    assert not pin_question(question_id=question.pk, caller=caller, pinned=False).pinned
    with pytest.raises(DomainError) as refusal:
        pin_question(question_id=question.pk, caller=caller, pinned="yes")
    assert refusal.value.fields.keys() == {"pinned"}


def test_merging_counts_common_voters_once_and_parting_gives_everybody_back(session, caller):
    target, other, third = (make_question(session) for _ in range(3))
    ada, bob, carol, dan = (make_attendee(session) for _ in range(4))
    for question, attendee in (
        (target, ada),
        (target, bob),
        (other, bob),
        (other, carol),
        (third, dan),
        (third, ada),
    ):
        upvote(question, attendee)

    def merge(question, into):
        merge_question(question_id=question.pk, caller=caller, into=into and into.pk, now=NOW)

    merge(third, other)
    assert votes_of(other) == 4
    merge(other, target)  # with all that stands in it
    assert votes_of(target) == len(voters_of(target, other, third)) == 4
    assert upvote(target, carol) == "ok"
    assert votes_of(target) == 4
    assert upvote(target, bob, takes_back=True) == "ok"  # both of his votes
    assert votes_of(target) == 3
    undo_question(question_id=other.pk, caller=caller, now=SOON)
    assert [votes_of(question) for question in (target, other, third)] == [1, 3, 2]
    merge(third, None)
    assert [votes_of(question) for question in (target, other, third)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("state", "into", "code"),
    [
        ("open", "open", "ok"),
        ("waiting", "on_air", "ok"),
        ("answered", "answered", "ok"),
        ("on_air", "open", "illegal_move"),
        ("dismissed", "open", "illegal_move"),
        ("open", "waiting", "illegal_move"),
        ("open", "dismissed", "illegal_move"),
    ],
)
def test_questions_are_merged_where_that_says_the_same(session, caller, state, into, code):
    question, target = make_question(session, state=state), make_question(session, state=into)
    try:
        merge_question(question_id=question.pk, caller=caller, into=target.pk, now=NOW)
        said = "ok"
    except DomainError as refusal:
        said = refusal.code
    assert said == code
    assert (Question.objects.get(pk=question.pk).merged_into_id is not None) == (code == "ok")


def test_merged_question_stands_still_and_takes_nothing_in(session, caller, move):
    question, target, other = (make_question(session) for _ in range(3))
    merge_question(question_id=question.pk, caller=caller, into=target.pk, now=NOW)
    assert move(question, "on_air") == "illegal_move"
    for one, into, code in (
        (other, question, "illegal_move"),
        (target, question, "illegal_move"),
        (question, other, "illegal_move"),
        (other, other, "malformed"),
        (other, make_question(), "malformed"),
    ):
        with pytest.raises(DomainError) as refusal:
            merge_question(question_id=one.pk, caller=caller, into=into.pk, now=NOW)
        assert refusal.value.code == code


def test_end_of_the_session_answers_what_is_on_air_and_lets_nothing_on_air_again(session, move):
    question = make_question(session, state="on_air")
    set_session_state(session_id=session.pk, caller=organiser_of(session.event), state="over", now=NOW)
    assert state_of(question) == "answered"
    assert move(question, "on_air") == "session_is_over"
    assert move(question, "open") == "open"


def test_helper_of_another_session_meets_nothing_here(session):
    elsewhere = Caller(user_id=make_helper(make_session(session.event)).pk)
    for state, code in (("waiting", "not_found"), ("open", "not_helper"), ("dismissed", "not_found")):
        question = make_question(session, state=state)
        for caller in (elsewhere, Caller()):
            with pytest.raises(DomainError) as refusal:
                set_question_state(question_id=question.pk, caller=caller, state="answered", now=NOW)
            expected = "not_signed_in" if code == "not_helper" and caller == Caller() else code
            assert refusal.value.code == expected
    assert make_moderator(session)
