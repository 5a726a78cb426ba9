"""From the values of any format to a `Schedule`: liberal about form, strict about content.

A format provides `Found` values: the fields of an object with the line of each. All errors are collected before
the file is refused.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opendev.core.zones import time_zones
from sessions.schedules.formats import times
from sessions.schedules.formats.schedule import Item, Link, ScheduleDay, Speaker
from sessions.schedules.formats.troubles import Troubles
from sessions.schedules.formats.words import one_line, plain, shown

MOST = {"title": 300, "subtitle": 300, "abstract": 10_000, "description": 20_000, "biography": 4_000}
NAMES = ("full_public_name", "public_name", "name", "display_name", "full_name")
SHORT = {"place": 120, "track": 120, "kind": 60, "language": 20, "name": 120}
LONGEST = timedelta(days=7)
HAS_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2})\Z")
HIGHEST_ID = 2**63 - 1
CHANGE_OF_DAY = time(4)  # earlier times belong to the night before, unless the file says otherwise
DAYS_FIRST = {
    "pretalx",
    "OpenDev Companion",
}  # programs that write lengths of a day or more as days:hours:minutes
SHORTEST_SLOT, LONGEST_SLOT = timedelta(minutes=5), timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Found:
    """An object in a file: its fields, and the line of each."""

    fields: Mapping[str, Any]
    lines: Mapping[str, int]
    line: int
    path: str

    def at(self, name: str) -> int:
        """Return the line of a field, or of the object."""
        return self.lines.get(name, self.line)

    def first(self, *names: str) -> Any:
        """Return the value of the first of these fields that is not empty."""
        return next((self.fields[name] for name in names if self.fields.get(name) not in (None, "")), None)


@dataclass(frozen=True, slots=True)
class Conference:
    """A file's data about itself. `zone` is its time zone as written; "" if it has none."""

    title: str
    acronym: str
    base_url: str = ""
    zone: str = ""
    generator: str = ""
    day_change: str = ""
    timeslot: str = ""


@dataclass
class Reader:
    """Reads the items of one file.

    `zone` is used for times without an offset: the file's, otherwise `fallback`.
    A room with the name of the conference is not a room: it is there because a schedule requires one.
    """

    conference: Conference
    fallback: str
    troubles: Troubles = field(default_factory=Troubles)
    notes: list[str] = field(default_factory=list)
    known: dict[uuid.UUID, list[tuple[str, ...]]] = field(default_factory=dict)
    lines: dict[uuid.UUID, int] = field(default_factory=dict)
    local_times: int = 0

    def __post_init__(self) -> None:
        self.zone_name = zone_or(self.conference.zone, self.fallback)
        self.zone = ZoneInfo(self.zone_name)
        self.acronym, self.title = self.conference.acronym, self.conference.title
        self.base_url = self.conference.base_url
        self.day_change = times.read_clock(self.conference.day_change)
        slot = times.read_length(self.conference.timeslot) or SHORTEST_SLOT
        self.timeslot = min(max(slot, SHORTEST_SLOT), LONGEST_SLOT)

    def day(
        self, on: date | None, entries: Iterable[tuple[Found, str]], starts_at: datetime | None
    ) -> Iterator[ScheduleDay]:
        """Return the day with its items, each with its room, or None if its date is unknown.

        Args:
            on: the day's date in the file.
            starts_at: the start of the day in the file. Earlier times on this date belong to the night after it.
        """
        listed = list(entries)
        if on and starts_at is None:
            starts_at = self._begin_of(on, [found for found, _room in listed])
        items = []
        for found, room in listed:
            item = self.item(found, day=on, room=room, day_starts_at=starts_at)
            items += [item] if item else []
        if on is None and items:
            on = min(item.starts_at for item in items).astimezone(self.zone).date()
        if on is not None:
            yield ScheduleDay(on, tuple(items))

    def _begin_of(self, on: date, listed: Sequence[Found]) -> datetime | None:
        """Return the start of a day without one: the file's change of day.

        Without one, four o'clock is assumed, if the day has anything later: a lone item at 00:15 is not in the night
        after.
        """
        clocks = [times.read_clock(one_line(found.first("start")) or "") for found in listed]
        has_a_daytime = any(clock and clock >= CHANGE_OF_DAY for clock in clocks)
        change = self.day_change or (CHANGE_OF_DAY if has_a_daytime else None)
        return datetime.combine(on, change, self.zone) if change else None

    def all_notes(self) -> tuple[str, ...]:
        """Return the remarks about the file, that about the time zone first."""
        named = self.conference.zone
        if named and named != self.zone_name:
            sentence = _(
                "The file names the time zone “%(named)s”, which is not known. It was read in %(zone)s."
            )
            return (sentence % {"named": shown(named[:60]), "zone": self.zone_name}, *self.notes)
        if not named and self.local_times:
            sentence = _(
                "The file names no time zone. Its times were read in %(zone)s, the event’s."
                " If that is wrong, change the event’s time zone first."
            )
            return (sentence % {"zone": self.zone_name}, *self.notes)
        return tuple(self.notes)

    def item(
        self, found: Found, *, day: date | None, room: str, day_starts_at: datetime | None
    ) -> Item | None:
        """Return the item; None if it has errors, which are then in `troubles`, or is a repetition."""
        known = len(self.troubles.found)
        title = self._title(found)
        starts_at = self._start(found, day, day_starts_at)
        minutes = self._minutes(found, starts_at)
        external_id = self._external_id(found)
        place = self._place(found.first("room") or room)
        if len(self.troubles.found) > known or starts_at is None:
            return None
        guid = self._guid(found, external_id, title)
        own_guid = self._own_guid(found, guid, title, f"{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}", place)
        if own_guid is None:
            return None
        return Item(
            guid=own_guid,
            title=title,
            starts_at=starts_at.astimezone(UTC),
            minutes=minutes,
            external_id=external_id,
            slug=one_line(found.first("slug")) or "",
            subtitle=self._text(found, "subtitle"),
            abstract=self._text(found, "abstract"),
            description=self._text(found, "description"),
            place=place,
            track=self._short("track", _name_of(found.first("track"))),
            kind=self._short("kind", _name_of(found.first("type"))),
            language=self._short("language", found.first("language")),
            url=self._address(found.first("origin_url", "url")),
            speakers=self._speakers(found),
            links=self._links(found),
            line=found.line,
        )

    def _place(self, room: Any) -> str:
        place = self._short("place", room)
        return "" if place == self.title[: SHORT["place"]].strip() else place

    def _title(self, found: Found) -> str:
        title = one_line(found.first("title"))
        if title is None:
            self._wrong(found, "title", "no_text")
        elif not title:
            self._wrong(found, "title", "missing")
        elif len(title) > MOST["title"]:
            self._wrong(found, "title", "too_long", most=MOST["title"], count=len(title))
        return title or ""

    def _start(self, found: Found, day: date | None, day_starts_at: datetime | None) -> datetime | None:
        """Return the start: `date` with its time, otherwise the day and `start`."""
        written, clock_text = one_line(found.first("date")) or "", one_line(found.first("start")) or ""
        for name, text in (("date", written), ("start", clock_text)):
            if len(text) > 10:
                moment = times.read_moment(text, self.zone)
                if moment is None:
                    self._wrong(found, name, "no_time", value=text[:40])
                self.local_times += not HAS_OFFSET.search(text)
                return moment
        on = times.read_date(written) if written else day
        if on is None:
            self._wrong(found, "date", "no_date" if written else "missing", value=written[:40])
            return None
        clock = times.read_clock(clock_text)
        if clock is None:
            self._wrong(found, "start", "no_time" if clock_text else "missing", value=clock_text[:40])
            return None
        self.local_times += 1
        moment = datetime.combine(on, clock, self.zone)
        is_after_midnight = not written and day_starts_at is not None and moment < day_starts_at
        return moment + timedelta(days=1) if is_after_midnight else moment

    def _minutes(self, found: Found, starts_at: datetime | None) -> int:
        text = one_line(found.first("duration")) or ""
        length = self._length(text) if text else self._until_end(found, starts_at)
        if length is None and (text or self._says_an_end(found)):
            self._wrong(found, "duration", "no_duration", value=text[:40])
            return 0
        if length and length > LONGEST:
            self._wrong(found, "duration", "too_many_days")
        if length is not None and length < timedelta(0):
            self._wrong(found, "duration", "no_minutes")
        if length is None or length < timedelta(minutes=1):
            length = self.timeslot
            words = {"line": found.at("duration"), "title": one_line(found.first("title")) or ""}
            words["minutes"] = int(length / timedelta(minutes=1))
            self.notes.append(
                _("Line %(line)d: “%(title)s” has no length. It was given %(minutes)d minutes.") % words
            )
        return int(length / timedelta(minutes=1))

    def _length(self, text: str) -> timedelta | None:
        return times.read_length(text, days_first=self.conference.generator in DAYS_FIRST)

    def _says_an_end(self, found: Found) -> bool:
        return bool(one_line(found.first("end")))

    def _until_end(self, found: Found, starts_at: datetime | None) -> timedelta | None:
        end = times.read_moment(one_line(found.first("end")) or "", self.zone)
        return end - starts_at if end and starts_at else None

    def _external_id(self, found: Found) -> int | None:
        text = one_line(found.first("id"))
        if text and text.isascii() and text.isdigit() and 0 < int(text[:20]) <= HIGHEST_ID:
            return int(text)
        return None

    def _guid(self, found: Found, external_id: int | None, title: str) -> uuid.UUID:
        """Return the item's guid. If it has none, derive a stable one from other fields that distinguish it."""
        text = one_line(found.first("guid", "uuid")) or ""
        try:
            guid = uuid.UUID(text)
        except ValueError:
            known_by = text or external_id or one_line(found.first("code", "slug")) or self._once(title)
            guid = uuid.uuid5(uuid.NAMESPACE_URL, f"schedule:{self.acronym}:{known_by}")
        return guid

    def _own_guid(
        self, found: Found, guid: uuid.UUID, title: str, start: str, place: str
    ) -> uuid.UUID | None:
        """Return the guid of an item; derived with its start if the guid is repeated; None for the same item again.

        Some programs give all the times of a workshop the same guid.
        """
        earlier = self.known.setdefault(guid, [])
        names = [(start,), (start, place), (start, place, title)]
        self.known[guid] = [*earlier, (start, place, title)]
        self.lines.setdefault(guid, found.at("guid"))
        if not earlier:
            return guid
        words = {"line": found.at("guid"), "title": title, "first": self.lines[guid]}
        name = next((one for one in names if one not in [other[: len(one)] for other in earlier]), None)
        if name is None:
            sentence = _("Line %(line)d: “%(title)s” is in line %(first)d already, and was left out.")
        else:
            sentence = _(
                "Line %(line)d: “%(title)s” has the guid of line %(first)d."
                " It is taken as a session of its own, known by its start."
            )
        self.notes.append(sentence % words)
        return uuid.uuid5(guid, " ".join(name)) if name else None

    def _once(self, title: str) -> str:
        """Return the title, with a number from its second occurrence on: there are several breaks a day."""
        for number in range(1, 10_000):
            name = f"title:{title}:{number}"
            if uuid.uuid5(uuid.NAMESPACE_URL, f"schedule:{self.acronym}:{name}") not in self.known:
                return name
        return title

    def _text(self, found: Found, name: str) -> str:
        text = (one_line if name == "subtitle" else plain)(found.first(name)) or ""
        return self._shortened(text, MOST[name], found.line, name)

    def _short(self, name: str, value: Any) -> str:
        return (one_line(value) or "")[: SHORT[name]].strip()

    def _shortened(self, text: str, most: int, line: int, name: str) -> str:
        if len(text) <= most:
            return text
        words = {"line": line, "field": name, "most": most}
        self.notes.append(_("Line %(line)d: %(field)s was shortened to %(most)d characters.") % words)
        return text[: most - 1].rstrip() + "…"

    def _speakers(self, found: Found) -> tuple[Speaker, ...]:
        speakers: dict[str, Speaker] = {}
        for given in _listed(found.first("persons", "speakers")):
            person = given if isinstance(given, Mapping) else {"name": given}
            names = (
                person.get(key)
                for key in ("full_public_name", "public_name", "name", "display_name", "full_name")
            )
            name = next((text for text in map(one_line, names) if text), "")
            if not name:
                self.notes.append(
                    _("Line %(line)d: a person without a name was left out.") % {"line": found.line}
                )
                continue
            ids = (one_line(person.get(key)) for key in ("code", "guid", "id"))
            about = self._shortened(
                plain(person.get("biography")) or "", MOST["biography"], found.line, "biography"
            )
            short = self._short("name", name)
            speakers.setdefault(short, Speaker(short, next((i for i in ids if i), "")[:64], about))
        return tuple(speakers.values())

    def _links(self, found: Found) -> tuple[Link, ...]:
        links: dict[str, Link] = {}
        for name, is_file in (("links", False), ("attachments", True)):
            for given in _listed(found.first(name)):
                link = given if isinstance(given, Mapping) else {"url": given}
                address = next((link[key] for key in ("url", "href", "link") if link.get(key)), None)
                url = self._address(address)
                if not url:
                    words = {"line": found.line, "address": shown(str(address)[:80])}
                    sentence = _("Line %(line)d: a link without a web address was left out: %(address)s")
                    self.notes.append(sentence % words)
                    continue
                title = one_line(link.get("title") or link.get("name") or link.get("description"))
                links.setdefault(url, Link((title or url)[:200], url, is_file))
        return tuple(links.values())

    def _address(self, value: Any) -> str:
        """Return a complete web address; "" for anything else. Spaces in its path become %20, as in browsers."""
        text = one_line(value) or ""
        try:
            whole = urljoin(self.base_url, text) if text else ""
            parts = urlsplit(whole)
            is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            return ""
        is_one = not re.search(r"\s", parts.netloc) and not re.search(r"\shttps?://", whole)
        address = re.sub(r"\s", "%20", whole)
        return address if is_web and is_one and len(address) <= 1000 else ""

    def _wrong(self, found: Found, name: str, what: str, **words: Any) -> None:
        self.troubles.add(found.at(name), f"{found.path}.{name}", what, **words)


def zone_or(name: Any, fallback: str) -> str:
    """Return the name of a time zone, or the fallback if it is unknown."""
    return name if isinstance(name, str) and name in time_zones() else fallback


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name_of(value: Any) -> Any:
    """Return the name of a track or a type that is an object; a name in several languages is returned as it is."""
    return value["name"] if isinstance(value, Mapping) and "name" in value else value
