"""`schedule.xml` as written by frab and pretalx and described by the C3VOC (https://c3voc.de/wiki/schedule)."""

import re
import xml.etree.ElementTree as ET  # only writes here
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # with document types, and with them all entities, refused
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from sessions.schedules.formats import times
from sessions.schedules.formats.frab_json import GENERATOR, bounds
from sessions.schedules.formats.reading import Conference, Found, Reader
from sessions.schedules.formats.schedule import Item, Schedule, ScheduleDay
from sessions.schedules.formats.troubles import Troubles
from sessions.schedules.formats.words import one_line

DEEPEST = 50
TEXTS = {"abstract", "description", "biography"}
LINES = {"title", "subtitle"}
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(slots=True)
class Node:
    """An element, with the line on which it begins."""

    name: str
    attributes: dict[str, str]
    line: int
    content: list["Node | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Node"]:
        """The elements in it."""
        return [part for part in self.content if isinstance(part, Node)]

    @property
    def text(self) -> str:
        """Its own text, without that of its elements."""
        return "".join(part for part in self.content if isinstance(part, str)).strip()

    @property
    def words(self) -> str:
        """Its text, including that of its elements."""
        return "".join(part if isinstance(part, str) else part.words for part in self.content).strip()

    @property
    def markup(self) -> str:
        """Its text; with any elements as HTML, which some programs write unescaped here."""
        return f"<div>{self._inner_html()}</div>" if self.children else self.text

    def _inner_html(self) -> str:
        return "".join(escape(part) if isinstance(part, str) else part._outer_html() for part in self.content)

    def _outer_html(self) -> str:
        name = self.name.rpartition(":")[2].lower()
        href = self.attributes.get("href", "")
        return f"<{name}{f' href={quoteattr(href)}' if href else ''}>{self._inner_html()}</{name}>"

    def all(self, name: str) -> list["Node"]:
        """Its children with this name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Node | None":
        """Its first child with this name."""
        return next(iter(self.all(name)), None)

    def word(self, name: str) -> str:
        """The text of its first child with this name, otherwise of the attribute; "" if it has neither."""
        child = self.first(name)
        return (child.text if child else "") or self.attributes.get(name, "")


class FrabXml:
    """The format."""

    name, label, media_type = "xml", "schedule.xml", "application/xml"

    def knows(self, content: bytes) -> bool:
        """Recognise the format by its first character, in any encoding."""
        return content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"

    def read(self, content: bytes, *, zone: str) -> Schedule:
        """Parse the file.

        Raises:
            BadSchedule
        """
        root = _parse(content)
        conference = root.first("conference")
        if conference is None:
            raise Troubles.only(root.line, "schedule.conference", "missing")
        reader = Reader(_conference(root, conference), zone)
        days = tuple(
            day for number, node in enumerate(root.all("day"), 1) for day in _read_day(node, number, reader)
        )
        if not reader.troubles.found and not any(day.items for day in days):
            is_next = root.first("events") is not None
            reader.troubles.add(root.line, "schedule.day", "schedule2" if is_next else "empty")
        reader.troubles.raise_any()
        return Schedule(
            title=reader.title,
            acronym=reader.acronym,
            version=root.word("version"),
            zone=reader.zone_name,
            days=days,
            base_url=reader.base_url,
            notes=reader.all_notes(),
        )

    def write(self, schedule: Schedule) -> bytes:
        """Return the file, its elements in the order of the description."""
        root = ET.Element("schedule")
        ET.SubElement(root, "generator", GENERATOR)
        _add(root, "version", schedule.version)
        conference = ET.SubElement(root, "conference")
        dates = [day.date.isoformat() for day in schedule.days]
        _add(conference, "acronym", schedule.acronym)
        _add(conference, "title", schedule.title)
        if dates:
            _add(conference, "start", min(dates))
            _add(conference, "end", max(dates))
        _add(conference, "days", str(len(dates)))
        _add(conference, "timeslot_duration", "00:05")
        _add(conference, "base_url", schedule.base_url)
        _add(conference, "time_zone_name", schedule.zone)
        for number, day in enumerate(schedule.days, 1):
            _write_day(root, schedule, number, day)
        ET.indent(root)
        return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


FORMAT = FrabXml()


def _parse(content: bytes) -> Node:
    """Return the root element.

    Raises:
        BadSchedule: not well-formed, nested too deeply, or with a document type (which alone could declare entities).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = Node("", {}, 1)
    open_nodes = [root]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) > DEEPEST:
            raise Troubles.only(parser.CurrentLineNumber, "", "too_deep")
        node = Node(name, attributes, parser.CurrentLineNumber)
        open_nodes[-1].content.append(node)
        open_nodes.append(node)

    def words(text: str) -> None:
        open_nodes[-1].content.append(text)

    def refuse(*_declaration: Any) -> None:
        raise Troubles.only(parser.CurrentLineNumber, "", "entities")

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: open_nodes.pop()
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003  # takes no keywords
    except expat.ExpatError as error:
        told = {"column": error.offset + 1, "reason": expat.ErrorString(error.code)}
        raise Troubles.only(error.lineno, "", "broken", **told) from None
    except (ValueError, LookupError):  # an unknown encoding
        raise Troubles.only(1, "", "not_utf8") from None
    found = root.children[0]
    if found.name != "schedule":
        raise Troubles.only(found.line, found.name, "is_no_schedule")
    return found


def _conference(root: Node, conference: Node) -> Conference:
    acronym = conference.word("acronym") or conference.word("title")
    generator = root.first("generator") or Node("", {}, 0)
    return Conference(
        title=one_line(conference.word("title")) or acronym,
        acronym=acronym,
        base_url=conference.word("base_url") or root.word("base_url"),
        zone=conference.word("time_zone_name"),
        generator=generator.attributes.get("name", "") or generator.text,
        day_change=conference.word("day_change"),
        timeslot=conference.word("timeslot_duration"),
    )


def _read_day(node: Node, number: int, reader: Reader) -> Iterator[ScheduleDay]:
    text, path = node.attributes.get("date", ""), f"day[{number}]"
    on = times.read_date(text) if text else None
    if text and on is None:
        reader.troubles.add(node.line, f"{path}.date", "no_date", value=text[:40])
        return
    starts_at = times.read_moment(node.attributes.get("start", ""), reader.zone)
    yield from reader.day(on, _entries(node, path), starts_at)


def _entries(node: Node, path: str) -> Iterator[tuple[Found, str]]:
    """Return the entries of a day with their rooms; in old files they are in the day itself, with their room's name."""
    for place, event in enumerate(node.all("event"), 1):
        yield _found(event, f"{path}.event[{place}]"), ""
    for room in node.all("room"):
        name = room.attributes.get("name", "")
        for place, event in enumerate(room.all("event"), 1):
            yield _found(event, f'{path}.room["{name}"].event[{place}]'), name


def _found(event: Node, path: str) -> Found:
    fields: dict[str, Any] = {**event.attributes, **_fields(event)}
    persons, links, files = (
        [child for parent in event.all(name) for child in parent.children]
        for name in ("persons", "links", "attachments")
    )
    fields["persons"] = [
        {**person.attributes, **_fields(person)} | ({"public_name": person.text} if person.text else {})
        for person in persons
    ]
    fields["links"] = [_link(node) for node in links]
    fields["attachments"] = [_link(node) for node in files]
    lines = {child.name: child.line for child in event.children}
    return Found(fields, lines, event.line, path)


def _fields(node: Node) -> dict[str, str]:
    """Return the text of each element; texts keep their markup, since it separates paragraphs."""
    return {
        child.name: child.markup
        if child.name in TEXTS
        else child.words
        if child.name in LINES
        else child.text
        for child in node.children
    }


def _link(node: Node) -> dict[str, str]:
    url = node.attributes.get("href", "") or node.word("url") or node.text
    return {"url": url, "title": node.text or node.word("title")}


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, name, attributes)
    node.text = UNWRITABLE.sub("", text)
    return node


def _write_day(root: ET.Element, schedule: Schedule, number: int, day: ScheduleDay) -> None:
    zone = ZoneInfo(schedule.zone)
    begins, ends = bounds(day, zone)
    node = ET.SubElement(
        root,
        "day",
        {
            "index": str(number),
            "date": day.date.isoformat(),
            "start": begins.isoformat(),
            "end": ends.isoformat(),
        },
    )
    rooms: dict[str, ET.Element] = {}
    for item in day.items:
        place = item.place or schedule.title
        if place not in rooms:
            rooms[place] = ET.SubElement(node, "room", {"name": UNWRITABLE.sub("", place)})
        _write_item(rooms[place], item, place, zone)


def _write_item(room: ET.Element, item: Item, place: str, zone: ZoneInfo) -> None:
    starts_at = item.starts_at.astimezone(zone)
    event = ET.SubElement(room, "event", {"guid": str(item.guid), "id": str(item.external_id)})
    for name, text in (
        ("room", place),
        ("title", item.title),
        ("subtitle", item.subtitle),
        ("type", item.kind),
        ("date", starts_at.isoformat()),
        ("start", f"{starts_at:%H:%M}"),
        ("duration", times.write_length(item.minutes, most_hours=99)),
        ("abstract", item.abstract),
        ("slug", item.slug),
        ("track", item.track),
        ("language", item.language),
        ("description", item.description),
    ):
        _add(event, name, text)
    persons = ET.SubElement(event, "persons")
    for one in item.speakers:
        _add(persons, "person", one.name)
    links, files = ET.SubElement(event, "links"), ET.SubElement(event, "attachments")
    for link in item.links:
        _add(
            files if link.is_file else links,
            "attachment" if link.is_file else "link",
            link.title,
            href=link.url,
        )
    if item.url:
        _add(event, "url", item.url)
