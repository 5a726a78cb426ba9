"""Joins in batches: one refusal is nobody else's, and a crowd costs as many queries as one person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.core.attendance import new_pass, pass_cookie_name, read_pass
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from sessions.attendees.services.joining import JoinWish, PassIsRevoked, record_joins
from sessions.programme.refusals import SessionIsCancelled, SessionIsOver
from tests.factories import NOW, make_attendee, make_session

pytestmark = pytest.mark.django_db


def wish(session, known=None, *, has_open_line=False, **said):
    return JoinWish(session if isinstance(session, int) else session.pk, known, said, has_open_line)


def test_each_join_of_a_batch_comes_to_what_it_would_alone():
    session = make_session()
    neighbour, elsewhere = make_session(session.event), make_session()
    over, cancelled = make_session(state="over"), make_session(cancelled_at=NOW)
    ada, eve = make_attendee(session, name="Ada"), make_attendee(session)
    RevokedPass.objects.create(attendee_id=eve.attendee_id, event=session.event, revoked_at=NOW)
    before = Attendee.objects.count()
    outcomes = record_joins(
        [
            wish(session, name="Bob"),
            wish(over),
            wish(session, ada),
            wish(cancelled),
            wish(neighbour, ada, company="Engines"),
            wish(session, eve),
            wish(404),
            wish(elsewhere, ada),
            wish(over, has_open_line=True),
            wish(session, new_pass(session.event_id, 404)),
        ],
        NOW,
    )
    refused = {number: getattr(outcome, "code", None) for number, outcome in enumerate(outcomes)}
    assert {number: code for number, code in refused.items() if code} == {
        1: SessionIsOver.code,
        3: SessionIsCancelled.code,
        5: PassIsRevoked.code,
        6: "not_found",
    }
    assert [outcomes[number].attendee_pass == ada for number in (2, 4, 7)] == [True, True, False]
    assert Attendee.objects.count() == before + 4
    known = Attendee.objects.get(pk=ada.attendee_id)
    assert (known.name, known.company) == ("Ada", "Engines")
    assert outcomes[0].attendee.name == "Bob"
    came = Attendance.objects.values_list("session", "attendee")
    bob, at_the_end = outcomes[0].attendee.pk, outcomes[8].attendee.pk
    assert (session.pk, bob) in came
    assert (neighbour.pk, ada.attendee_id) in came
    assert not Attendance.objects.filter(attendee=at_the_end).exists()


@pytest.mark.parametrize("is_known", [False, True])
def test_crowd_costs_as_many_queries_as_one(is_known):
    session = make_session()
    counts = []
    for crowd in (1, 30):
        passes = [make_attendee(session) if is_known else None for _ in range(crowd)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_joins([wish(session, known) for known in passes], NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_joining_by_page_and_by_rest_asks_the_database_little(client, django_assert_max_num_queries):
    session = make_session(state="live")
    # The event's visibility, which is read once for all who ask, the session with its people, and a batch of one.
    with django_assert_max_num_queries(8):
        joined = client.post(f"/j/{session.code}/", {"name": "", "company": ""})
    assert read_pass(joined.cookies[pass_cookie_name(session.event_id)].value) is not None
    client.cookies.clear()
    with django_assert_max_num_queries(8):
        answer = client.post(f"/api/v1/sessions/{session.pk}/attendees/", {}, content_type="application/json")
    assert answer.status_code == 201
