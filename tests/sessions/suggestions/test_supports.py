"""Supports: each attendee counts once, whatever the batches."""

import random

import pytest

from opendev.core.attendance import new_pass
from opendev.core.errors import DomainError
from sessions.programme.models import Session
from sessions.suggestions.models import Suggestion
from sessions.suggestions.services.supports import Support, record_supports
from tests.factories import make_attendee, make_session, make_suggestion, support, supporters_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def ada(session):
    return make_attendee(session)


def outcomes(*supports):
    return [o.code if isinstance(o, DomainError) else o.supported for o in record_supports(supports)]


def test_support_counts_once_and_is_taken_back(session, ada):
    suggestion = make_suggestion(session)
    for takes_back, count in ((False, 1), (False, 1), (True, 0), (True, 0), (False, 1)):
        assert support(suggestion, ada, takes_back=takes_back) == "ok"
        assert supporters_of(suggestion) == count
    assert Suggestion.objects.get().version == suggestion.version + 3


def test_refused_support_harms_no_other_in_its_batch(session, ada):
    open_one, own = make_suggestion(session), make_suggestion(session, "Mine", attendee=ada)
    opened = make_suggestion(session, "Opened", state="opened")
    hidden = [make_suggestion(session, state, state=state) for state in ("waiting", "dismissed")]
    stranger = make_attendee(make_session())
    wanted = [
        *(Support(each.pk, ada) for each in (own, opened, *hidden, open_one)),
        *(
            Support(999, ada),
            Support(open_one.pk, stranger),
            Support(open_one.pk, new_pass(session.event_id, 99)),
        ),
        Support(open_one.pk, make_attendee(session)),
    ]
    codes = ["own_suggestion", "suggestion_not_open", "not_found", "not_found", True]
    assert outcomes(*wanted) == [*codes, "not_found", "not_joined", "not_joined", True]
    assert supporters_of(open_one) == 2
    assert supporters_of(own) == supporters_of(opened) == 0


def test_nobody_supports_after_the_end(session, ada):
    suggestion = make_suggestion(session)
    support(suggestion, ada)
    Session.objects.update(state="over")
    assert support(suggestion, ada, takes_back=True) == "session_is_over"
    assert supporters_of(suggestion) == 1


def test_counts_are_those_of_the_rows_whatever_the_batches(session):
    drawn = random.Random(16)
    people = [make_attendee(session) for _ in range(8)]
    suggestions = [make_suggestion(session, f"Topic {n}") for n in range(4)]
    held = set()
    for _ in range(30):
        batch = [
            (drawn.choice(suggestions), drawn.choice(people), drawn.random() < 0.4)
            for _ in range(drawn.randint(1, 12))
        ]
        for suggestion, attendee, takes_back in batch:
            pair = suggestion.pk, attendee.attendee_id
            held.discard(pair) if takes_back else held.add(pair)
        assert False not in {
            isinstance(outcome, bool)
            for outcome in outcomes(*(Support(each.pk, who, back) for each, who, back in batch))
        }
        for suggestion in suggestions:
            assert supporters_of(suggestion) == sum(pk == suggestion.pk for pk, _who in held)


def test_a_batch_costs_the_same_queries_however_many_it_holds(session, django_assert_num_queries):
    suggestion = make_suggestion(session)
    people = [make_attendee(session) for _ in range(40)]
    record_supports([Support(suggestion.pk, people[0])])
    with django_assert_num_queries(10):
        record_supports([Support(suggestion.pk, each) for each in people])
