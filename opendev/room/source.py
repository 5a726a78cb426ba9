"""The Hub's source of rooms: the apps' selectors combined."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from django.utils import timezone

from etherpad_links import news as pad_news
from etherpad_links.selectors import pad_states, pad_versions
from opendev.core.attendance import Ground
from opendev.core.groups import GroupState, TopicKind
from opendev.room.failover import raise_versions
from polls import news as poll_news
from polls.selectors import options_of, poll_versions, polls_of
from sessions.access.selectors import lasting_grounds
from sessions.attendees.selectors import revoked_passes
from sessions.displays.selectors import display_ids
from sessions.follow_ups import news as line_news
from sessions.follow_ups.selectors.lines import line_versions, lines_of
from sessions.programme import news as session_news
from sessions.programme.models import Session
from sessions.programme.permissions import MODERATORS
from sessions.programme.selectors import moderator_ids, session_versions
from sessions.programme.selectors.visibility import teams_of_drafts
from sessions.questions import news as question_news
from sessions.questions.selectors import helper_ids, question_versions, questions_of
from sessions.run_sheet import news as sheet_news
from sessions.run_sheet.selectors import run_sheet_versions, run_sheets_of
from sessions.suggestions import news as suggestion_news
from sessions.suggestions.selectors import suggestion_versions, suggestions_of

MODERATOR, HELPER, DISPLAY = "moderator", "helper", "display"
RIGHTS: dict[str, Callable[[int], frozenset[int]]] = {
    MODERATOR: moderator_ids,
    HELPER: helper_ids,
    DISPLAY: display_ids,
}


class RoomSource:
    """Reads sessions with everything in their rooms. Called in the Hub's database thread."""

    kinds: ClassVar[Mapping[str, TopicKind]] = {
        poll_news.KIND: poll_news.PollFrames(),
        session_news.TOPIC: session_news.SessionFrames(),
        question_news.KIND: question_news.QuestionFrames(),
        suggestion_news.KIND: suggestion_news.SuggestionFrames(),
        line_news.KIND: line_news.LineFrames(),
        pad_news.KIND: pad_news.PadFrames(),
        sheet_news.PLAN: sheet_news.PlanFrames(),
        sheet_news.RUNNING: sheet_news.RunningFrames(),
    }

    reserved: ClassVar[frozenset[str]] = frozenset({MODERATORS})

    def read(self, group: int) -> GroupState | None:
        """Return the current state of a session's room, or None if there is no such session."""
        session = Session.objects.filter(pk=group).first()
        if session is None:
            return None
        told = [session_news.news_of(session)]
        told += [poll_news.news_of(poll, options_of(poll)) for poll in polls_of([group])]
        told += [question_news.news_of(question) for question in questions_of([group])]
        told += [suggestion_news.news_of(each) for each in suggestions_of([group])]
        told += [line_news.news_of(found) for found in lines_of([group])]
        told += [pad_news.news_of(found) for found in pad_states([group])]
        for sheet in run_sheets_of([group]):
            told += [sheet_news.plan_news(sheet), sheet_news.running_news(sheet)]
        revoked = revoked_passes([group]).get(group, frozenset())
        team = teams_of_drafts([group]).get(group)
        return GroupState({"event_id": session.event_id}, told, revoked, team)

    def raise_versions(self, group: int, above: Mapping[str, int]) -> None:
        """Raise versions of topics of a room above those that were sent before the database lost commits."""
        raise_versions(session_id=group, above=above)

    def holders(self, right: str, group: int) -> frozenset[int]:
        """Return the users, or display links, that currently have a right in the session."""
        return RIGHTS[right](group)

    def lasting(self, grounds: frozenset[Ground]) -> frozenset[Ground]:
        """Return the tokens and sign-ins that are still valid."""
        return lasting_grounds(grounds, timezone.now())

    def revoked_passes(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        """Return for each session the attendees whose pass was revoked."""
        return revoked_passes(groups)

    def users_of_closed(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        """Return the team of the event for each session of a draft."""
        return teams_of_drafts(groups)

    def versions(self, groups: Iterable[int]) -> dict[int, dict[str, int]]:
        """Return the version of every topic of these rooms."""
        groups = list(groups)
        found = {
            session: {session_news.TOPIC: version} for session, version in session_versions(groups).items()
        }
        for session, poll, version in poll_versions(groups):
            found.setdefault(session, {})[poll_news.topic_of(poll)] = version
        for session, question, version in question_versions(groups):
            found.setdefault(session, {})[question_news.topic_of(question)] = version
        for session, suggestion, version in suggestion_versions(groups):
            found.setdefault(session, {})[suggestion_news.topic_of(suggestion)] = version
        for session, line, version in line_versions(groups):
            found.setdefault(session, {})[line_news.topic_of(line)] = version
        for session, version, running in run_sheet_versions(groups):
            found.setdefault(session, {}).update({sheet_news.PLAN: version, sheet_news.RUNNING: running})
        for session, version in pad_versions(groups).items():
            found.setdefault(session, {})[pad_news.TOPIC] = version
        return found
