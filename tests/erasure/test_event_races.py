"""An event is erased while people come into it, on a database in which several write at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import pytest
from django.db import IntegrityError, connections

from opendev.core.errors import DomainError
from opendev.erasure.events import erase_event
from sessions.attendees.models import Attendance, Attendee
from sessions.attendees.services.joining import join_session
from sessions.programme.models import Event, Session
from tests.factories import NOW, make_event, make_session
from tests.factories.sessions import organiser_of

WORKERS = 4


@pytest.mark.usefixtures("committing_postgres")  # SQLite has one writer at a time
def test_whoever_joins_meanwhile_finds_it_or_finds_nothing():
    event = make_event()
    caller, session = organiser_of(event), make_session(event, state="upcoming")
    begun = Flag()

    def join():
        joined = 0
        try:
            while True:
                try:
                    join_session(session_id=session.pk, known=None, has_open_line=False, now=NOW, name="Ada")
                except IntegrityError:
                    continue  # it was under way when the event went, and is undone whole
                joined += 1
                begun.set()
        except DomainError as refusal:
            return joined, refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as threads:
        tries = [threads.submit(join) for _worker in range(WORKERS)]
        assert begun.wait(20)
        counts = erase_event(event_id=event.pk, caller=caller, confirmation=event.slug)
        outcomes = [each.result(timeout=60) for each in tries]
    assert {code for _joined, code in outcomes} == {"not_found"}
    assert counts["attendees"] == sum(joined for joined, _code in outcomes) > 0
    assert not any(model.objects.exists() for model in (Event, Session, Attendee, Attendance))
