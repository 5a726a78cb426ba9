"""Schedules of other programs, read and written: no database."""

import dataclasses
import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from sessions.schedules.formats import FORMATS, BadSchedule, Link, Speaker, read_schedule
from tests.sessions.schedules.published_format import check_json, check_xml

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
