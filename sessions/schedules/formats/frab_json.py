"""`schedule.json` as written by frab and pretalx and described by the C3VOC (https://c3voc.de/wiki/schedule)."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sessions.schedules.formats import times
from sessions.schedules.formats.positions import Located, read_json
from sessions.schedules.formats.reading import CHANGE_OF_DAY, Conference, Found, Reader
from sessions.schedules.formats.schedule import Item, Schedule, ScheduleDay
from sessions.schedules.formats.troubles import Troubles
from sessions.schedules.formats.words import one_line

PATH = "schedule.conference"
DESCRIBED_BY = "https://c3voc.de/schedule/schema.json"
GENERATOR = {"name": "OpenDev Companion", "version": "1"}
ZONE_AS_DESCRIBED = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC\Z")


class FrabJson:
    """The format."""

    name, label, media_type = "json", "schedule.json", "application/json"

    def knows(self, content: bytes) -> bool:
        """Recognise the format by its first character, in any encoding."""
        return content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] in (b"{", b"[")

    def read(self, content: bytes, *, zone: str) -> Schedule:
        """Parse the file.

        Raises:
            BadSchedule
        """
        whole = read_json(content)
        schedule = _object_in(whole, "schedule") or whole
        conference = _object_in(schedule, "conference")
        if conference is None:
            raise Troubles.only(getattr(schedule, "line", 1), PATH, "missing")
        reader = Reader(_conference(whole, schedule, conference), zone)
        days = tuple(_read_days(schedule, conference, reader))
        if not reader.troubles.found and not any(day.items for day in days):
            line = conference.lines.get("days", conference.line)
            is_next = isinstance(schedule.get("events"), list)
            reader.troubles.add(line, f"{PATH}.days", "schedule2" if is_next else "empty")
        reader.troubles.raise_any()
        return Schedule(
            title=reader.title,
            acronym=reader.acronym,
            version=one_line(schedule.get("version")) or "",
            zone=reader.zone_name,
            days=days,
            base_url=reader.base_url,
            notes=reader.all_notes(),
        )

    def write(self, schedule: Schedule) -> bytes:
        """Return the file with exactly the fields of its description."""
        places = dict.fromkeys(item.place or schedule.title for item in schedule.items)
        dates = [day.date.isoformat() for day in schedule.days]
        conference: dict[str, Any] = {
            "acronym": schedule.acronym,
            "title": schedule.title,
            "start": min(dates, default=""),
            "end": max(dates, default=""),
            "daysCount": len(dates),
            "timeslot_duration": "00:05",
            "rooms": [{"name": place, "guid": _guid_of_place(schedule, place)} for place in places],
            "days": [_write_day(schedule, number, day) for number, day in enumerate(schedule.days, 1)],
        }
        if ZONE_AS_DESCRIBED.match(schedule.zone):
            conference["time_zone_name"] = schedule.zone
        written = {"version": schedule.version, "base_url": schedule.base_url, "conference": conference}
        whole = {"$schema": DESCRIBED_BY, "generator": GENERATOR, "schedule": written}
        return json.dumps(whole, ensure_ascii=False, indent=2).encode()


FORMAT = FrabJson()


def _object_in(value: Any, name: str) -> Located | None:
    found = value.get(name) if isinstance(value, Located) else None
    return found if isinstance(found, Located) else None


def _conference(whole: Any, schedule: Located, conference: Located) -> Conference:
    acronym = one_line(conference.get("acronym")) or one_line(conference.get("title")) or ""
    generator = whole.get("generator") or schedule.get("generator") if isinstance(whole, Located) else None
    return Conference(
        title=one_line(conference.get("title")) or acronym,
        acronym=acronym,
        base_url=one_line(schedule.get("base_url") or schedule.get("url")) or "",
        zone=one_line(conference.get("time_zone_name")) or "",
        generator=one_line(generator.get("name") if isinstance(generator, Located) else generator) or "",
        day_change=one_line(conference.get("day_change")) or "",
        timeslot=one_line(conference.get("timeslot_duration")) or "",
    )


def _read_days(schedule: Located, conference: Located, reader: Reader) -> Iterator[ScheduleDay]:
    line, days = conference.lines.get("days", conference.line), conference.get("days")
    if days is None and isinstance(schedule.get("events"), list):
        reader.troubles.add(schedule.lines["events"], "schedule.events", "schedule2")
        return
    if not isinstance(days, list):
        reader.troubles.add(line, f"{PATH}.days", "missing" if days is None else "not_a_list")
        return
    for number, day in enumerate(days):
        path = f"days[{number}]"
        if isinstance(day, Located):
            yield from _read_day(day, path, reader)
        else:
            reader.troubles.add(line, path, "not_an_object")


def _read_day(day: Located, path: str, reader: Reader) -> Iterator[ScheduleDay]:
    text = one_line(day.get("date")) or ""
    on = times.read_date(text)
    if on is None and text:
        reader.troubles.add(day.lines["date"], f"{path}.date", "no_date", value=text[:40])
        return
    starts_at = times.read_moment(one_line(day.get("day_start")) or "", reader.zone)
    yield from reader.day(on, _entries(day, path, reader.troubles), starts_at)


def _entries(day: Located, path: str, troubles: Troubles) -> Iterator[tuple[Found, str]]:
    """Return the entries of a day with their rooms. Rooms are an object of lists; some write a list of objects."""
    rooms, line = day.get("rooms"), day.lines.get("rooms", day.line)
    if isinstance(rooms, list):
        named = [(_name_of_room(room), room) for room in rooms if isinstance(room, Located)]
        rooms = {name: room.get("events") or room.get("talks") for name, room in named}
    for name in ("events", "talks"):  # without rooms: each has its own
        if isinstance(day.get(name), list):
            yield from _listed_entries(day[name], "", day.lines[name], f"{path}.{name}", troubles)
    if rooms is None:
        return
    if not isinstance(rooms, dict):
        troubles.add(line, f"{path}.rooms", "not_an_object")
        return
    for room, entries in rooms.items():
        within = f"{path}.rooms[{json.dumps(room, ensure_ascii=False)}]"
        if not isinstance(entries, list | None):
            troubles.add(getattr(rooms, "lines", {}).get(room, line), within, "not_a_list")
            continue
        at = getattr(rooms, "lines", {}).get(room, line)
        yield from _listed_entries(entries or [], room, at, within, troubles)


def _listed_entries(
    entries: list[Any], room: str, line: int, path: str, troubles: Troubles
) -> Iterator[tuple[Found, str]]:
    for number, entry in enumerate(entries):
        where = f"{path}[{number}]"
        if isinstance(entry, Located):
            yield Found(entry, entry.lines, entry.line, where), room
        else:
            troubles.add(line, where, "not_an_object")


def _name_of_room(room: Located) -> str:
    return one_line(room.get("name")) or ""


def _guid_of_place(schedule: Schedule, place: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{schedule.base_url}#{place}"))


def _write_day(schedule: Schedule, number: int, day: ScheduleDay) -> dict[str, Any]:
    zone = ZoneInfo(schedule.zone)
    begins, ends = bounds(day, zone)
    rooms: dict[str, list[dict[str, Any]]] = {}
    for item in day.items:
        place = item.place or schedule.title
        rooms.setdefault(place, []).append(_write_item(item, place, zone))
    return {
        "index": number,
        "date": day.date.isoformat(),
        "day_start": begins.isoformat(),
        "day_end": ends.isoformat(),
        "rooms": rooms,
    }


def bounds(day: ScheduleDay, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a day begins and ends: from four to four, or longer if something takes place outside of that."""
    begins = datetime.combine(day.date, CHANGE_OF_DAY, zone)
    ends = datetime.combine(day.date + timedelta(days=1), CHANGE_OF_DAY, zone) - timedelta(minutes=1)
    starts = [item.starts_at.astimezone(zone) for item in day.items]
    stops = [(item.starts_at + item.minutes * times.MINUTE).astimezone(zone) for item in day.items]
    return min([begins, *starts]), max([ends, *stops])


def _write_item(item: Item, place: str, zone: ZoneInfo) -> dict[str, Any]:
    starts_at = item.starts_at.astimezone(zone)
    return {
        "id": item.external_id,
        "guid": str(item.guid),
        "date": starts_at.isoformat(),
        "start": f"{starts_at:%H:%M}",
        "duration": times.write_length(item.minutes),
        "room": place,
        "slug": item.slug,
        "url": item.url,
        "title": item.title,
        "subtitle": item.subtitle,
        "track": item.track,
        "type": item.kind,
        "language": item.language,
        "abstract": item.abstract,
        "description": item.description,
        "persons": [
            {"name": one.name, "public_name": one.name, "biography": one.biography}
            | ({"code": one.external_id} if re.fullmatch(r"[A-Z0-9]+", one.external_id) else {})
            for one in item.speakers
        ],
        "links": [{"title": link.title, "url": link.url} for link in item.links if not link.is_file],
        "attachments": [{"title": link.title, "url": link.url} for link in item.links if link.is_file],
    }
