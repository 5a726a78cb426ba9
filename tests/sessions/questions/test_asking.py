"""Asking, mending and withdrawing questions, and how a session takes them."""

import pytest
from django.db import IntegrityError, transaction

from opendev.core.attendance import Caller, new_pass
from opendev.core.errors import DomainError, Malformed
from opendev.core.similarity import similarity
from sessions.programme.models import Session
from sessions.questions.models import Question, QuestionVote
from sessions.questions.selectors import own_upvotes, similar_questions
from sessions.questions.services.asking import (
    ask_question,
    edit_question,
    set_question_rules,
    withdraw_question,
)
from sessions.questions.services.queue import merge_question
from tests.factories import NOW, make_attendee, make_question, make_session, upvote, votes_of
from tests.factories.sessions import make_moderator, organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def ada(session):
    return make_attendee(session)


@pytest.fixture
def bob(session):
    return make_attendee(session)


def code_of(work, **given):
    try:
        work(**given)
    except DomainError as refusal:
        return refusal.code
    return "ok"


def test_question_is_asked_openly_or_waits_where_the_session_moderates(session, ada):
    asked = ask_question(session_id=session.pk, attendee=ada, text="  Why \n so? ", name="Ada", now=NOW)
    assert (asked.text, asked.name, asked.state, asked.votes) == ("Why so?", "Ada", "open", 0)
    Session.objects.update(questions_moderated=True)
    waits = ask_question(session_id=session.pk, attendee=ada, text="And how?", now=NOW)
    assert (waits.state, waits.name) == ("waiting", "")


@pytest.mark.parametrize(
    ("given", "code", "fields"),
    [
        ({"text": ""}, "malformed", {"text"}),
        ({"text": "x" * 301}, "malformed", {"text"}),
        ({"text": "a\x00"}, "malformed", {"text"}),
        ({"text": 3}, "malformed", {"text"}),
        ({"text": "Why?", "name": ["Ada"]}, "malformed", {"name"}),
        ({"text": "Why?", "name": "x" * 121}, "malformed", {"name"}),
        ({"text": "Why?", "attendee": None}, "not_joined", set()),
        ({"text": "Why?", "attendee": new_pass(0, 1)}, "not_joined", set()),
        ({"text": "Why?", "session_id": 404}, "not_found", set()),
    ],
)
def test_question_that_cannot_be_asked_leaves_nothing(session, ada, given, code, fields):
    with pytest.raises(DomainError) as refusal:
        ask_question(**{"session_id": session.pk, "attendee": ada, "now": NOW, **given})
    assert (refusal.value.code, refusal.value.fields.keys()) == (code, fields)
    assert not Question.objects.exists()


def test_nobody_asks_in_a_session_that_is_over_or_more_than_ten_at_once(session, ada, bob):
    for number in range(10):
        ask_question(session_id=session.pk, attendee=ada, text=f"Question {number}?", now=NOW)
    given = {"session_id": session.pk, "text": "One more?", "now": NOW}
    assert code_of(ask_question, attendee=ada, **given) == "too_many_questions"
    assert code_of(ask_question, attendee=bob, **given) == "ok"
    Session.objects.update(state="over")
    assert code_of(ask_question, attendee=bob, **given) == "session_is_over"


def test_name_is_refused_where_questions_carry_none(session, ada):
    moderator = Caller(user_id=make_moderator(session).pk)
    set_question_rules(session_id=session.pk, caller=moderator, named=False)
    given = {"session_id": session.pk, "attendee": ada, "text": "Why?", "now": NOW}
    with pytest.raises(Malformed) as refusal:
        ask_question(**given, name="Ada")
    assert refusal.value.fields.keys() == {"name"}
    assert ask_question(**given, name="").name == ""


def test_rules_are_changed_one_by_one_and_raise_the_version_when_they_change(session):
    caller = organiser_of(session.event)
    for named, moderated, raised in ((None, None, 0), (False, None, 1), (False, True, 2), (None, True, 2)):
        set_question_rules(session_id=session.pk, caller=caller, named=named, moderated=moderated)
        assert Session.objects.get().version == session.version + raised
    now = Session.objects.get()
    assert (now.questions_named, now.questions_moderated) == (False, True)
    for wrong in (0, "true", []):
        with pytest.raises(Malformed) as refusal:
            set_question_rules(session_id=session.pk, caller=caller, named=wrong)
        assert refusal.value.fields.keys() == {"named"}


def test_own_question_is_mended_until_somebody_votes_for_it(session, ada, bob):
    question = make_question(session, attendee=ada)
    assert edit_question(question_id=question.pk, attendee=ada, text="Why not?").text == "Why not?"
    assert code_of(edit_question, question_id=question.pk, attendee=bob, text="Mine") == "not_your_question"
    assert code_of(edit_question, question_id=question.pk, attendee=None, text="Mine") == "not_joined"
    upvote(question, bob)
    assert code_of(edit_question, question_id=question.pk, attendee=ada, text="Hm") == "question_has_votes"
    assert Question.objects.get().text == "Why not?"


def test_mended_question_waits_again_where_the_session_moderates(session, ada):
    question = make_question(session, attendee=ada)
    Session.objects.update(questions_moderated=True)
    assert edit_question(question_id=question.pk, attendee=ada, text="Rude?").state == "waiting"


@pytest.mark.parametrize(
    ("state", "edited", "withdrawn"),
    [
        ("waiting", "ok", "ok"),
        ("open", "ok", "ok"),
        ("dismissed", "question_is_taken", "ok"),
        ("on_air", "question_is_taken", "question_is_taken"),
        ("answered", "question_is_taken", "question_is_taken"),
    ],
)
def test_own_question_is_ones_own_until_it_is_taken_up(session, ada, bob, state, edited, withdrawn):
    question = make_question(session, state=state, attendee=ada)
    hidden = state in {"waiting", "dismissed"}
    for other in (bob, None):
        refused = "not_found" if hidden else "not_your_question" if other else "not_joined"
        assert code_of(edit_question, question_id=question.pk, attendee=other, text="x") == refused
        assert code_of(withdraw_question, question_id=question.pk, attendee=other) == refused
    assert code_of(edit_question, question_id=question.pk, attendee=ada, text="x") == edited
    assert code_of(withdraw_question, question_id=question.pk, attendee=ada) == withdrawn
    assert Question.objects.exists() == (withdrawn != "ok")


def test_withdrawn_question_takes_its_votes_along_and_frees_what_was_merged_into_it(session, ada, bob):
    target, other = make_question(session, attendee=ada), make_question(session, "How?")
    carol = make_attendee(session)
    for attendee in (bob, carol):
        upvote(other, attendee)
    upvote(target, bob)
    caller = organiser_of(session.event)
    merge_question(question_id=other.pk, caller=caller, into=target.pk, now=NOW)
    assert votes_of(target) == 2
    withdraw_question(question_id=target.pk, attendee=ada)
    freed = Question.objects.get()
    assert (freed.pk, freed.merged_into_id, freed.votes) == (other.pk, None, 2)
    assert QuestionVote.objects.count() == 2


def test_withdrawn_duplicate_takes_its_votes_from_where_it_stood(session, ada, bob):
    target, other = make_question(session), make_question(session, attendee=ada)
    upvote(other, bob)
    merge_question(question_id=other.pk, caller=organiser_of(session.event), into=target.pk, now=NOW)
    assert votes_of(target) == 1
    withdraw_question(question_id=other.pk, attendee=ada)
    assert votes_of(target) == 0


def test_own_upvotes_are_of_the_question_that_it_counts_for_and_cost_the_same_for_many(
    session, ada, bob, django_assert_num_queries
):
    target, other = make_question(session), make_question(session)
    upvote(other, ada)
    merge_question(question_id=other.pk, caller=organiser_of(session.event), into=target.pk, now=NOW)
    upvote(make_question(make_session()), make_attendee(make_session()))
    for wanted in ([ada], [ada, bob, ada]):
        with django_assert_num_queries(2):
            found = own_upvotes([(one.attendee_id, session.pk) for one in wanted])
        assert found == [{target.pk} if one is ada else set() for one in wanted]


# --- what the database itself refuses


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "asleep"}, "question_state_is_known"),
        ({"text": ""}, "question_says_something"),
        ({"state": "on_air", "merged_into": "other"}, "question_merged_is_not_on_air"),
        ({"merged_into": "itself"}, "question_is_not_merged_into_itself"),
    ],
)
def test_database_refuses_a_question_that_cannot_be(session, values, constraint):
    question, other = make_question(session), make_question(session)
    named = {"other": other.pk, "itself": question.pk}
    if "merged_into" in values:
        values = {**values, "merged_into": named[values["merged_into"]]}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**values)


def test_database_refuses_a_second_question_on_air_and_a_second_vote(session, ada):
    first, second = make_question(session, state="on_air"), make_question(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=second.pk).update(state="on_air")
    Question.objects.filter(pk=first.pk).update(state="open")
    Question.objects.filter(pk=second.pk).update(state="on_air")
    QuestionVote.objects.create(question=first, attendee_id=ada.attendee_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVote.objects.create(question=first, attendee_id=ada.attendee_id)


# --- questions that ask nearly the same


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("How do you upgrade long-lived clusters?", "how do we UPGRADE a long-lived cluster", True),
        ("Which base images does CERN use?", "What base images do you use at CERN?", True),
        ("Wie groß sind die Maschinen?", "Wie gross sind die Maschinen?", True),
        ("How large are the machines?", "How do you upgrade clusters?", False),
        ("Who are you?", "Who are you?", True),
        ("", "Why?", False),
        ("Why?", "?!", False),
    ],
)
def test_similarity_is_by_the_words_that_tell(one, other, near):
    assert (similarity(one, other) >= 0.5) == near
    assert similarity(one, other) == similarity(other, one)


def test_similar_questions_are_the_public_ones_of_this_session_nearest_first(session):
    text = "How large are the virtual machines of Kata?"
    same = make_question(session, text)
    make_question(session, "How do you upgrade?")
    for state in ("waiting", "dismissed"):
        make_question(session, text, state=state)
    make_question(make_session(session.event), text)
    nearer = [
        make_question(session, f"How large are Kata machines{n}?") for n in ("", " then", " now", " ever")
    ]
    found = [question.pk for question in similar_questions(session.pk, text)]
    assert found[0] == same.pk
    assert len(found) == 3
    assert set(found[1:]) <= {question.pk for question in nearer}


@pytest.mark.django_db
@pytest.mark.parametrize("empty", ["", None, " "])
def test_name_of_ones_own_question_is_taken_back_also_when_people_voted_for_it(empty):
    session = make_session()
    ada, bob = make_attendee(session), make_attendee(session)
    question = make_question(session, attendee=ada, name="Ada Misspelt")
    upvote(question, bob)
    edited = edit_question(question_id=question.pk, attendee=ada, name=empty)
    assert (edited.name, edited.text, edited.version) == (
        "",
        question.text,
        question.version + 2,
    )  # the vote was one
    with pytest.raises(DomainError) as refused:
        edit_question(question_id=question.pk, attendee=ada, text="Another?", name="Ada")
    assert refused.value.code == "question_has_votes"
    with pytest.raises(DomainError) as refused:
        edit_question(question_id=question.pk, attendee=bob, name="")
    assert refused.value.code == "not_your_question"
