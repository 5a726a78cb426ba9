"""Calendars: what two independent parsers make of them, and viewers in other zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.test import Client

from sessions.programme.models import EventDay, Session
from sessions.programme.services.changes import cancel_session, move_session, restore_session
from sessions.programme.services.sessions import add_to_stage, edit_session, split_session, take_off_stage
from tests.factories import make_event, make_session
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def zones_from_the_file_alone(monkeypatch):
    """vobject keeps every zone that it has read, whatever years that one described; each test starts without."""
    known = vobject.icalendar.__dict__["__tzidMap"]
    monkeypatch.setitem(vobject.icalendar.__dict__, "__tzidMap", {"UTC": known["UTC"]})


def entry_by_icalendar(text):
    entry = icalendar.Calendar.from_ical(text).events[0]
    return {
        "uid": str(entry["UID"]),
        "sequence": int(entry["SEQUENCE"]),
        "status": str(entry["STATUS"]),
        "title": str(entry["SUMMARY"]),
        "start": entry.decoded("DTSTART"),
        "end": entry.decoded("DTEND"),
        "changed": entry.decoded("LAST-MODIFIED"),
        "url": str(entry["URL"]),
    }


def entry_by_vobject(text):
    entry = vobject.readOne(text).vevent
    return {
        "uid": entry.uid.value,
        "sequence": int(entry.sequence.value),
        "status": entry.status.value,
        "title": entry.summary.value,
        "start": entry.dtstart.value,
        "end": entry.dtend.value,
        "changed": entry.last_modified.value,
        "url": entry.url.value,
    }


READERS = [entry_by_icalendar, entry_by_vobject]


def calendar(path):
    answer = Client().get(path)
    assert answer.status_code == 200, path
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.content.decode()


def counts(text):
    """How many entries each parser finds."""
    return len(icalendar.Calendar.from_ical(text).events), len(list(vobject.readOne(text).vevent_list))


def address(session):
    return session.get_absolute_url().rstrip("/") + ".ics"


@pytest.mark.parametrize("read", READERS)
def test_session_moved_twice_and_cancelled_once_stays_one_entry(read):
    session = make_session(make_event(time_zone="Europe/Berlin"), state="upcoming")
    caller, first = organiser_of(session.event), read(calendar(address(session)))
    start = datetime(2026, 10, 24, 13, 0, tzinfo=UTC)
    for number in (1, 2):
        move_session(
            session_id=session.pk,
            caller=caller,
            starts_at=start + timedelta(hours=number),
            now=NOW + timedelta(hours=number),
        )
    moved = read(calendar(address(session)))
    cancelled_at = NOW + timedelta(hours=3)
    cancel_session(session_id=session.pk, caller=caller, now=cancelled_at)
    cancelled = read(calendar(address(session)))
    assert [entry["sequence"] for entry in (first, moved, cancelled)] == [0, 2, 3]
    assert first["uid"] == moved["uid"] == cancelled["uid"]
    assert (first["status"], moved["status"], cancelled["status"]) == ("CONFIRMED", "CONFIRMED", "CANCELLED")
    assert cancelled["start"] == start + timedelta(hours=2)
    assert cancelled["changed"] == cancelled_at
    assert counts(calendar(f"/{session.event.slug}.ics")) == (1, 1)


def test_what_does_not_change_the_entry_leaves_its_sequence():
    session = make_session(state="upcoming")
    caller = organiser_of(session.event)
    move_session(session_id=session.pk, caller=caller, starts_at=session.starts_at, now=NOW)
    restore_session(session_id=session.pk, caller=caller, now=NOW)
    assert entry_by_icalendar(calendar(address(session)))["sequence"] == 0
    cancel_session(session_id=session.pk, caller=caller, now=NOW)
    restore_session(session_id=session.pk, caller=caller, now=NOW)
    assert entry_by_icalendar(calendar(address(session)))["sequence"] == 2


@pytest.mark.parametrize("read", READERS)
def test_parts_of_a_split_session_are_told_apart(read):
    session = make_session(state="upcoming", title="Upgrades", minutes=90)
    caller = organiser_of(session.event)
    parts = split_session(session_id=session.pk, caller=caller, given={"minutes": "50"}, now=NOW)
    entries = [read(calendar(address(part))) for part in parts]
    assert [entry["title"] for entry in entries] == ["Part One: Upgrades", "Part Two: Upgrades"]
    assert [entry["sequence"] for entry in entries] == [1, 0]


@pytest.fixture
def over_the_change():
    """Two sessions at ten in Berlin, on the last day of summer time and on the day after."""
    event = make_event(time_zone="Europe/Berlin", slug="over-the-change")
    event.days.update(date=date(2026, 10, 24))
    day = EventDay.objects.create(event=event, number=2, date=date(2026, 10, 25))
    make_session(event, starts_at=datetime(2026, 10, 24, 8, 0, tzinfo=UTC), minutes=90)
    Session.objects.create(
        day=day, slug="after", title="After", starts_at=datetime(2026, 10, 25, 9, 0, tzinfo=UTC), minutes=90
    )
    return event


VIEWERS = [
    ("America/Los_Angeles", ["2026-10-24 01:00", "2026-10-25 02:00"]),  # UTC-7
    ("Asia/Kolkata", ["2026-10-24 13:30", "2026-10-25 14:30"]),  # UTC+5:30
    ("Asia/Shanghai", ["2026-10-24 16:00", "2026-10-25 17:00"]),  # UTC+8
    ("Europe/Berlin", ["2026-10-24 10:00", "2026-10-25 10:00"]),
]


@pytest.mark.parametrize(("zone", "expected"), VIEWERS)
def test_viewer_in_another_zone_sees_the_right_times(over_the_change, zone, expected):
    text = calendar("/over-the-change.ics")
    by_icalendar = [entry.decoded("DTSTART") for entry in icalendar.Calendar.from_ical(text).events]
    by_vobject = [entry.dtstart.value for entry in vobject.readOne(text).vevent_list]
    for starts in (by_icalendar, by_vobject):
        assert [f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for start in starts] == expected


def test_zone_is_described_in_the_calendar_itself(over_the_change):
    """A program that knows no zones finds both offsets; vobject reads them from here, not from a database."""
    read = icalendar.Calendar.from_ical(calendar("/over-the-change.ics"))
    (zone,) = read.timezones
    assert str(zone["TZID"]) == "Europe/Berlin"
    offsets = {part["TZOFFSETTO"].to_ical() for part in zone.walk() if part.name in {"DAYLIGHT", "STANDARD"}}
    assert offsets == {"+0100", "+0200"}
    assert {entry["DTSTART"].params["TZID"] for entry in read.events} == {"Europe/Berlin"}


def test_day_session_and_event_have_their_calendars(over_the_change):
    assert counts(calendar("/over-the-change.ics")) == (2, 2)
    assert counts(calendar("/over-the-change/days/2.ics")) == (1, 1)
    entry = entry_by_vobject(calendar("/over-the-change/sessions/after.ics"))
    assert (entry["title"], entry["url"].endswith("/over-the-change/sessions/after/")) == ("After", True)
    assert entry["end"] - entry["start"] == timedelta(minutes=90)
    for missing in ("/over-the-change/days/3.ics", "/over-the-change/sessions/no.ics", "/no-such-event.ics"):
        assert Client().get(missing).status_code == 404


def test_text_of_a_session_survives_commas_lines_and_long_words():
    title = "Clouds; pods, and “nodes”: " + "ß" * 90
    session = make_session(state="upcoming", title=title, topic="One\nTwo, three; four\\five")
    text = calendar(address(session))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert entry_by_icalendar(text)["title"] == entry_by_vobject(text)["title"] == title
    assert "Two, three; four\\five" in vobject.readOne(text).vevent.description.value


def by_both(text):
    """Start and end of each entry by title, as icalendar with the calendar's own zone, and as vobject, read them."""
    read = icalendar.Calendar.from_ical(text)
    own = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in read.timezones}

    def moment(prop):
        zone = own.get(prop.params.get("TZID", ""))
        return (prop.dt.replace(tzinfo=zone) if zone else prop.dt).astimezone(UTC)

    first = {str(e["SUMMARY"]): (moment(e["DTSTART"]), moment(e["DTEND"])) for e in read.events}
    entries = vobject.readOne(text).vevent_list
    second = {
        e.summary.value: (e.dtstart.value.astimezone(UTC), e.dtend.value.astimezone(UTC)) for e in entries
    }
    return first, second


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Chicago", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata"]
)
def test_monthly_series_of_two_years_and_nights_of_a_change_are_right(zone):
    event = make_event(time_zone=zone)
    day = event.days.first() or EventDay.objects.create(event=event, number=1, date=date(2026, 9, 1))
    starts = [
        datetime(2026, 9, 1, 7, 0, tzinfo=UTC) + timedelta(days=30 * n, hours=n % 24) for n in range(26)
    ]
    for on in (date(2026, 10, 25), date(2026, 11, 1), date(2027, 2, 7), date(2027, 3, 14), date(2027, 4, 3)):
        midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
        starts += [midnight + timedelta(minutes=30 * n) for n in range(-6, 24)]
    for number, start in enumerate(starts):
        Session.objects.create(day=day, slug=f"s{number}", title=f"S{number}", starts_at=start, minutes=60)
    expected = {f"S{n}": (start, start + timedelta(hours=1)) for n, start in enumerate(starts)}
    for read in by_both(calendar(f"/{event.slug}.ics")):
        assert {title: times for title, times in read.items() if times != expected[title]} == {}


def test_each_onset_is_described_by_itself(over_the_change):
    text = calendar("/over-the-change.ics")
    assert "RDATE" not in text
    (zone,) = icalendar.Calendar.from_ical(text).timezones
    parts = [
        (part.name, f"{part['DTSTART'].dt:%Y-%m-%d %H:%M}", part["TZOFFSETTO"].to_ical())
        for part in zone.subcomponents
    ]
    assert ("STANDARD", "2026-10-25 03:00", "+0100") in parts
    assert ("DAYLIGHT", "2027-03-28 02:00", "+0200") in parts
    assert len(parts) == len({start for _name, start, _offset in parts}) == 6


def test_hour_that_the_clock_shows_twice_is_in_utc(over_the_change):
    day = EventDay.objects.get(number=2, event=over_the_change)
    for hour, slug in ((0, "first"), (1, "second")):
        start = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        Session.objects.create(day=day, slug=slug, title=slug, starts_at=start, minutes=60)
    text = calendar("/over-the-change.ics")
    assert "DTSTART:20261025T003000Z" in text
    assert "DTSTART:20261025T013000Z" in text
    assert "DTEND:20261025T023000Z" in text
    assert "DTSTART;TZID=Europe/Berlin:20261025T100000" in text


def test_name_of_a_calendar_keeps_its_commas():
    event = make_event(name="Chicago, spring; or\\autumn")
    make_session(event)
    read = vobject.readOne(calendar(f"/{event.slug}/days/1.ics"))
    for name in ("name", "x-wr-calname"):
        assert read.contents[name][0].value == "Chicago, spring; or\\autumn, day 1"


def test_calendar_that_did_not_change_is_not_sent_again():
    session = make_session(make_event(time_zone="Europe/Berlin"), state="upcoming")
    caller, path = organiser_of(session.event), f"/{session.event.slug}.ics"
    first = Client().get(path)
    assert first["Cache-Control"] == "no-cache"
    for headers in (
        {"If-None-Match": first["ETag"]},
        {"If-None-Match": f'W/{first["ETag"]}, "other"'},
        {"If-Modified-Since": first["Last-Modified"]},
    ):
        again = Client().get(path, headers=headers)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert Client().get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    later = session.starts_at + timedelta(hours=1)
    move_session(session_id=session.pk, caller=caller, starts_at=later, now=NOW + timedelta(days=400))
    for headers in (
        {"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]},
        {"If-Modified-Since": first["Last-Modified"]},
    ):
        assert Client().get(path, headers=headers).status_code == 200


def test_text_and_people_change_when_an_entry_was_modified_but_not_its_sequence():
    session = make_session(make_event(), state="upcoming")
    caller = organiser_of(session.event)
    path = address(session)

    def look():
        entry = entry_by_icalendar(calendar(path))
        return entry["sequence"], entry["changed"], Client().get(path)["ETag"]

    seen = [look()]
    Session.objects.filter(pk=session.pk).update(calendar_modified_at=NOW)
    seen[0] = look()
    edit_session(
        session_id=session.pk, caller=caller, given={"topic": "Other words"}, now=NOW + timedelta(hours=1)
    )
    seen.append(look())
    role = add_to_stage(session_id=session.pk, caller=caller, given={"role": "host", "name": "Ada One"})
    seen.append(look())
    take_off_stage(session_id=session.pk, caller=caller, role_id=role.pk)
    seen.append(look())
    assert [sequence for sequence, _changed, _etag in seen] == [0, 0, 0, 0]
    moments = [changed for _sequence, changed, _etag in seen]
    assert moments[:2] == [NOW, NOW + timedelta(hours=1)]
    assert moments[1] < moments[2] <= moments[3]
    assert len({etag for *_rest, etag in seen}) == 4


# --- my sessions


def test_starred_sessions_stand_in_a_calendar_of_their_own():
    event = make_event()
    mine, other = make_session(event), make_session(event)
    browser, stranger = Client(), Client()
    star = mine.get_absolute_url() + "star/"
    assert browser.post(star, {"starred": "yes"}).status_code == 302
    token = browser.cookies[f"stars-{event.pk}"].value
    path = f"/{event.slug}/my/{token}.ics"
    read = icalendar.Calendar.from_ical(stranger.get(path).content)
    assert [str(entry["UID"]) for entry in read.events] == [str(mine.guid)]
    etag = stranger.get(path)["ETag"]
    assert stranger.get(path, headers={"If-None-Match": etag}).status_code == 304
    browser.post(other.get_absolute_url() + "star/", {"starred": "yes"})
    browser.post(star, {"starred": "no"})
    assert stranger.get(path, headers={"If-None-Match": etag}).status_code == 200
    read = icalendar.Calendar.from_ical(stranger.get(path).content)
    assert [str(entry["UID"]) for entry in read.events] == [str(other.guid)]


def test_list_of_stars_is_found_by_its_secret_alone():
    session = make_session()
    browser = Client()
    browser.post(session.get_absolute_url() + "star/", {"starred": "yes"})
    token = browser.cookies[f"stars-{session.event_id}"].value
    assert browser.get(f"/{session.event.slug}/my/{token}.ics").status_code == 200
    assert Client().get(f"/{session.event.slug}/my/{token[:-1]}.ics").status_code == 404
    assert Client().get(f"/{make_event().slug}/my/{token}.ics").status_code == 404


def test_star_that_is_set_twice_stays_one_and_a_false_secret_gets_a_new_list():
    session = make_session()
    browser = Client()
    browser.cookies[f"stars-{session.event_id}"] = "guessed"
    for _ in range(2):
        browser.post(session.get_absolute_url() + "star/", {"starred": "yes"})
    token = browser.cookies[f"stars-{session.event_id}"].value
    assert token != "guessed"
    read = icalendar.Calendar.from_ical(browser.get(f"/{session.event.slug}/my/{token}.ics").content)
    assert len(read.events) == 1
