"""A recording's chapters as everybody may read them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from opendev.recordings.providers import Player, player_of
from polls.permissions import may_see_poll
from polls.selectors import polls_of
from sessions.programme.models import Session
from sessions.questions.permissions import PUBLIC
from sessions.questions.selectors import questions_of
from sessions.recordings.selectors import POLL_VERBS, ChapterMark, Verb, chapters_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A chapter with its title and its position."""

    mark: ChapterMark
    label: str
    clock: str
    link: str
    frame: str


def words_of(mark: ChapterMark) -> str:
    """Return a chapter's title: what happened, and to which object."""
    said = {
        Verb.SESSION_STARTED: _("Start"),
        Verb.POLL_LAUNCHED: _("Poll: %(title)s"),
        Verb.POLL_CLOSED: _("Poll closed: %(title)s"),
        Verb.QUESTION_ANSWERED: _("Answered: %(title)s"),
        Verb.LINE_OPENED: _("Follow-up: %(title)s"),
    }
    return said[Verb(mark.verb)] % {"title": mark.title} if mark.verb else mark.title


def clock_of(seconds: int) -> str:
    """Return "1:05" or "1:01:05"; below the start with a minus."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return sign + (f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}")


def shown_chapters(session: Session, *, with_hidden: bool = False) -> list[Shown]:
    """Return the session's chapters, without polls and questions that are not public."""
    player = player_of(session.recording_url) if session.recording_url else None
    marks = chapters_of(session, hidden_subjects=_secrets(session.pk), with_hidden=with_hidden)
    return [_shown(mark, player) for mark in marks]


def _shown(mark: ChapterMark, player: Player | None) -> Shown:
    link = player.link_at(mark.at_s) if player else ""
    frame = player.frame_at(mark.at_s) if player and player.frame_at else ""
    return Shown(mark, words_of(mark), clock_of(mark.at_s), link, frame)


def _secrets(session_id: int) -> set[tuple[str, str]]:
    """Return objects in the timeline that are not public: archived polls, dismissed questions."""
    polls = [poll for poll in polls_of([session_id]) if not may_see_poll(poll, is_moderator=False)]
    questions = [one for one in questions_of([session_id]) if one.state not in PUBLIC]
    return {(verb.value, str(poll.pk)) for verb in POLL_VERBS for poll in polls} | {
        (Verb.QUESTION_ANSWERED.value, str(question.pk)) for question in questions
    }
