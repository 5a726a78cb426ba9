"""Schedules taken over: nothing doubled, nothing half, nothing of our own lost; and exported again."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from opendev.room.services import set_session_state
from sessions.programme.models import Person, Resource, Session, SessionRole
from sessions.programme.services.rights import NotOrganiser
from sessions.programme.services.sessions import split_session
from sessions.schedules.formats import FORMATS, BadSchedule, read_schedule
from sessions.schedules.models import ScheduleUpload
from sessions.schedules.selectors import schedule_of
from sessions.schedules.services.importing import import_schedule, plan_import
from sessions.schedules.services.uploads import take_upload, upload_schedule
from tests.factories import make_event, make_moderator, make_poll, make_session
from tests.factories.sessions import organiser_of
from tests.sessions.schedules.published_format import check_json, check_xml

pytestmark = pytest.mark.django_db
FILES = Path(__file__).with_name("files")
PRETALX, FRAB = (FILES / "schedule.json").read_bytes(), (FILES / "schedule.xml").read_bytes()
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def event():
    made = make_event(slug="cloud-days", name="Cloud Days 2026")
    made.days.all().delete()
    return made


def take(event, content=PRETALX, *, cancel_gone=False, now=NOW):
    return import_schedule(
        event_id=event.pk,
        caller=organiser_of(event),
        schedule=read_schedule(content, zone=event.time_zone),
        cancel_gone=cancel_gone,
        now=now,
    )


def verbs(plan):
    return {verb: len(plan.of(verb)) for verb in ("added", "changed", "same", "gone", "cancelled")}


def entries(whole, day=0, room="Main Hall"):
    return whole["schedule"]["conference"]["days"][day]["rooms"][room]


def changed(change):
    whole = json.loads(PRETALX)
    change(whole)
    return json.dumps(whole).encode()


def test_schedule_makes_days_sessions_people_and_links(event):
    assert verbs(take(event)) == {"added": 4, "changed": 0, "same": 0, "gone": 0, "cancelled": 0}
    event.refresh_from_db()
    assert event.time_zone == "Europe/Berlin"
    assert [(day.number, day.date) for day in event.days.all()] == [
        (1, date(2026, 10, 24)),
        (2, date(2026, 10, 25)),
    ]
    session = event.sessions.get(title="Who runs the control plane?")
    assert (session.state, session.slug, session.minutes) == ("upcoming", "who-runs-the-control-plane", 45)
    assert [(role.person.name, role.role) for role in session.roles.all()] == [
        ("Ada Lovelace", "presenter"),
        ("Grace Hopper", "presenter"),
    ]
    assert Person.objects.filter(event=event).count() == 2
    assert [(one.kind, one.title) for one in session.resources.all()] == [
        ("link", "Notes of last year"),
        ("attachment", "Slides"),
    ]
    assert event.sessions.get(title="Lunch").is_break


def test_schedule_that_comes_again_doubles_nothing(event):
    take(event)
    before = sorted(event.sessions.values_list("pk", "guid", "slug", "calendar_sequence"))
    assert verbs(take(event)) == {"added": 0, "changed": 0, "same": 4, "gone": 0, "cancelled": 0}
    assert sorted(event.sessions.values_list("pk", "guid", "slug", "calendar_sequence")) == before
    assert (Person.objects.filter(event=event).count(), Resource.objects.count()) == (2, 2)


def test_change_in_the_schedule_changes_its_session_and_tells_calendars_once(event):
    take(event)

    def change(whole):
        entries(whole)[0].update(date="2026-10-24T11:00:00+02:00", start="11:00", title="Who runs it?")
        entries(whole)[0]["persons"].pop()

    later = NOW + timedelta(days=1)
    plan = take(event, changed(change), now=later)
    (one,) = plan.of("changed")
    assert {each.field: (each.before, each.after) for each in one.differences} == {
        "title": ("Who runs the control plane?", "Who runs it?"),
        "starts_at": ("2026-10-24 10:00 Europe/Berlin", "2026-10-24 11:00 Europe/Berlin"),
        "people": ("Ada Lovelace, Grace Hopper", "Ada Lovelace"),
    }
    session = event.sessions.get(title="Who runs it?")
    assert (session.calendar_sequence, session.calendar_changed_at) == (1, later)
    assert session.slug == "who-runs-the-control-plane"  # its address stays
    assert [role.person.name for role in session.roles.all()] == ["Ada Lovelace"]


def test_what_a_schedule_does_not_speak_of_is_left_alone(event):
    take(event)
    session = event.sessions.get(title="Who runs the control plane?")
    make_moderator(session, "John Garbutt")
    poll = make_poll(session)
    Session.objects.filter(pk=session.pk).update(code="482615", prompts="Why?")
    own = Session.objects.create(
        day=event.days.get(number=1), slug="own", title="Own", starts_at=NOW, minutes=5
    )
    plan = take(event, changed(lambda whole: entries(whole)[0].update(duration="01:00")))
    assert "Own" not in [change.title for change in plan.changes]
    session.refresh_from_db()
    assert (session.minutes, session.code, session.prompts) == (60, "482615", "Why?")
    assert SessionRole.objects.filter(session=session, role="moderator").count() == 1
    assert poll.session_id == session.pk
    assert Session.objects.filter(pk=own.pk).exists()


def test_person_who_moderates_already_does_not_become_a_presenter_too(event):
    take(event)
    session = event.sessions.get(title="Who runs the control plane?")
    ada = Person.objects.get(event=event, name="Ada Lovelace")
    SessionRole.objects.filter(session=session, person=ada).update(role="moderator")
    take(event)
    assert [role.role for role in session.roles.filter(person=ada)] == ["moderator"]


def test_number_finds_a_session_whose_guid_is_another_unless_it_is_ambiguous(event):
    take(event)
    night = event.sessions.get(title="Night watch")

    def other_guids(whole):
        entries(whole)[0]["guid"] = "00000000-0000-4000-8000-000000000001"  # 101 stands twice
        entries(whole)[1]["guid"] = "00000000-0000-4000-8000-000000000002"

    plan = take(event, changed(other_guids))
    assert [change.title for change in plan.of("added")] == ["Who runs the control plane?"]
    assert event.sessions.get(title="Night watch").guid == night.guid  # calendars know it by this one


def test_what_is_gone_is_cancelled_only_where_that_is_wanted_and_it_has_not_begun(event):
    take(event)
    shorter = changed(lambda whole: entries(whole).clear())
    assert verbs(take(event, shorter))["gone"] == 2
    assert not event.sessions.filter(cancelled_at__isnull=False).exists()
    live = event.sessions.get(title="Night watch")
    set_session_state(session_id=live.pk, caller=organiser_of(event), state="live", now=NOW)
    assert verbs(take(event, shorter, cancel_gone=True)) == {
        "added": 0, "changed": 0, "same": 2, "gone": 1, "cancelled": 1,
    }  # fmt: skip
    gone = event.sessions.get(title="Who runs the control plane?")
    assert (gone.is_cancelled, gone.calendar_sequence) == (True, 1)
    take(event)
    gone.refresh_from_db()
    assert (gone.is_cancelled, gone.calendar_sequence) == (False, 2)


def test_trial_writes_nothing(event):
    plan = plan_import(
        event_id=event.pk, caller=organiser_of(event), schedule=read_schedule(PRETALX, zone="UTC")
    )
    assert verbs(plan)["added"] == 4
    assert not event.sessions.exists()
    assert not event.days.exists()


def test_schedule_with_one_mistake_changes_nothing_at_all(event):
    take(event)

    def change(whole):
        entries(whole)[0]["title"] = "Renamed"
        entries(whole)[1]["duration"] = "never"

    with pytest.raises(BadSchedule):
        take(event, changed(change))
    assert not event.sessions.filter(title="Renamed").exists()


def test_days_are_numbered_by_their_dates_when_one_comes_before(event):
    take(event)

    def earlier(whole):
        day = whole["schedule"]["conference"]["days"][1]
        day["date"], day["rooms"]["Main Hall"][0]["date"] = "2026-10-23", "2026-10-23T10:00:00+02:00"

    take(event, changed(earlier))
    assert [str(day.date) for day in event.days.order_by("number")] == [
        "2026-10-23", "2026-10-24", "2026-10-25",
    ]  # fmt: skip


def test_only_organisers_import(event):
    make_session(make_event())
    with pytest.raises(NotOrganiser):
        import_schedule(
            event_id=event.pk,
            caller=organiser_of(make_event()),
            schedule=read_schedule(PRETALX, zone="UTC"),
            now=NOW,
        )


def test_import_of_many_sessions_takes_few_statements(event, django_assert_max_num_queries):
    def many(whole):
        first = entries(whole)[0]
        for number in range(300):
            entries(whole).append(
                {
                    **first,
                    "guid": f"00000000-0000-4000-8000-{number:012}",
                    "id": 1000 + number,
                    "title": f"T{number}",
                }
            )

    content = changed(many)
    with django_assert_max_num_queries(70):
        assert verbs(take(event, content))["added"] == 304
    with django_assert_max_num_queries(70):
        assert verbs(take(event, content))["same"] == 304


def test_file_with_a_guid_twice_and_no_length_is_taken_and_comes_again_without_a_change(event):
    content = (FILES / "same-guid-twice.json").read_bytes().replace(b'"00:45"', b'"00:00"')
    plan = take(event, content)
    assert (verbs(plan)["added"], len(plan.notes)) == (3, 2)
    assert verbs(take(event, content)) == {"added": 0, "changed": 0, "same": 3, "gone": 0, "cancelled": 0}


def test_link_that_is_written_as_a_uri_is_the_same_link(event):
    content = PRETALX.replace(
        b"https://pads.example.org/p/2025", "https://pads.example.org/p/ü [1]#a#b".encode()
    )
    content = content.replace("ü [1]".encode(), "ü[1]".encode())
    take(event, content)
    written = FORMATS["json"].write(schedule_of(event, base_url="https://opendev.example"))
    check_json(written)
    assert b"https://pads.example.org/p/%C3%BC%5B1%5D#a%23b" in written
    assert verbs(take(event, written))["same"] == 4
    assert Resource.objects.count() == 2


def test_session_of_a_week_and_one_with_a_short_name_are_written_as_described(event):
    take(event)
    Session.objects.filter(title="Lunch").update(slug="a", minutes=7 * 24 * 60)
    written = FORMATS["xml"].write(schedule_of(event, base_url="https://opendev.example"))
    check_xml(written)
    assert verbs(take(event, written))["same"] == 4


# --- uploads


def test_upload_is_shown_then_taken_once_by_whoever_brought_it(event):
    caller = organiser_of(event)
    upload, plan = upload_schedule(event_id=event.pk, caller=caller, name="a.json", content=PRETALX, now=NOW)
    assert verbs(plan)["added"] == 4
    assert not event.sessions.exists()
    given = {"event_id": event.pk, "upload_id": upload.pk, "cancel_gone": False}
    done = take_upload(**given, caller=caller, now=NOW)
    assert verbs(done)["added"] == event.sessions.count() == 4
    assert not ScheduleUpload.objects.filter(pk=upload.pk).exists()


# --- out again


@pytest.mark.parametrize(("name", "check"), [("json", check_json), ("xml", check_xml)])
def test_export_is_as_described_and_imports_without_a_change(event, name, check):
    take(event)
    written = FORMATS[name].write(schedule_of(event, base_url="https://opendev.example"))
    check(written)
    assert verbs(take(event, written)) == {"added": 0, "changed": 0, "same": 4, "gone": 0, "cancelled": 0}


def test_export_of_what_was_made_here_imports_without_a_change():
    event = make_event(name="Ours", time_zone="America/New_York")
    session = make_session(event, title="First", topic="About; it", state="upcoming")
    make_moderator(session)
    make_session(event, title="Second", slug="B_", state="upcoming", external_id=1)
    for name, check in (("json", check_json), ("xml", check_xml)):
        written = FORMATS[name].write(schedule_of(event, base_url="https://opendev.example"))
        check(written)
        assert verbs(take(event, written))["same"] == 2


@pytest.mark.parametrize("form", ["json", "xml"])
def test_parts_of_a_split_session_are_told_apart_and_import_without_a_change(form):
    whole = make_session(make_event(name="Ours"), title="First", state="upcoming", minutes=40)
    event = whole.event
    split_session(session_id=whole.pk, caller=organiser_of(event), given={"minutes": "20"}, now=NOW)
    schedule = schedule_of(event, base_url="https://opendev.example")
    assert [item.title for item in schedule.items] == ["Part One: First", "Part Two: First"]
    assert verbs(take(event, FORMATS[form].write(schedule)))["same"] == 2
    assert {*event.sessions.values_list("title", flat=True)} == {"First"}


def test_export_leaves_out_what_is_cancelled(event):
    take(event)
    event.sessions.filter(title="Night watch").update(cancelled_at=NOW)
    titles = [item.title for item in schedule_of(event, base_url="https://opendev.example").items]
    assert len(titles) == 3
    assert "Night watch" not in titles


# --- commands


def command(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_command_tries_then_imports_then_exports(event, tmp_path):
    organiser_of(event)
    path = str(FILES / "schedule.json")
    said = command("import_schedule", "cloud-days", path)
    assert "added: Night watch" in said
    assert "Nothing was written" in said
    assert not event.sessions.exists()
    assert "Done." in command("import_schedule", "cloud-days", path, "--apply")
    assert "4 unchanged." in command("import_schedule", "cloud-days", path)
    check_json(command("export_schedule", "cloud-days").encode())
    check_xml(command("export_schedule", "cloud-days", "--format=xml").encode())


def test_command_says_in_which_zone_times_were_read(event, tmp_path):
    organiser_of(event)
    type(event).objects.filter(pk=event.pk).update(time_zone="Europe/Brussels")
    said = command("import_schedule", "cloud-days", str(FILES / "no-time-zone.xml"))
    assert "Times without an offset were read in Europe/Brussels." in said
    assert "note: The file names no time zone." in said
    said = command("import_schedule", "cloud-days", str(FILES / "schedule.json"))
    assert "The event’s time zone changes to Europe/Berlin." in said
    assert "note" not in said


def test_command_says_what_is_wrong_with_a_file(event, tmp_path):
    organiser_of(event)
    (tmp_path / "bad.json").write_bytes(PRETALX.replace(b'"00:45"', b'"00:75"', 1))
    with pytest.raises(CommandError, match=r"line 38, days\[0\].rooms\[\"Main Hall\"\]\[0\].duration"):
        command("import_schedule", "cloud-days", str(tmp_path / "bad.json"), "--apply")
    assert not event.sessions.exists()
