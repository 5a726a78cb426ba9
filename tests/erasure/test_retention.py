"""Retention: what names people goes on its day, once, and every count stays as it was."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from etherpad_links.models import PadName
from opendev.core.errors import Malformed
from opendev.erasure import retention
from opendev.erasure.retention import plan_of, retain_round
from polls.models import Ballot
from polls.services import recount_polls
from sessions.attendees.models import Attendee
from sessions.audit.models import AuditEntry
from sessions.follow_ups.models import SignUp
from sessions.programme.models import Session
from sessions.programme.services.events import move_day
from sessions.questions.models import Question
from sessions.questions.services.asking import recount
from sessions.registrations.models import Registration
from sessions.registrations.selectors import figures_of
from sessions.retention.models import RetentionRule
from sessions.retention.selectors import deadlines_of, last_day_of
from sessions.retention.services import set_retention
from sessions.suggestions.models import SuggestionSupport
from tests.erasure.held import ADDRESS, LAST_DAY, LONG_AFTER, NAME, Held, retained, rows
from tests.factories import (
    NOW,
    make_event,
)
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")

SORTS = RetentionRule.Data.values


@pytest.fixture
def held(database):
    return Held()


def test_nothing_goes_until_somebody_sets_it(held):
    before = rows(plan_of(held.event, LONG_AFTER))
    assert [deadline.goes_on for deadline, _counts in plan_of(held.event, LONG_AFTER).lines] == [None] * 4
    assert retain_round(LONG_AFTER) == 0
    assert retained(held.event) == {}
    assert rows(plan_of(held.event, LONG_AFTER)) == before


@pytest.mark.parametrize("most", [500, 1])
def test_what_the_dry_run_counts_goes_and_every_count_stays(held, monkeypatch, most):
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", most)
    held.keep(**dict.fromkeys(SORTS, 30))
    before, planned = held.counts(), rows(plan_of(held.event, NOW))
    assert planned == {
        "attendees": {"attendees": 2, "names_on_questions": 1},
        "authors": {
            "votes_in_named_polls": 3,
            "questions": 2,
            "upvotes": 2,
            "suggestions": 1,
            "supports_of_suggestions": 1,
        },
        "sign_ups": {"sign_ups": 2},
        "registrations": {"registrations": 30, "rows_of_imports": 1},
    }
    assert retained(held.event) == planned
    assert held.counts() == before
    assert recount_polls() == (3, [])
    assert not any(number for counts in rows(plan_of(held.event, NOW)).values() for number in counts.values())
    assert not Ballot.objects.filter(attendee__isnull=False).exists()
    assert set(Attendee.objects.values_list("name", "company", "country")) == {("", "", "")}
    assert set(Question.objects.values_list("name", "attendee")) == {("", None)}
    assert not SignUp.objects.exists()
    assert not Registration.objects.exists()
    for question in Question.objects.filter(merged_into=None):
        recount(question)
        assert question.votes == dict(Question.objects.values_list("pk", "votes"))[question.pk]
    assert SuggestionSupport.objects.get().attendee is None


def test_audit_log_has_the_numbers_once_and_no_names(held):
    held.keep(registrations=30, sign_ups=30)
    assert retain_round(LONG_AFTER) == 33
    assert retain_round(LONG_AFTER) == 0
    entries = AuditEntry.objects.filter(kind="people.expired", event=held.event.pk)
    said = {entry.subject: (entry.actor, entry.network, entry.details) for entry in entries}
    assert said == {
        "registrations": (None, "", {"days": 30, "registrations": 30, "rows_of_imports": 1}),
        "sign_ups": (None, "", {"days": 30, "sign_ups": 2}),
    }
    assert entries.count() == 2


@pytest.mark.parametrize("data", SORTS)
def test_each_sort_goes_alone(held, data):
    held.keep(**{data: 30})
    before = rows(plan_of(held.event, NOW))
    assert retained(held.event) == {data: before[data]}
    after = rows(plan_of(held.event, NOW))
    touched = {"attendees": {"authors"}, "authors": {"attendees"}}.get(data, set()) | {data}
    assert {sort: after[sort] for sort in SORTS if sort not in touched} == {
        sort: before[sort] for sort in SORTS if sort not in touched
    }


def test_it_goes_on_its_day_in_the_events_zone_and_not_before(held):
    type(held.event).objects.update(time_zone="Pacific/Auckland")
    held.event.refresh_from_db()
    held.keep(registrations=30)
    last = last_day_of(held.event)
    due = last + timedelta(days=30)
    begins = datetime(due.year, due.month, due.day, tzinfo=held.event.zone)
    assert next(one for one in deadlines_of(held.event, NOW) if one.days).goes_on == due
    assert retained(held.event, begins - timedelta(seconds=1)) == {}
    assert retained(held.event, begins)["registrations"]["registrations"] == 30


def test_session_that_ended_after_the_last_day_counts(held):
    assert last_day_of(held.event) == LAST_DAY
    Session.objects.update(ended_at=NOW + timedelta(days=2))
    assert last_day_of(held.event) == LAST_DAY + timedelta(days=2)


def test_event_that_moves_takes_its_deadline_along(held):
    held.keep(registrations=30)
    day = held.event.days.get()
    later = LAST_DAY + timedelta(days=400)
    Session.objects.update(state="upcoming", ended_at=None)
    given = {"event_id": held.event.pk, "day_id": day.pk, "caller": held.caller, "now": NOW}
    move_day(**given, given={"date": later.isoformat()})
    assert retained(held.event) == {}
    assert next(one for one in deadlines_of(held.event, NOW) if one.days).goes_on == later + timedelta(
        days=30
    )
    assert retained(held.event, LONG_AFTER + timedelta(days=29)) == {}
    assert retained(held.event, LONG_AFTER + timedelta(days=31))["registrations"]["registrations"] == 30


@pytest.mark.parametrize("slip", ["rule", "date"])
def test_slip_can_be_mended_for_a_day(held, slip):
    held.keep(registrations=300)
    retain_round(NOW)
    now = NOW + timedelta(days=200)
    if slip == "rule":
        held.keep(now, registrations=3)
    else:
        day = held.event.days.get()
        wrong = LAST_DAY - timedelta(days=365)
        Session.objects.update(state="upcoming", ended_at=None)
        given = {"event_id": held.event.pk, "day_id": day.pk, "caller": held.caller, "now": now}
        move_day(**given, given={"date": wrong.isoformat()})
    retain_round(now)
    assert retained(held.event, now + timedelta(hours=23, minutes=59)) == {}
    tomorrow = (now + timedelta(days=1)).date()
    assert next(one for one in deadlines_of(held.event, now) if one.days).goes_on == tomorrow
    assert retained(held.event, now + timedelta(days=1))["registrations"]


def test_nothing_goes_while_a_session_is_live(held):
    held.keep(**dict.fromkeys(SORTS, 1))
    Session.objects.update(state="live", went_live_at=NOW, ended_at=None)
    assert plan_of(held.event, LONG_AFTER).is_live
    assert retain_round(LONG_AFTER) == 0
    Session.objects.update(state="over", ended_at=NOW)
    assert retain_round(LONG_AFTER) > 0


def test_event_without_a_day_has_no_deadline(database):
    event = make_event()
    caller = organiser_of(event)
    set_retention(event_id=event.pk, caller=caller, boxes={"attendees": 1}, now=NOW)
    event.days.all().delete()
    assert [one.goes_on for one in deadlines_of(event, LONG_AFTER)] == [None] * 4
    assert retained(event) == {}


def test_fault_in_one_event_holds_up_no_other(held, monkeypatch, caplog):
    held.keep(registrations=1)
    other = make_event()
    set_retention(event_id=other.pk, caller=organiser_of(other), boxes={"registrations": 1}, now=NOW)
    Registration.objects.create(event=other, email=ADDRESS, registered_at=NOW)
    batch = retention.retain_batch

    def breaks(*, event_id, now):
        if event_id == held.event.pk:
            raise ValueError
        return batch(event_id=event_id, now=now)

    monkeypatch.setattr(retention, "retain_batch", breaks)
    assert retain_round(LONG_AFTER) == 1
    assert f"event {held.event.pk}" in caplog.text


def test_figures_that_an_organiser_noted_stay_theirs(held):
    held.keep(registrations=1)
    held.event.figure_notes.create(figure="registered", shown="700+", source="the ticket shop")
    retained(held.event)
    figures = figures_of(held.event)
    assert (figures["registered"].shown, figures["registered"].source) == ("700+", "the ticket shop")
    assert figures["companies"].shown == held.figures["companies"] == "30"
    assert "deleted" in figures["companies"].source


def test_name_in_a_pad_waits_until_it_is_out_and_is_counted_once(held):
    row = SignUp.objects.first()
    PadName.objects.create(sign_up=row, state="written", text=NAME, revision=1, written_at=NOW)
    held.keep(sign_ups=1)
    assert retained(held.event) == {"sign_ups": {"sign_ups": 2}}
    row.refresh_from_db()
    assert (row.attendee, row.email, row.erased_at) == (None, "", LONG_AFTER)
    assert retained(held.event) == {}


def test_admins_own_log_loses_names(held):
    attendee = Attendee.objects.first()
    root = User.objects.create_superuser("root")
    LogEntry.objects.create(
        user=root,
        content_type=ContentType.objects.get_for_model(Attendee),
        object_id=str(attendee.pk),
        object_repr=NAME,
        action_flag=ADDITION,
    )
    held.keep(attendees=1)
    retained(held.event)
    assert LogEntry.objects.get().object_repr == f"attendee {attendee.pk}"


@pytest.mark.parametrize("days", [0, -1, 3651, 1.5, True, "x", "1e2", [], {}, "٣", " 1 2"])
def test_days_that_are_none_are_refused_and_named(held, days):
    with pytest.raises(Malformed) as refusal:
        held.keep(attendees=30, authors=days)
    assert set(refusal.value.fields) == {"authors"}
    assert not RetentionRule.objects.exists()


def test_rule_is_set_changed_and_taken_back_and_logged(held):
    held.keep(attendees="90", sign_ups="")
    held.keep(attendees=30)
    held.keep(attendees=30)
    held.keep(attendees=None)
    assert not RetentionRule.objects.exists()
    entries = AuditEntry.objects.filter(kind="settings.changed").order_by("pk")
    said = [entry.details for entry in entries]
    assert said == [{"setting": "retention", "attendees": days} for days in (90, 30, "kept")]
