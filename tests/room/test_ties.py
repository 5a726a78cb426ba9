"""Where several options lead, all of them are painted and named: in the room, on the record, in the recap."""

import pytest
from django.test import Client

from opendev.recap.wording import FEWEST
from polls.models import Poll
from tests.factories import NOW, make_attendee, make_event, make_poll, make_session, record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.pages import at, text_of

pytestmark = pytest.mark.django_db
EACH = FEWEST  # so many votes for either, else the recap would show no counts


@pytest.fixture
def poll():
    session = make_session(make_event(name="A tied event"), title="A talk")
    tied = make_poll(session, options=("Coal", "Wind", "Water"), visibility="always")
    for text in ("Coal", "Water"):
        record(*(vote_for(tied, make_attendee(session), text) for _ in range(EACH)))
    Poll.objects.filter(pk=tied.pk).update(state="closed", closed_at=NOW)
    return tied


def test_room_paints_every_leader(poll):
    assert text_of(Client().get(at(poll.session))).count(" data-lead") == 2


def test_line_of_an_earlier_poll_names_every_leader(poll):
    make_poll(poll.session)
    page = text_of(Client().get(at(poll.session)))
    assert "50% each: Coal, Water" in page


def test_recap_paints_and_names_every_leader(browser_of, poll):
    event = poll.session.event
    organiser_of(event)
    organiser = browser_of(user=event.organisers.first())
    for act in ("draft", "publish"):
        organiser.post(f"/{event.slug}/recap/{act}/")
    page = text_of(Client().get(f"/{event.slug}/recap/"))
    assert page.count(" data-lead") == 2
    written = text_of(Client().get(f"/{event.slug}/recap.md"))
    assert "Coal" in written.partition("Wind")[0]
    assert "Water" in written.partition("Wind")[0]
