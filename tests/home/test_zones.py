"""Times on the pages around the sessions, where there is no script: in the event's zone, as they say."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from etherpad_links.models import EtherpadLink
from polls.models import Poll
from sessions.displays.models import DisplayLink
from sessions.follow_ups.models import SignUp
from sessions.recap.models import RecapDraft, RecapVersion, SessionSummary
from sessions.registrations.models import Registration, RegistrationImport
from tests.factories import make_attendee, make_event, make_poll, make_session
from tests.factories.follow_ups import make_line, put_name
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db


def test_times_are_in_the_zone_of_their_event(client):
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    session = make_session(make_event(time_zone="Asia/Kolkata"), starts_at=at)
    ahead = make_session(session.event, starts_at=at, state="upcoming")
    for path in ("/", "/join/", f"/j/{ahead.code}/", session.event.get_absolute_url()):
        page = text_of(client.get(path))
        assert re.search(r">[^<]*13:30[^<]*<", page), path
        assert ">08:00</time>" not in page, path


AT = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)  # the next day in India, where it is half past one
HERE = "2 July 2026, 01:30 Asia/Kolkata"


@pytest.fixture
def session(db):
    return make_session(make_event(time_zone="Asia/Kolkata"), starts_at=AT)


@pytest.fixture
def organiser(session, client):
    user = User.objects.create_user("organiser")
    session.event.organisers.add(user)
    client.force_login(user)
    return client


def test_moments_on_organisers_pages_are_in_the_zone_of_the_event_which_is_named(organiser, session):
    event = session.event
    RegistrationImport.objects.create(event=event, name="list.csv", began_at=AT)
    Registration.objects.create(event=event, email="ada@example.org", registered_at=AT, link_revoked_at=AT)
    RecapDraft.objects.create(event=event, paragraphs=[], drafted_at=AT, drafted_by="Ada")
    RecapVersion.objects.create(event=event, number=1, paragraphs=[], published_at=AT, published_by="Ada")
    SessionSummary.objects.create(session=session, written_at=AT, written_by="Ada")
    line = make_line(session)
    put_name(line, make_attendee(session, name="Bob"))
    SignUp.objects.update(removed_at=AT)
    EtherpadLink.objects.create(
        session=session, url="https://pad.example.org/p/one", health="unreachable", health_at=AT
    )
    here = event.get_absolute_url()
    for path, times in {
        f"{here}registrations/": 2,
        f"{here}recap/edit/": 2,
        f"{here}recap/versions/1/": 1,
        f"{here}sessions/{session.slug}/summary/": 1,
        session.address("control-line-edit", line=line.pk): 1,
        f"{here}pads/": 1,
        session.address("control-pad"): 1,
    }.items():
        assert text_of(organiser.get(path)).count(HERE) == times, path


def test_days_of_moments_are_those_of_the_event(organiser, session):
    DisplayLink.objects.create(session=session, created_at=AT, token_hash=b"x" * 32)
    assert "since 2 July 2026" in text_of(organiser.get(session.address("control-team")))
    session.state = "over"
    session.went_live_at = session.ended_at = AT
    session.save()
    assert '<span class="meta only-over">2 July 2026</span>' in text_of(
        organiser.get(session.get_absolute_url())
    )


def test_countdown_without_script_ends_at_a_time_of_the_event(client, session):
    poll = make_poll(session)
    closes_at = timezone.now().replace(hour=20, minute=0) + timedelta(days=1)
    Poll.objects.filter(pk=poll.pk).update(closes_at=closes_at)
    page = re.sub(r"\s+", " ", text_of(client.get(session.get_absolute_url())))
    assert re.search(r">01:30 <small ?>Asia/Kolkata</small>", page)
