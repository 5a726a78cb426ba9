"""A session's recording: its address, alignment and chapters. For moderators."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.text import clean_line, clean_yes_or_no, id_in_address
from sessions.programme.models import Session
from sessions.programme.services.forms_read import check_names_nobody
from sessions.programme.services.rights import check_moderates
from sessions.recordings.models import Chapter, Recording
from sessions.timeline.models import TimelineEntry

MAX_URL_LENGTH = 500
MAX_CHAPTER_LENGTH = 200
LONGEST_S = 48 * 3600  # the maximum length and shift of a recording
CLOCK = re.compile(r"-?\d{1,2}(:\d{1,2}){1,2}")
is_web_address = URLValidator(schemes=["http", "https"])


def read_seconds(value: Any, *, field: str) -> int:
    """Return seconds from a number, "95", "1:35" or "1:01:35"; a leading minus applies to all of it.

    Raises:
        Malformed: anything else, or more than two days.
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    seconds = None
    if CLOCK.fullmatch(text):
        seconds = 0
        for part in text.lstrip("-").split(":"):
            seconds = 60 * seconds + int(part)
        seconds = -seconds if text.startswith("-") else seconds
    elif re.fullmatch(r"-?\d{1,7}", text):
        seconds = int(text)
    if seconds is None or abs(seconds) > LONGEST_S:
        raise _wrong(field, _("Enter a time such as 95, 1:35 or 1:01:35, up to two days."))
    return seconds


@transaction.atomic
def set_recording(*, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Recording:
    """Set the address of a session's recording (`url`, "" removes it) and the second of the session's start (`offset`).

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: not a web address, or not a time.
    """
    session = _lock_session(session_id, caller)
    url = (
        clean_line(given["url"], field="url", most=MAX_URL_LENGTH, required=False) if "url" in given else None
    )
    if url:
        try:
            is_web_address(url)
        except ValidationError:
            raise _wrong("url", _("This is not a web address.")) from None
        check_names_nobody(url, "url")
    recording = Recording.objects.filter(session=session).first() or Recording(session=session)
    if "offset" in given:
        recording.offset_s = read_seconds(given["offset"], field="offset")
    if url is not None and url != session.recording_url:
        session.recording_url = url
        session.version += 1
        session.save(update_fields=["recording_url", "version"])
    recording.save()
    return recording


@transaction.atomic
def add_chapter(*, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Chapter:
    """Add a chapter: a `title`, and `after`, the time since the session's start.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no title, or not a time.
    """
    session = _lock_session(session_id, caller)
    title = clean_line(given.get("title"), field="title", most=MAX_CHAPTER_LENGTH)
    return Chapter.objects.create(
        session=session, title=title, at_s=read_seconds(given.get("after"), field="after")
    )


@transaction.atomic
def edit_chapter(*, session_id: int, caller: Caller, key: str, given: Mapping[str, Any]) -> Chapter:
    """Change a chapter's `title` or time (`after`), hide it or show it again (`hidden`).

    For a chapter from the timeline, an empty title or time restores the timeline's value.

    Raises:
        NotFound: also if the chapter belongs to another session.
        NotSignedIn, NotModerator
        Malformed: an invalid title or time.
    """
    session = _lock_session(session_id, caller)
    chapter = _find_chapter(session, key)
    is_own = chapter.entry_id is None
    if "title" in given:
        chapter.title = clean_line(given["title"], field="title", most=MAX_CHAPTER_LENGTH, required=is_own)
    if "after" in given:
        is_given = is_own or not (given["after"] is None or given["after"] == "")
        chapter.at_s = read_seconds(given["after"], field="after") if is_given else None
    if "hidden" in given:
        chapter.is_hidden = clean_yes_or_no(given["hidden"], field="hidden")
    if is_own and chapter.is_hidden:
        chapter.delete()
    else:
        chapter.save()
    return chapter


def _find_chapter(session: Session, key: str) -> Chapter:
    """Return the chapter with this key; a chapter from the timeline only has a row if it was changed."""
    kind, _dash, number = key.partition("-")
    pk = id_in_address(number)
    if kind == "own":
        chapter = Chapter.objects.filter(session=session, pk=pk, entry__isnull=True).first()
    else:
        entry = TimelineEntry.objects.filter(session=session, pk=pk).first() if kind == "entry" else None
        saved = Chapter.objects.filter(entry=entry).first() if entry else None
        chapter = saved or (Chapter(session=session, entry=entry) if entry else None)
    if chapter is None:
        raise NotFound
    return chapter


def _lock_session(session_id: int, caller: Caller) -> Session:
    sessions = Session.objects.select_for_update(no_key=True, of=("self",)).select_related("event")
    session = sessions.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_moderates(caller=caller, session_id=session_id)
    return session


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
