"""An event that is erased: no row of it is left in any table that leads to it, and all of another one's are."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from etherpad_links.models import EtherpadLink, PadCopy, PadLease, PadLine, PadName, PadPassage, PadRules
from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.erasure.events import counts_of_event, erase_event
from opendev.room.models import PollStep
from opendev.room.rehearsals import start_rehearsal
from polls.models import Ballot, BlockedWord, Option, PendingTally, Poll
from sessions.attendees.models import Attendee, RevokedPass
from sessions.audit.models import AuditEntry
from sessions.displays.models import DisplayLink
from sessions.follow_ups.models import FollowUpGroup, SignUp
from sessions.programme.models import Event, Resource, Session, Star, StarList
from sessions.questions.models import Question, QuestionDismissal
from sessions.recap.models import NextStep, RecapDraft, RecapEdit, RecapVersion, SessionSummary
from sessions.recordings.models import Chapter, Recording
from sessions.registrations.models import FigureNote, Registration, RegistrationImport, RegistrationRow
from sessions.retention.models import RetentionRule
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.schedules.models import ScheduleUpload
from sessions.timeline.models import TimelineEntry
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    put_name,
    record,
    support,
    upvote,
    vote_for,
    write_in,
)
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")


def fill(event):
    """Put at least one row into every table that leads to an event."""
    caller = organiser_of(event)
    session, name = make_session(event), {"session": make_session(event, state="upcoming")}
    make_moderator(session)
    ada, bob = (make_attendee(session, name="Ada") for _ in "ab")
    named, secret = make_poll(session, anonymous=False), make_poll(session)
    for poll in (named, secret):
        record(vote_for(poll, ada, "a"), vote_for(poll, bob, "b"))
    words = make_poll(session, kind="words", max=2)
    record(write_in(words, ada, "one", "ones"))
    first, second = words.options.order_by("pk")
    Option.objects.filter(pk=second.pk).update(merged_into=first)
    again = make_poll(session)
    Poll.objects.filter(pk=again.pk).update(rerun_of=named, round=2)
    PendingTally.objects.create(poll=named, ballots=0)
    question = make_question(session, attendee=ada)
    upvote(question, bob)
    QuestionDismissal.objects.create(session=session, at=NOW)
    support(make_suggestion(session, attendee=ada), bob)
    line = make_line(session)
    put_name(line, ada, shown=True)
    group = FollowUpGroup.objects.create(event=event, title="Both", created_at=NOW)
    type(line).objects.filter(pk=line.pk).update(group=group)
    sheet = RunSheet.objects.create(session=session)
    item = RunSheetItem.objects.create(session=session, position=1, kind="note", text="Hello")
    RunSheet.objects.filter(pk=sheet.pk).update(running=item, since=NOW)
    PollStep.objects.create(sheet=sheet, poll=named, act="launched")
    entry = TimelineEntry.objects.create(session=session, at=NOW, verb="session.started")
    Recording.objects.create(session=session)
    Chapter.objects.create(session=session, entry=entry)
    fill_around(event, session, ada.attendee_id)
    start_rehearsal(session_id=name["session"].pk, caller=caller, now=NOW)
    Poll.objects.filter(session=session).exclude(pk=secret.pk).update(state="closed", closed_at=NOW)
    Session.objects.filter(pk=session.pk).update(state="over", ended_at=NOW)
    return caller


def fill_around(event, session, attendee_id):
    """The same for what has neither votes nor words."""
    user = event.organisers.first()
    link = EtherpadLink.objects.create(session=session, url="https://pads.example.org/p/one")
    PadRules.objects.create(event=event)
    PadCopy.objects.create(link=link, author="a.1", revision=1, text="\n", runs="|1+1", pool={}, seen_at=NOW)
    PadPassage.objects.create(link=link, key="poll/1", lines=[])
    PadLease.objects.create(link=link, holder="worker", until=NOW)
    line = session.sign_up_lines.get()
    PadLine.objects.create(line=line, heading="Both")
    PadName.objects.create(sign_up=line.sign_ups.get(), text="Ada")
    Resource.objects.create(session=session, title="Slides", url="https://example.org/slides")
    stars = StarList.objects.create(event=event, token_hash=f"stars-{event.pk}", created_at=NOW)
    Star.objects.create(star_list=stars, session=session)
    DisplayLink.objects.create(session=session, token_hash=f"display-{event.pk}", created_at=NOW)
    RevokedPass.objects.create(attendee_id=attendee_id, event=event, revoked_at=NOW)
    SessionSummary.objects.create(session=session, written_at=NOW)
    NextStep.objects.create(event=event, kind="upcoming", title="Berlin")
    RecapDraft.objects.create(event=event, paragraphs=[], drafted_at=NOW)
    RecapEdit.objects.create(event=event, key="opening", edited_at=NOW)
    RecapVersion.objects.create(event=event, number=1, paragraphs=[], published_at=NOW)
    Registration.objects.create(event=event, email="ada@example.org", registered_at=NOW)
    brought = RegistrationImport.objects.create(event=event, began_at=NOW)
    RegistrationRow.objects.create(brought=brought, number=1)
    FigureNote.objects.create(event=event, figure="joined", shown="2", source="us")
    ScheduleUpload.objects.create(event=event, user=user, content=b"{}", uploaded_at=NOW)
    BlockedWord.objects.create(event=event, text="word")
    RetentionRule.objects.create(event=event, data="attendees", days=30, reckoned_at=NOW)
    webhook = Webhook.objects.create(event=event, url="https://hooks.example.org/", created_at=NOW)
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, message_id=f"msg_{event.pk}", made_at=NOW, next_try_at=NOW
    )
    WebhookAttempt.objects.create(delivery=delivery, number=1, at=NOW, duration_ms=1)


def leading_to_event():
    """Return {model: paths of fields by which a row of it leads to an event}, over all models there are."""
    paths = {Event: ["pk", "rehearses__event"]}
    models = apps.get_models(include_auto_created=True)
    grew = True
    while grew:
        grew = False
        for model in models:
            if model in paths:
                continue
            ways = [
                f"{field.name}__{path}"
                for field in model._meta.concrete_fields
                if field.related_model in paths and field.related_model is not model
                for path in paths[field.related_model]
            ]
            if ways:
                paths[model], grew = ways, True
    return paths


def rows_of(event_id):
    """Return {table: keys} of all rows that lead to an event."""
    return {
        model._meta.label: {
            str(pk)
            for path in ways
            for pk in model._base_manager.filter(**{path: event_id}).values_list("pk", flat=True)
        }
        for model, ways in leading_to_event().items()
    }


def tables():
    """Return how many rows there are in every table of ours, whether they lead anywhere or not."""
    with connection.cursor() as cursor:
        counts = {}
        for model in leading_to_event():
            table = model._meta.db_table
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
        return counts


def erase(event, caller, confirmation=None):
    given = event.slug if confirmation is None else confirmation
    return erase_event(event_id=event.pk, caller=caller, confirmation=given)


@pytest.fixture
def event(database):
    return make_event(slug="gone")


def test_no_row_that_leads_to_the_event_is_left(database):
    other = make_event()
    fill(other)
    before, untouched = tables(), rows_of(other.pk)
    event = make_event()
    caller = fill(event)
    there = rows_of(event.pk)
    assert {table for table, keys in there.items() if not keys} == set(), "fill() leaves a table out"
    assert len(there) >= 50
    counts = counts_of_event(event.pk)
    assert erase(event, caller) == counts
    assert {table for table, keys in rows_of(event.pk).items() if keys} == set()
    assert rows_of(other.pk) == untouched
    assert tables() == before  # neither are rows left that lead nowhere any more


def test_one_entry_stays_and_says_what_was_erased(event):
    caller = fill(event)
    earlier = set(AuditEntry.objects.values_list("pk", flat=True))
    counts = erase(event, caller)
    entry = AuditEntry.objects.exclude(pk__in=earlier).get()
    assert (entry.kind, entry.event, entry.actor, entry.subject) == (
        "settings.event_erased",
        event.pk,
        caller.user_id,
        f"event {event.pk}",
    )
    assert entry.details == {"address": "gone", **counts}
    assert earlier <= set(AuditEntry.objects.values_list("pk", flat=True))
    assert (counts["sessions"], counts["votes"], counts["attendees"], counts["registrations"]) == (2, 5, 2, 1)


def test_admins_own_log_keeps_no_name(event):
    caller = fill(event)
    for row in (Attendee.objects.first(), SignUp.objects.first(), Registration.objects.first()):
        LogEntry.objects.create(
            user_id=caller.user_id,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr="Ada",
            action_flag=CHANGE,
        )
    erase(event, caller)
    assert LogEntry.objects.filter(object_repr__contains="Ada").count() == 0
    assert LogEntry.objects.count() == 3


def test_live_session_holds_it_up_and_nothing_is_gone(event):
    caller = fill(event)
    Session.objects.filter(event=event).update(state="live", went_live_at=NOW)
    before = rows_of(event.pk)
    with pytest.raises(DomainError) as refusal:
        erase(event, caller)
    assert (refusal.value.code, refusal.value.status) == ("session_is_live", 409)
    assert rows_of(event.pk) == before


@pytest.mark.parametrize("typed", ["", "Gone", "other", None, 7, "gone/"])
def test_address_has_to_be_typed(event, typed):
    with pytest.raises(DomainError) as refusal:
        erase_event(event_id=event.pk, caller=organiser_of(event), confirmation=typed)
    assert (refusal.value.code, set(refusal.value.fields)) == ("malformed", {"confirm"})
    assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize("who", ["moderator", "stranger", "other organiser"])
def test_others_erase_nothing(event, who):
    session = make_session(event, state="over")
    caller = {
        "moderator": lambda: Caller(user_id=make_moderator(session).pk),
        "stranger": Caller,
        "other organiser": lambda: organiser_of(make_event()),
    }[who]()
    with pytest.raises(DomainError) as refusal:
        erase(event, caller)
    assert refusal.value.code in {"not_organiser", "not_signed_in"}


def test_rehearsal_is_no_event_to_erase(event):
    caller = fill(event)
    rehearsal = Event.objects.get(rehearses__event=event)
    for who in (caller, None):
        with pytest.raises(DomainError) as refusal:
            erase(rehearsal, who)
        assert refusal.value.code == "not_found"


def test_timeline_of_a_session_that_is_there_stays(event):
    fill(event)
    with pytest.raises(Exception, match="guard_timeline_stays"):
        TimelineEntry.objects.filter(session__event=event).delete()


# --- by page, REST and command


@pytest.fixture
def client(event):
    client = Client()
    client.force_login(User.objects.get(pk=fill(event).user_id))
    return client


def test_page_says_what_goes_asks_and_erases(event, client):
    address = f"/{event.slug}/organise/erase/"
    page = client.get(address).content.decode()
    assert "votes: 5" in page
    refused = client.post(address, {"confirm": "gnoe"})
    assert (refused.status_code, 'value="gnoe"' in refused.content.decode()) == (400, True)
    Session.objects.filter(event=event).update(state="live", went_live_at=NOW)
    live = client.post(address, {"confirm": "gone"})
    assert (live.status_code, 'data-code="session_is_live"' in live.content.decode()) == (409, True)
    Session.objects.filter(event=event).update(state="over", ended_at=NOW + timedelta(hours=1))
    session, line = event.sessions.first(), event.sessions.first().sign_up_lines.first()
    done = client.post(address, {"confirm": "gone"})
    assert (done.status_code, done["Location"]) == (302, "/")
    assert "The event was erased." in client.get("/").content.decode()
    gone = [
        *("/gone/", "/gone/organise/", "/gone.ics", "/gone/recap/", "/api/v1/events/gone/", address),
        *(f"/gone/sessions/{session.slug}/", f"/api/v1/sessions/{session.pk}/", f"/j/{session.code}/"),
        f"/f/{line.code}/",
    ]
    assert {path: client.get(path).status_code for path in gone} == dict.fromkeys(gone, 404)


def test_rest_says_what_goes_and_erases(event, client):
    rows = client.get("/api/v1/events/gone/erasure/").json()["rows"]
    assert rows == counts_of_event(event.pk)
    for query in ("", "?confirm=gnoe"):
        refused = client.delete(f"/api/v1/events/gone/{query}")
        assert (refused.status_code, json.loads(refused.content)["code"]) == (400, "malformed")
    assert client.delete("/api/v1/events/gone/?confirm=gone").status_code == 204
    assert not Event.objects.filter(pk=event.pk).exists()
    assert client.delete("/api/v1/events/gone/?confirm=gone").status_code == 404


def test_command_says_what_goes_and_erases(event):
    fill(event)

    def said(*arguments):
        out = StringIO()
        call_command("erase_event", *arguments, stdout=out)
        return out.getvalue()

    assert "5 votes" in said("gone")
    assert Ballot.objects.exists()
    assert "Erased" in said("gone", "--apply")
    assert not Question.objects.exists()
    with pytest.raises(CommandError, match="no event"):
        said("gone", "--apply")
