"""The pages of pads say when no process writes to them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from etherpad_links.models import EtherpadLink, PadWorkerBeat
from etherpad_links.worker_state import AWAY_AFTER
from tests.factories import make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
SENTENCE = "The process that writes to pads is not running."


def test_pages_of_pads_say_that_nobody_writes_to_them(browser_of):
    linked = make_session()
    other = make_session(linked.event)
    organiser_of(linked.event)
    desk = browser_of(user=linked.event.organisers.first())

    def told_on():
        pages = {
            "event": f"/{linked.event.slug}/pads/",
            "linked": linked.address("control-pad"),
            "other": other.address("control-pad"),
        }
        return {name for name, page in pages.items() if says_so(text_of(desk.get(page)))}

    assert told_on() == set()  # no pad, no worker needed
    EtherpadLink.objects.create(session=linked, url="https://pads.example/p/one")
    assert told_on() == {"event", "linked"}
    PadWorkerBeat.objects.create(pk=1, seen_at=timezone.now())
    assert told_on() == set()
    PadWorkerBeat.objects.update(seen_at=timezone.now() - AWAY_AFTER - timedelta(seconds=1))
    assert told_on() == {"event", "linked"}


def says_so(text):
    assert (SENTENCE in text) == ('data-pad-worker="away"' in text)
    return SENTENCE in text
