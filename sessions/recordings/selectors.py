"""Queries about recordings: the chapters from the timeline, with moderators' changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sessions.programme.models import Session
from sessions.recordings.models import Chapter, Recording
from sessions.timeline.models import TimelineEntry

Verb = TimelineEntry.Verb
OPENING = {
    Verb.SESSION_STARTED,
    Verb.POLL_LAUNCHED,
    Verb.POLL_CLOSED,
    Verb.QUESTION_ANSWERED,
    Verb.LINE_OPENED,
}
TAKEN_BACK = {Verb.POLL_SET_BACK, Verb.QUESTION_SET_BACK, Verb.SUGGESTION_SET_BACK}
POLL_VERBS = {Verb.POLL_LAUNCHED, Verb.POLL_CLOSED}
# A start this long after everything else is the real one, and what came before was a rehearsal; an earlier one only
# corrects a premature end. Longer than the longest break of a day's programme, shorter than the night before it.
ANEW_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A chapter, `after_s` seconds after the start of the session, at `at_s` in the recording; `key` identifies it."""

    key: str
    verb: str
    title: str
    after_s: int
    at_s: int
    is_hidden: bool = False


def recording_of(session_id: int) -> Recording | None:
    """Return the alignment of the session's recording, or None if nobody has set it."""
    return Recording.objects.filter(session=session_id).first()


def chapters_of(
    session: Session, *, hidden_subjects: Collection[tuple[str, str]] = (), with_hidden: bool = False
) -> list[ChapterMark]:
    """Return the chapters in the order of the recording, without those before its beginning.

    Args:
        hidden_subjects: (verb, subject) of entries that may not be shown.
        with_hidden: include those that a moderator left out, for editing.
    """
    recording = recording_of(session.pk)
    offset = recording.offset_s if recording else 0
    said = {chapter.entry_id: chapter for chapter in Chapter.objects.filter(session=session)}
    own = Chapter.objects.filter(session=session, entry__isnull=True)
    marks = [_own_mark(chapter, offset) for chapter in own]
    entries = _standing(session.pk)
    start = next((entry.at for entry in entries if entry.verb == Verb.SESSION_STARTED), None)
    for entry in entries if start is not None else []:
        after = round((entry.at - start).total_seconds()) if start else 0
        if (entry.verb, entry.subject) not in hidden_subjects:
            marks.append(_mark(entry, said.get(entry.pk), after, offset))
    shown = [mark for mark in marks if mark.at_s >= 0 and (with_hidden or not mark.is_hidden)]
    return sorted(shown, key=lambda mark: mark.at_s)


def _standing(session_id: int) -> list[TimelineEntry]:
    """Return the timeline of the recorded hour without undone entries, with a single start."""
    standing: list[TimelineEntry] = []
    for entry in TimelineEntry.objects.filter(session=session_id).order_by("pk"):
        if entry.verb == Verb.SESSION_SET_BACK:
            standing.clear()
        elif entry.verb == Verb.SESSION_STARTED:
            if standing and entry.at - standing[-1].at > ANEW_AFTER:
                standing.clear()
            if not any(one.verb == Verb.SESSION_STARTED for one in standing):
                standing.append(entry)
        elif entry.verb in TAKEN_BACK:
            if undone := [each for each in standing if _is_undone(each, entry)]:
                standing.remove(undone[-1])
        elif entry.verb in OPENING:
            standing.append(entry)
    return standing


def _is_undone(entry: TimelineEntry, act: TimelineEntry) -> bool:
    """Return True if the act undid the entry; a line that was opened from a suggestion has its title."""
    if act.verb == Verb.SUGGESTION_SET_BACK:
        return entry.verb == Verb.LINE_OPENED and entry.title == act.title
    return entry.subject == act.subject and entry.verb.startswith(act.verb.partition(".")[0])


def _own_mark(chapter: Chapter, offset: int) -> ChapterMark:
    after = chapter.at_s or 0
    return ChapterMark(f"own-{chapter.pk}", "", chapter.title, after, after + offset)


def _mark(entry: TimelineEntry, said: Chapter | None, after: int, offset: int) -> ChapterMark:
    title = (said.title if said else "") or entry.title
    moved = said.at_s if said and said.at_s is not None else after
    hidden = said.is_hidden if said else False
    return ChapterMark(f"entry-{entry.pk}", entry.verb, title, moved, moved + offset, hidden)
