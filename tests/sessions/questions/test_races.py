"""Several hands on the same questions at once, on PostgreSQL: one on air, and every voter counted once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from opendev.core.attendance import AttendeePass
from opendev.core.errors import DomainError
from sessions.attendees.models import Attendee
from sessions.questions.models import Question, QuestionVote
from sessions.questions.services.asking import ask_question
from sessions.questions.services.queue import merge_question, set_question_state, undo_question
from sessions.questions.services.upvotes import Upvote, record_upvotes
from tests.factories import NOW, make_attendee, make_question, make_session, voters_of, votes_of
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("committing_postgres")


def at_once(*works):
    """Run them in threads with connections of their own; what each returned, or the code of its refusal."""
    start = Barrier(len(works))

    def run(work):
        start.wait(20)
        try:
            return work()
        except DomainError as refusal:
            return refusal.code
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def join_many(session, number):
    made = Attendee.objects.bulk_create(Attendee(event=session.event, joined_at=NOW) for _ in range(number))
    return [AttendeePass(session.event_id, one.pk, f"{one.pk:032x}", 2**40) for one in made]


def test_common_voters_are_counted_once_while_two_questions_are_merged_and_parted():
    session = make_session()
    target, other = make_question(session, "Why?"), make_question(session, "Why so?")
    people, caller = join_many(session, 200), organiser_of(session.event)

    def vote(question, shift):
        for start in range(0, 200, 10):
            some = [people[(shift + n) % 200] for n in range(start, start + 10)]
            record_upvotes([Upvote(question.pk, attendee) for attendee in some])

    def merge_and_part():
        for into in [target.pk, None] * 10 + [target.pk]:
            merge_question(question_id=other.pk, caller=caller, into=into, now=NOW)

    at_once(lambda: vote(target, 0), lambda: vote(other, 100), lambda: vote(other, 0), merge_and_part)
    assert votes_of(target) == len(voters_of(target, other)) == 200
    merge_question(question_id=other.pk, caller=caller, into=None, now=NOW)
    assert votes_of(target) == len(voters_of(target))
    assert votes_of(other) == len(voters_of(other))
    assert QuestionVote.objects.count() == votes_of(target) + votes_of(other)


def test_two_who_put_different_questions_on_air_at_once_leave_one_on_air():
    session, caller = make_session(), None
    caller = organiser_of(session.event)
    questions = [make_question(session, f"Question {n}?") for n in range(20)]

    def put(pks):
        return [
            set_question_state(question_id=pk, caller=caller, state="on_air", now=NOW).state for pk in pks
        ]

    evens, odds = [q.pk for q in questions[::2]], [q.pk for q in questions[1::2]]
    assert at_once(lambda: put(evens), lambda: put(odds)) == [["on_air"] * 10] * 2
    states = sorted(Question.objects.values_list("state", flat=True))
    assert states == ["answered"] * 19 + ["on_air"]


def test_two_who_press_the_same_button_at_once_do_it_once():
    session = make_session()
    caller = organiser_of(session.event)
    for number in range(10):
        question = make_question(session, f"Question {number}?")

        def press(state, question=question):
            given = {"question_id": question.pk, "caller": caller, "seen": "open", "now": NOW}
            return set_question_state(state=state, **given).state

        said = at_once(lambda press=press: press("on_air"), lambda press=press: press("dismissed"))
        assert sorted(said) in (["changed_meanwhile", "on_air"], ["changed_meanwhile", "dismissed"])
        assert Question.objects.get(pk=question.pk).version == question.version + 1
        Question.objects.filter(session=session).update(state="answered")


def test_undo_and_the_next_question_at_once_leave_one_on_air_at_most():
    session = make_session()
    caller = organiser_of(session.event)
    for number in range(5):
        first, second, third = (make_question(session, f"{number}, {n}?") for n in range(3))

        def put(question):
            given = {"caller": caller, "state": "on_air", "now": NOW}
            return set_question_state(question_id=question.pk, **given).state

        put(first)
        put(second)
        at_once(
            lambda pk=second.pk: undo_question(question_id=pk, caller=caller, now=NOW).state,
            lambda third=third, put=put: put(third),
        )
        assert Question.objects.filter(session=session, state="on_air").count() == 1
        Question.objects.filter(session=session).update(state="answered")


def test_one_attendee_from_many_windows_asks_no_more_than_ten():
    session = make_session()
    attendee = make_attendee(session)

    def ask(number):
        return [
            ask_question(session_id=session.pk, attendee=attendee, text=f"{number}, {n}?", now=NOW).state
            for n in range(3)
        ]

    at_once(*(lambda number=number: ask(number) for number in range(4)))
    assert Question.objects.count() == 10
