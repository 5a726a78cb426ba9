"""From what any format found to a `Schedule`: liberal in the form, strict about what would be wrong.

A format hands over `Found` values: the fields of an object with the line on which each stands. Everything that is wrong
is collected before anything is refused.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from sessions.schedules import times
from sessions.schedules.schedule import Item, Link, Speaker
from sessions.schedules.troubles import Troubles
from sessions.schedules.words import one_line, plain, shown

MOST = {"title": 300, "subtitle": 300, "abstract": 10_000, "description": 20_000, "biography": 4_000}
NAMES = ("full_public_name", "public_name", "name", "display_name", "full_name")
SHORT = {"place": 120, "track": 120, "kind": 60, "language": 20, "name": 120}
LONGEST = timedelta(days=7)
HIGHEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Found:
    """An object of a file: its fields, and the line of each."""

    fields: Mapping[str, Any]
    lines: Mapping[str, int]
    line: int
    path: str

    def at(self, name: str) -> int:
        """Return the line of a field; that of the object where it has none."""
        return self.lines.get(name, self.line)

    def first(self, *names: str) -> Any:
        """Return the value of the first of these fields that says something."""
        return next((self.fields[name] for name in names if self.fields.get(name) not in (None, "")), None)


@dataclass
class Reader:
    """Reads the items of one file. `zone` is the conference's, for times that come without one.

    A room that is called like the conference (`title`) is none: it stands there because a schedule wants one.
    """

    troubles: Troubles
    zone: ZoneInfo
    acronym: str
    title: str = ""
    base_url: str = ""
    notes: list[str] = field(default_factory=list)
    guids: dict[uuid.UUID, int] = field(default_factory=dict)

    def item(
        self, found: Found, *, day: date | None, room: str, day_starts_at: datetime | None
    ) -> Item | None:
        """Return the item; None where something is wrong with it, which is in `troubles` then."""
        known = len(self.troubles.found)
        title = self._title(found)
        starts_at = self._start(found, day, day_starts_at)
        minutes = self._minutes(found, starts_at)
        external_id = self._external_id(found)
        guid = self._guid(found, external_id, title)
        if len(self.troubles.found) > known or starts_at is None:
            return None
        return Item(
            guid=guid,
            title=title,
            starts_at=starts_at.astimezone(UTC),
            minutes=minutes,
            external_id=external_id,
            slug=one_line(found.first("slug")) or "",
            subtitle=self._text(found, "subtitle"),
            abstract=self._text(found, "abstract"),
            description=self._text(found, "description"),
            place=self._place(found.first("room") or room),
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
        """Return the start: `date` with its time, else the day and `start`."""
        written, clock_text = one_line(found.first("date")) or "", one_line(found.first("start")) or ""
        for name, text in (("date", written), ("start", clock_text)):
            if len(text) > 10:
                moment = times.read_moment(text, self.zone)
                if moment is None:
                    self._wrong(found, name, "no_time", value=text[:40])
                return moment
        on = times.read_date(written) if written else day
        if on is None:
            self._wrong(found, "date", "no_date" if written else "missing", value=written[:40])
            return None
        clock = times.read_clock(clock_text)
        if clock is None:
            self._wrong(found, "start", "no_time" if clock_text else "missing", value=clock_text[:40])
            return None
        moment = datetime.combine(on, clock, self.zone)
        is_after_midnight = not written and day_starts_at is not None and moment < day_starts_at
        return moment + timedelta(days=1) if is_after_midnight else moment

    def _minutes(self, found: Found, starts_at: datetime | None) -> int:
        text = one_line(found.first("duration")) or ""
        length = times.read_length(text) if text else self._until_end(found, starts_at)
        if length is None:
            self._wrong(found, "duration", "no_duration" if text else "missing", value=text[:40])
            return 0
        if length < timedelta(minutes=1):
            self._wrong(found, "duration", "no_minutes")
        elif length > LONGEST:
            self._wrong(found, "duration", "too_many_days")
        return int(length / timedelta(minutes=1))

    def _until_end(self, found: Found, starts_at: datetime | None) -> timedelta | None:
        end = times.read_moment(one_line(found.first("end")) or "", self.zone)
        return end - starts_at if end and starts_at else None

    def _external_id(self, found: Found) -> int | None:
        text = one_line(found.first("id"))
        if text and text.isascii() and text.isdigit() and 0 < int(text[:20]) <= HIGHEST_ID:
            return int(text)
        return None

    def _guid(self, found: Found, external_id: int | None, title: str) -> uuid.UUID:
        """Return who the item is. Without a guid it is made of what else tells it from others, the same every time."""
        text = one_line(found.first("guid", "uuid")) or ""
        try:
            guid = uuid.UUID(text)
        except ValueError:
            known_by = text or external_id or one_line(found.first("code", "slug")) or self._once(title)
            guid = uuid.uuid5(uuid.NAMESPACE_URL, f"schedule:{self.acronym}:{known_by}")
        if guid in self.guids:
            field_name = "guid" if text else "id"
            self._wrong(found, field_name, f"same_{field_name}", first=self.guids[guid])
        self.guids.setdefault(guid, found.at("guid") if text else found.line)
        return guid

    def _once(self, title: str) -> str:
        """Return the title, with a number from its second time on: "Break" comes several times a day."""
        for number in range(1, 10_000):
            name = f"title:{title}:{number}"
            if uuid.uuid5(uuid.NAMESPACE_URL, f"schedule:{self.acronym}:{name}") not in self.guids:
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
        """Return a web address, whole; "" for anything else."""
        text = one_line(value) or ""
        try:
            whole = urljoin(self.base_url, text) if text else ""
            is_web = urlsplit(whole).scheme in {"http", "https"} and bool(urlsplit(whole).hostname)
        except ValueError:
            return ""
        return whole if is_web and len(whole) <= 1000 and not re.search(r"\s", whole) else ""

    def _wrong(self, found: Found, name: str, what: str, **words: Any) -> None:
        self.troubles.add(found.at(name), f"{found.path}.{name}", what, **words)


def zone_or(name: Any, fallback: str) -> str:
    """Return the name of a time zone, or the fallback where there is none of this name."""
    return name if isinstance(name, str) and name in available_timezones() else fallback


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name_of(value: Any) -> Any:
    """Return what a track or a type is called, where it is an object of its own; one in several languages stays."""
    return value["name"] if isinstance(value, Mapping) and "name" in value else value
