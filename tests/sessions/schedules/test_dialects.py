"""Schedules as programs of twenty years write them, taken with notes: no database."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from sessions.schedules.formats import read_schedule
from sessions.schedules.formats.words import as_uri
from tests.sessions.schedules.test_formats import FILES, FRAB, PRETALX, refusal, with_


def of_file(name, **given):
    return read_schedule((FILES / name).read_bytes(), **{"zone": "UTC", **given})


def starts(schedule):
    zone = ZoneInfo(schedule.zone)
    return {item.title: f"{item.starts_at.astimezone(zone):%Y-%m-%d %H:%M}" for item in schedule.items}


def test_days_of_pretalx_are_days():
    lengths = {item.title: item.minutes for item in of_file("pretalx-two-days.json").items}
    assert (lengths["Two days exactly"], lengths["Thirty hours"], lengths["Plain talk"]) == (2880, 1830, 45)


@pytest.mark.parametrize(
    ("generator", "text", "minutes"),
    [
        ("pretalx", "1:00:00", 1440),
        ("pretalx", "01:00:00", 60),
        ("frab", "1:00:00", 60),
        ("", "2:00:00", 120),
        ("pretalx", "2:30:00", 150),  # of thirty hours there is no such length
    ],
)
def test_three_numbers_are_days_where_pretalx_wrote_them(generator, text, minutes):
    content = json.loads(with_(lambda items: items[0].update(duration=text)))
    content["generator"] = {"name": generator, "version": "1"}
    assert read_schedule(json.dumps(content).encode(), zone="UTC").items[0].minutes == minutes
    in_xml = FRAB.replace(b"<duration>00:45<", f"<duration>{text}<".encode())
    in_xml = re.sub(rb"<generator[^>]*>", b"", in_xml)
    in_xml = in_xml.replace(b"<conference>", f'<generator name="{generator}"/><conference>'.encode(), 1)
    assert read_schedule(in_xml, zone="UTC").items[0].minutes == minutes


def test_what_is_before_the_change_of_day_is_of_the_night_after():
    schedule = of_file("pentabarf-day-change.xml")
    assert starts(schedule) == {
        "Opening": "2027-12-27 11:00",
        "Night show after the first day": "2027-12-28 00:15",
    }
    assert [str(day.date) for day in schedule.days] == ["2027-12-27"]


@pytest.mark.parametrize(
    ("change", "night", "early"),
    [
        ("<day_change>06:00</day_change>", "2027-12-28 00:15", "2027-12-28 05:30"),
        ("<day_change>00:00</day_change>", "2027-12-27 00:15", "2027-12-27 05:30"),
        ("", "2027-12-28 00:15", "2027-12-27 05:30"),
    ],
)
def test_day_changes_when_the_file_says_or_at_four(change, night, early):
    content = (FILES / "pentabarf-day-change.xml").read_text()
    content = content.replace("<day_change>04:00</day_change>", change).replace("11:00", "05:30")
    assert starts(read_schedule(content.encode(), zone="UTC")) == {
        "Opening": early,
        "Night show after the first day": night,
    }


def test_day_change_of_a_json_file_is_known_too():
    def change(items):
        items[0].update(date=None, start="00:15")

    whole = json.loads(with_(change))
    conference = whole["schedule"]["conference"]
    conference["day_change"] = "04:00:00"
    for day in conference["days"]:
        day.pop("day_start", None)
    first = read_schedule(json.dumps(whole).encode(), zone="UTC").items[0]
    assert first.starts_at == datetime(2026, 10, 24, 22, 15, tzinfo=UTC)  # a quarter past midnight in Berlin


def test_item_whose_guid_came_before_is_another_by_its_start():
    schedule = of_file("same-guid-twice.json")
    first, again, other = schedule.items
    assert (first.title, again.title) == ("Workshop, given twice", "Workshop, given twice")
    assert first.guid == UUID("9dfcfca6-37db-5fc0-a4a9-fc3b4c2474d4")
    assert len({first.guid, again.guid, other.guid}) == 3
    assert [item.guid for item in of_file("same-guid-twice.json").items] == [
        item.guid for item in schedule.items
    ]
    (note,) = schedule.notes
    assert note.startswith(f"Line {again.line}")


def test_item_that_comes_again_at_the_same_time_is_left_out_or_in_another_room():
    def change(items):
        items[1:1] = [items[0] | {"room": "Hall B"}, items[0] | {"room": "Hall B"}, dict(items[0])]

    schedule = read_schedule(with_(change), zone="UTC")
    assert len(schedule.items) == 5
    assert len({item.guid for item in schedule.items}) == 5
    assert len([note for note in schedule.notes if "left out" in note]) == 2


@pytest.mark.parametrize(
    "change", [{"duration": "0:00"}, {"duration": None, "end": None}, {"duration": "00:00:00"}]
)
def test_item_without_a_length_gets_one_and_is_named(change):
    schedule = read_schedule(with_(lambda items: items[0].update(change)), zone="UTC")
    assert schedule.items[0].minutes == 5
    assert any("has no length" in note and schedule.items[0].title in note for note in schedule.notes)


def test_markup_in_a_description_is_read_as_its_words():
    talk, lunch = of_file("description-with-elements.xml").items
    assert talk.description == "First words.\n\nSecond."
    assert lunch.description == ""
    linked = (
        b"<description>See <a href='https://e.org/?a=1&amp;b=2'>this</a> &amp; <x:b>that</x:b></description>"
    )
    content = (FILES / "description-with-elements.xml").read_bytes().replace(b"<description/>", linked)
    content = content.replace(b"<title>Lunch<", b"<title><i>Late</i> lunch<")
    lunch = read_schedule(content, zone="UTC").items[1]
    assert (lunch.title, lunch.description) == ("Late lunch", "See this (https://e.org/?a=1&b=2) & that")


def test_sessions_outside_rooms_are_read_with_the_room_that_they_name():
    (item,) = of_file("events-directly-in-day.xml", zone="Europe/Brussels").items
    assert (item.title, item.place, item.minutes) == ("A talk", "Hall A", 15)
    assert item.starts_at == datetime(2027, 2, 6, 15, 40, tzinfo=UTC)
    whole = json.loads(PRETALX)
    day = whole["schedule"]["conference"]["days"][0]
    day["events"] = [entry for entries in day.pop("rooms").values() for entry in entries]
    assert len(read_schedule(json.dumps(whole).encode(), zone="UTC").items) == 4


@pytest.mark.parametrize("days", [{"days": [{"index": 1, "date": "2027-12-27"}]}, {}])
def test_next_version_of_the_format_is_named(days):
    whole = {
        "schedule": {"version": "1", "conference": {"title": "Conf", **days}, "events": [{"title": "A"}]}
    }
    (sentence,) = refusal(json.dumps(whole).encode()).values()
    assert "schedule2" in sentence


def test_zone_that_was_assumed_is_said():
    (note,) = of_file("no-time-zone.xml", zone="Europe/Brussels").notes
    assert "Europe/Brussels" in note
    assert of_file("pentabarf-day-change.xml", zone="UTC").notes
    assert read_schedule(PRETALX, zone="Asia/Tokyo").notes == ()
    (note,) = read_schedule(PRETALX.replace(b"Europe/Berlin", b"Europe/Berlinn"), zone="UTC").notes
    assert "Europe/Berlinn" in note


@pytest.mark.parametrize(
    ("typed", "uri"),
    [
        ("https://e.org/a", "https://e.org/a"),
        ("https://e.org/ü?x=[1]#a#b", "https://e.org/%C3%BC?x=%5B1%5D#a%23b"),
        ("https://bücher.example/100%", "https://xn--bcher-kva.example/100%25"),
        ("https://e.org/%C3%BC|", "https://e.org/%C3%BC%7C"),
    ],
)
def test_address_is_written_as_a_uri(typed, uri):
    assert as_uri(typed) == as_uri(uri) == uri


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://e.org/K.1 (La Salle)/talk.webm", "https://e.org/K.1%20(La%20Salle)/talk.webm"),
        ("https://e.org/a https://e.org/b", None),
        ("https://e org/", None),
        ("http://", None),
    ],
)
def test_blank_in_the_path_of_a_link_is_kept_as_browsers_write_it(written, read):
    content = with_(lambda items: items[0].update(links=[{"title": "Video", "url": written}], attachments=[]))
    schedule = read_schedule(content, zone="UTC")
    assert [link.url for link in schedule.items[0].links] == ([read] if read else [])
    assert len(schedule.notes) == (0 if read else 1)
