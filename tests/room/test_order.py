"""What stands in which order: the same for pages and scripts, also with ids greater than a script's numbers hold."""

import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest

import opendev
from opendev.room.question_cards import queue_questions, room_questions
from sessions.questions.models import Question
from sessions.questions.selectors import questions_of
from tests.factories import NOW, make_question, make_session

SCRIPTS = Path(opendev.__file__).parent / "static" / "companion"
BIG = 2**53


@pytest.fixture
def by_id(browser_thread):
    """The order of two ids by the scripts."""
    source = base64.b64encode((SCRIPTS / "ids.js").read_bytes()).decode()
    call = "async ([s, a, b]) => (await import('data:text/javascript;base64,' + s)).byId(a, b)"

    def compare(first, second):
        def work(chromium):
            context = chromium.new_context()
            try:
                return context.new_page().evaluate(call, [source, first, second])
            finally:
                context.close()

        return browser_thread(work)

    return compare


@pytest.mark.parametrize(("less", "more"), [(BIG, BIG + 1), (9, 10), (2**63 - 2, 2**63 - 1), (BIG - 1, BIG)])
def test_scripts_tell_neighbouring_ids_apart(by_id, less, more):
    assert (by_id(str(less), str(more)) < 0, by_id(str(more), str(less)) > 0) == (True, True)
    assert by_id(str(less), str(less)) == 0


def test_no_script_makes_a_number_of_an_id():
    ids = r"\.id\b|dataset\.(?:queueItem|asked|poll|line|lineItem|option|item|session|id)\b"
    numbers = re.compile(rf"(?:Number|parseInt|parseFloat|BigInt)\([^()]*(?:{ids})")
    assert [script.name for script in SCRIPTS.rglob("*.js") if numbers.search(script.read_text())] == []


@pytest.mark.django_db
def test_questions_of_one_millisecond_stand_by_their_ids_everywhere():
    session = make_session()
    questions = [make_question(session, f"Why {number}?") for number in range(6)]
    for number, question in enumerate(sorted(questions, key=lambda one: one.pk, reverse=True)):
        asked_at = NOW + timedelta(
            microseconds=number
        )  # the last one by its id was the first of this millisecond
        Question.objects.filter(pk=question.pk).update(asked_at=asked_at)
    ids = sorted(question.pk for question in questions)
    assert [question.pk for question in questions_of([session.pk])] == ids
    for questions_on_page in (room_questions(session, None), queue_questions(session, now=NOW)):
        assert [int(card.id) for card in questions_on_page.open] == ids
