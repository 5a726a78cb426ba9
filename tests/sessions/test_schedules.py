"""Schedules of other programs, read and written: no database."""

import dataclasses
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from sessions.schedules import FORMATS, BadSchedule, Link, Speaker, read_schedule
from sessions.schedules.words import as_uri
from tests.sessions.published_format import check_json, check_xml

FILES = Path(__file__).with_name("files")
PRETALX = (FILES / "schedule.json").read_bytes()
FRAB = (FILES / "schedule.xml").read_bytes()


def refusal(content, zone="UTC"):
    with pytest.raises(BadSchedule) as caught:
        read_schedule(content, zone=zone)
    assert caught.value.code == "bad_schedule"
    return {place: str(sentence) for place, sentence in caught.value.fields.items()}


def with_(change):
    """The file of pretalx, changed as an object and written anew, a field a line."""
    whole = json.loads(PRETALX)
    change(whole["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"])
    return json.dumps(whole, indent=1).encode()


def line_of(content, text):
    return next(n for n, line in enumerate(content.decode().splitlines(), 1) if text in line)


# --- read


def test_file_of_pretalx_is_read_with_all_that_it_says():
    schedule = read_schedule(PRETALX, zone="UTC")
    assert (schedule.title, schedule.version, schedule.zone) == ("Cloud Days 2026", "0.7", "Europe/Berlin")
    assert [(day.date, len(day.items)) for day in schedule.days] == [
        (date(2026, 10, 24), 3),
        (date(2026, 10, 25), 1),
    ]
    first, night, lunch, _again = schedule.items
    assert first.guid == UUID("6d1c7f0e-2f9a-5f0b-9c6a-0c2b8d7d1a01")
    assert (first.starts_at, first.minutes) == (datetime(2026, 10, 24, 8, 0, tzinfo=UTC), 45)
    assert (first.place, first.track, first.kind) == ("Main Hall", "Operations", "Discussion")
    assert first.description == "We start with two questions:\n\n- who is on call?\n- who may upgrade?"
    assert first.speakers == (
        Speaker("Ada Lovelace", "ABC123", "Writes programs."),
        Speaker("Grace Hopper", "DEF456"),
    )
    assert first.links == (
        Link("Notes of last year", "https://pads.example.org/p/2025"),
        Link("Slides", "https://talks.example.org/media/slides.pdf", is_file=True),
    )
    assert (night.minutes, night.kind, night.speakers) == (75, "Workshop", (Speaker("Ada Lovelace"),))
    assert (lunch.starts_at, lunch.kind) == (datetime(2026, 10, 24, 10, 0, tzinfo=UTC), "break")


def test_file_of_frab_is_read_as_that_of_pretalx():
    by_json, by_xml = (read_schedule(content, zone="UTC").items[0] for content in (PRETALX, FRAB))
    for name in (
        "guid",
        "title",
        "starts_at",
        "minutes",
        "abstract",
        "place",
        "track",
        "kind",
        "links",
        "url",
    ):
        assert getattr(by_json, name) == getattr(by_xml, name), name
    assert [speaker.name for speaker in by_xml.speakers] == ["Ada Lovelace", "Grace Hopper"]
    assert by_xml.description == "Who is on call & who may upgrade?"


def test_item_after_midnight_belongs_to_the_night_of_its_day():
    late = read_schedule(FRAB, zone="UTC").items[1]
    assert late.starts_at == datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # half past midnight in Berlin


def test_item_without_a_guid_is_the_same_one_every_time():
    once, again = (read_schedule(FRAB, zone="UTC").items[1] for _ in range(2))
    assert once.guid == again.guid != read_schedule(FRAB, zone="UTC").items[0].guid


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("0:30", 30), ("00:30", 30), ("90", 90), (45, 45), ("01:30:00", 90), ("PT45M", 45), ("1:01:30", 1530)],
)
def test_length_is_understood_in_every_form(text, minutes):
    content = with_(lambda items: items[0].update(duration=text))
    assert read_schedule(content, zone="UTC").items[0].minutes == minutes


@pytest.mark.parametrize(
    "change",
    [
        {"date": "2026-10-24T08:00:00Z"},
        {"date": "2026-10-24T10:00:00"},  # in the conference's zone
        {"date": "2026-10-24", "start": "10:00"},
        {"date": None, "start": "10:00"},
        {"date": None, "start": "2026-10-24T10:00:00+02:00"},
    ],
)
def test_start_is_understood_in_every_form(change):
    content = with_(lambda items: items[0].update(change))
    assert read_schedule(content, zone="UTC").items[0].starts_at == datetime(2026, 10, 24, 8, 0, tzinfo=UTC)


def test_unknown_fields_and_odd_values_of_little_weight_do_no_harm():
    odd = {"extra": {"a": [1]}, "persons": ["Ada", {"id": 3}], "links": "nonsense", "track": {"name": "Ops"}}
    schedule = read_schedule(with_(lambda items: items[0].update(odd)), zone="UTC")
    assert [speaker.name for speaker in schedule.items[0].speakers] == ["Ada"]
    assert schedule.items[0].track == "Ops"
    assert any("without a name" in note for note in schedule.notes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encoding_is_recognised(encoding):
    assert read_schedule(PRETALX.decode().encode(encoding), zone="UTC") == read_schedule(PRETALX, zone="UTC")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("One<br>Two", "One\nTwo"),
        ('See <a href="https://e.org/">this</a>', "See this (https://e.org/)"),
        ("<script>alert(1)</script><p>Fine</p>", "Fine"),
        ("How a <div> came to be; a < b &amp; c", "How a <div> came to be; a < b &amp; c"),
        ("- *one*\r\n- two", "- *one*\n- two"),
        ({"de": "Eins", "en": "One"}, "One"),
    ],
)
def test_text_is_read_plain_and_what_only_speaks_of_html_stays(written, read):
    def change(items):
        items[0].update(title="Why <b> is not <strong>", abstract=written)

    item = read_schedule(with_(change), zone="UTC").items[0]
    assert (item.title, item.abstract) == ("Why <b> is not <strong>", read)


# --- as other programs write them


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


# --- refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": True}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"duration": "00:75"}, "duration"),
        ({"duration": "soon"}, "duration"),
        ({"duration": "999:00"}, "duration"),
        ({"date": "2026-02-30T10:00:00+02:00"}, "date"),
        ({"date": None, "start": "25:00"}, "start"),
    ],
)
def test_mistake_is_told_with_its_line_and_field(change, field):
    content = with_(lambda items: items[0].update(change))
    told = refusal(content)
    (place,) = told
    assert place.endswith(f".{field}")
    line = int(place.removeprefix("line ").partition(",")[0])
    value = json.dumps(change.get(field), ensure_ascii=False)[:20]
    assert value[:12] in content.decode().splitlines()[line - 1]


def test_all_mistakes_are_told_at_once():
    def change(items):
        items[0]["duration"] = "00:99"
        del items[1]["title"]

    told = refusal(with_(change))
    assert [place.rpartition(".")[2] for place in told] == ["duration", "title"]


def test_mistake_in_xml_is_told_with_its_line():
    broken = FRAB.replace(b"<duration>00:45</duration>", b"<duration>00:65</duration>")
    (place,) = refusal(broken)
    assert place == f'line {line_of(broken, "00:65")}, day[1].room["Main Hall"].event[1].duration'


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (PRETALX.replace(b'"id": 101,', b'"id": 101', 1), '"logo": null'),  # where a comma was looked for
        (PRETALX.replace(b"null", b"nul", 1), '"description": nul,'),
        (FRAB.replace(b"</abstract>", b"</abstrct>"), "</abstrct>"),
        (FRAB.replace(b"&amp;", b"&", 1), "Who is on call & who"),
    ],
)
def test_broken_file_is_told_with_line_and_column(content, at):
    ((place, sentence),) = refusal(content).items()
    assert place == f"line {line_of(content, at)}"
    assert "column" in sentence


BOMB = b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><schedule><version>&b;</version></schedule>'


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"[]", b"{}", b"null", b"\xff\xfe\x00", b'{"schedule": {"conference": {"days": []}}}',
        b'{"schedule": {"conference": {"days": {}}}}', b'{"schedule": {"conference": {"days": [1]}}}',
        b'{"a": NaN}', b'{"schedule": "\xe4"}', b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 1000,
        b'{"a": ' + b"1" * 10_000 + b"}", b"<schedule/>", b"<other/>", b"<schedule><conference/></schedule>", BOMB,
        b'<?xml version="1.0" encoding="nope"?><schedule/>',
        b'<!DOCTYPE s SYSTEM "file:///etc/passwd"><schedule/>',
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(content):
    assert refusal(content)


# --- written


def complete(schedule):
    """With what an export always has."""
    items = [
        [dataclasses.replace(item, external_id=number * 100 + n, slug=f"cloud_days-item-{number}-{n}", url="https://e.org/")
         for n, item in enumerate(day.items, 1)]
        for number, day in enumerate(schedule.days, 1)
    ]  # fmt: skip
    days = [
        dataclasses.replace(day, items=tuple(mine)) for day, mine in zip(schedule.days, items, strict=True)
    ]
    return dataclasses.replace(schedule, acronym="cloud_days", days=tuple(days))


def test_schedule_is_written_as_described_and_read_back_the_same():
    schedule = complete(read_schedule(PRETALX, zone="UTC"))
    written = FORMATS["json"].write(schedule)
    check_json(written)
    assert read_schedule(written, zone="UTC") == schedule


def test_schedule_in_xml_is_written_as_described_and_means_the_same():
    schedule = complete(read_schedule(PRETALX, zone="UTC"))
    written = FORMATS["xml"].write(schedule)
    check_xml(written)
    back = read_schedule(written, zone="UTC")
    for ours, theirs in zip(schedule.items, back.items, strict=True):
        assert [speaker.name for speaker in ours.speakers] == [speaker.name for speaker in theirs.speakers]
        nobody = {"speakers": (), "line": 0}  # XML says nothing of people but their names
        assert dataclasses.replace(ours, **nobody) == dataclasses.replace(theirs, **nobody)


def test_own_check_of_the_described_format_notices_what_is_wrong():
    written = json.loads(FORMATS["json"].write(complete(read_schedule(PRETALX, zone="UTC"))))
    event = written["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"][0]
    for name, value in (
        ("id", 0),
        ("duration", "45"),
        ("slug", "A b"),
        ("extra", 1),
        ("persons", [{"x": 1}]),
    ):
        before = dict(event)
        event[name] = value
        with pytest.raises((AssertionError, ValueError)):
            check_json(json.dumps(written).encode())
        event.clear()
        event.update(before)
    check_json(json.dumps(written).encode())
