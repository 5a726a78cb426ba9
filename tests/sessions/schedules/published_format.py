"""What the C3VOC's descriptions of schedule.json and schedule.xml ask of a file, in our own words.

After validator/json/schema.json and validator/xsd/schedule.xml.xsd of https://github.com/voc/schedule, whose licence
(EUPL) is another one, so that they are not copied here.
"""

import json
import re
import uuid
import xml.etree.ElementTree as ET
from datetime import date, datetime

ACRONYM = re.compile(r"[a-z0-9_-][a-z0-9_]{3,}(-2[0-9]{3}-[a-z]+)?")
LENGTH = re.compile(r"[0-9]+:[0-9]{2}")
SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")
XML_SLUG = re.compile(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}")
URI = re.compile(
    r"[a-z][a-z0-9+.-]*:([A-Za-z0-9._~:/?@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+(#([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
ZONE = re.compile(r"([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")
CONFERENCE = {"title", "acronym", "days", "daysCount", "start", "end", "timeslot_duration"}
CONFERENCE_MAY = {
    "description",
    "time_zone_name",
    "logo",
    "colors",
    "keywords",
    "url",
    "tracks",
    "rooms",
    "meta",
}
DAY = {"index", "date", "day_start", "day_end", "rooms"}
EVENT = {
    *("abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start"),
    *("subtitle", "title", "track", "type", "url"),
}
EVENT_MAY = {
    "logo",
    "description",
    "recording_license",
    "do_not_record",
    "do_not_stream",
    "attachments",
    "answers",
}
MAY_BE_NULL = {"subtitle", "track", "abstract", "description"}
XML_EVENT = ("room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track")
XML_EVENT_MAY = {
    *(
        "logo",
        "persons",
        "language",
        "description",
        "recording",
        "links",
        "attachments",
        "url",
        "video_download_url",
    ),
}
XML_CONFERENCE_MAY = {"start", "end", "days", "timeslot_duration", "base_url", "time_zone_name"}


def check_json(content):
    """Fail where a schedule.json is not as described."""
    whole = json.loads(content)
    assert whole.keys() <= {"schedule", "$schema", "generator"}
    schedule = whole["schedule"]
    assert {"conference", "version"} <= schedule.keys()
    assert "rooms" not in schedule
    assert isinstance(schedule["version"], str)
    conference = schedule["conference"]
    assert CONFERENCE <= conference.keys() <= CONFERENCE | CONFERENCE_MAY
    assert ACRONYM.fullmatch(conference["acronym"]), conference["acronym"]
    assert "time_zone_name" not in conference or ZONE.match(conference["time_zone_name"])
    assert conference["daysCount"] == len(conference["days"])
    date.fromisoformat(conference["start"])
    date.fromisoformat(conference["end"])
    for room in conference.get("rooms", []):
        assert {"guid", "name"} <= room.keys() <= {"guid", "name", "description", "capacity"}
        uuid.UUID(room["guid"])
    for day in conference["days"]:
        check_day(day)


def check_day(day):
    assert day.keys() == DAY
    assert isinstance(day["index"], int)
    date.fromisoformat(day["date"])
    begins, ends = (datetime.fromisoformat(day[name]) for name in ("day_start", "day_end"))
    assert begins.tzinfo is not None
    assert begins < ends
    for room, events in day["rooms"].items():
        for event in events:
            assert event["room"] == room
            assert begins <= datetime.fromisoformat(event["date"]) <= ends
            check_event(event)


def check_event(event):
    assert EVENT <= event.keys() <= EVENT | EVENT_MAY
    assert isinstance(event["id"], int)
    assert event["id"] >= 1
    uuid.UUID(event["guid"])
    assert LENGTH.fullmatch(event["duration"])
    assert SLUG.fullmatch(event["slug"]), event["slug"]
    assert event["url"].startswith(("http://", "https://"))
    for link in [*event["links"], *event.get("attachments", [])]:
        assert URI.fullmatch(link["url"]), link["url"]
    assert datetime.fromisoformat(event["date"]).tzinfo is not None
    for name in ("title", "type", "language", *MAY_BE_NULL & event.keys()):
        assert isinstance(event[name], str) or (event[name] is None and name in MAY_BE_NULL), name
    for person in event["persons"]:
        is_pretalx, is_frab = "name" in person, {"public_name", "id"} <= person.keys()
        assert is_pretalx != is_frab, "exactly one of the two kinds of persons"
        assert isinstance(person.get("biography", ""), str)
        assert re.fullmatch(r"[A-Z0-9]+", person.get("code", "A"))


def check_xml(content):
    """Fail where a schedule.xml is not as described."""
    root = ET.fromstring(content)
    assert root.tag == "schedule"
    names = [child.tag for child in root]
    assert names == ["generator", "version", "conference", *["day"] * (len(names) - 3)]
    assert len(names) > 3
    conference = {child.tag: child.text for child in root.find("conference")}
    assert {"title", "acronym"} <= conference.keys() <= {"title", "acronym"} | XML_CONFERENCE_MAY
    assert re.match("https?://", conference.get("base_url", "https://"))
    assert set(root.find("generator").attrib) <= {"name", "version"}
    events = root.findall("day/room/event")
    for seen in (
        [event.get("guid") for event in events],
        [event.get("id") for event in events],
        [event.findtext("slug") for event in events],
        [day.get("index") for day in root.findall("day")],
    ):
        assert len(seen) == len(set(seen)), seen
    for day in root.findall("day"):
        assert set(day.attrib) <= {"date", "start", "end", "index"}
        assert datetime.fromisoformat(day.get("start")).tzinfo is not None
    for event in events:
        check_xml_event(event)


def check_xml_event(event):
    names = [child.tag for child in event]
    assert len(names) == len(set(names))
    assert set(XML_EVENT) <= set(names) <= {*XML_EVENT, *XML_EVENT_MAY}
    assert set(event.attrib) == {"guid", "id"}
    assert int(event.get("id")) >= 1
    assert XML_SLUG.fullmatch(event.findtext("slug")), event.findtext("slug")
    uuid.UUID(event.get("guid"))
    assert datetime.fromisoformat(event.findtext("date")).tzinfo is not None
    assert re.fullmatch("[0-2][0-9]:[0-5][0-9]", event.findtext("start"))
    assert re.fullmatch("[0-9]{1,2}:[0-9]{2}(:[0-9]{1,2})?", event.findtext("duration"))
    for parent, child, allowed in (
        ("persons", "person", {"id"}),
        ("links", "link", {"href"}),
        ("attachments", "attachment", {"href"}),
    ):
        for node in event.findall(f"{parent}/*"):
            assert node.tag == child
            assert set(node.attrib) <= allowed
