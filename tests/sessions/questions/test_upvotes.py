"""Upvotes: each attendee counts once, whatever the batches."""

import random

import pytest

from opendev.core.attendance import new_pass
from opendev.core.errors import DomainError
from sessions.programme.models import Session
from sessions.questions.models import Question, QuestionVote
from sessions.questions.services.queue import merge_question
from sessions.questions.services.upvotes import Upvote, record_upvotes
from tests.factories import (
    NOW,
    make_attendee,
    make_question,
    make_session,
    upvote,
    voters_of,
    votes_of,
)
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def ada(session):
    return make_attendee(session)


def said(upvotes):
    return [o.code if isinstance(o, DomainError) else o.upvoted for o in record_upvotes(upvotes)]


def test_upvote_counts_once_and_is_taken_back(session, ada):
    question = make_question(session)
    for takes_back, votes in ((False, 1), (False, 1), (True, 0), (True, 0), (False, 1)):
        assert upvote(question, ada, takes_back=takes_back) == "ok"
        assert votes_of(question) == len(voters_of(question)) == votes
    assert Question.objects.get().version == question.version + 3


def test_each_upvote_of_a_batch_sees_those_before_it(session, ada):
    question, other = make_question(session), make_question(session)
    bob = make_attendee(session)
    batch = [
        Upvote(question.pk, ada),
        Upvote(question.pk, ada, takes_back=True),
        Upvote(other.pk, ada),
        Upvote(404, ada),
        Upvote(question.pk, bob),
        Upvote(question.pk, bob),
    ]
    assert said(batch) == [True, False, True, "not_found", True, True]
    assert (votes_of(question), votes_of(other)) == (1, 1)
    versions = dict(Question.objects.values_list("pk", "version"))
    assert versions == {question.pk: question.version + 1, other.pk: other.version + 1}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("waiting", "not_found"),
        ("dismissed", "not_found"),
        ("on_air", "question_not_open"),
        ("answered", "question_not_open"),
    ],
)
def test_upvote_is_for_open_questions(session, ada, state, code):
    question = make_question(session, state=state)
    assert upvote(question, ada) == upvote(question, ada, takes_back=True) == code


def test_upvote_is_by_those_who_joined_and_not_for_ones_own(session, ada):
    own, other = make_question(session, attendee=ada), make_question(session)
    assert upvote(own, ada) == "own_question"
    assert upvote(other, make_attendee(make_session())) == "not_joined"
    assert upvote(other, new_pass(session.event_id, 404)) == "not_joined"
    Session.objects.update(state="over")
    assert upvote(other, ada) == "session_is_over"
    assert not QuestionVote.objects.exists()


def test_upvote_for_a_merged_question_counts_for_where_it_stands(session, ada):
    target, other, hidden = (
        make_question(session),
        make_question(session),
        make_question(session, state="waiting"),
    )
    caller = organiser_of(session.event)
    for question in (other, hidden):
        merge_question(question_id=question.pk, caller=caller, into=target.pk, now=NOW)
    [outcome] = record_upvotes([Upvote(other.pk, ada)])
    assert (outcome.question_id, votes_of(target)) == (target.pk, 1)
    assert upvote(hidden, make_attendee(session)) == "not_found"


def test_votes_kept_are_the_voters_after_any_batches(session):
    """A thousand upvotes, some taken back, over five questions of which two stand in others."""
    questions = [make_question(session) for _ in range(5)]
    caller = organiser_of(session.event)
    people = [make_attendee(session) for _ in range(20)]
    chance = random.Random(6)
    wanted = [
        Upvote(chance.choice(questions).pk, chance.choice(people), chance.random() < 0.3) for _ in range(1000)
    ]
    record_upvotes(wanted[:500])
    for child, root in ((2, 1), (1, 0)):
        merge_question(question_id=questions[child].pk, caller=caller, into=questions[root].pk, now=NOW)
    for start in range(500, 1000, 100):
        record_upvotes(wanted[start : start + 100])
    assert votes_of(questions[0]) == len(voters_of(*questions[:3]))
    assert [votes_of(q) for q in questions[3:]] == [len(voters_of(q)) for q in questions[3:]]


def test_batch_costs_the_same_for_one_upvote_and_for_many(session, django_assert_max_num_queries):
    question = make_question(session)
    for number in (1, 30):
        batch = [Upvote(question.pk, make_attendee(session)) for _ in range(number)]
        with django_assert_max_num_queries(14):
            record_upvotes(batch)
    assert votes_of(question) == 31
