"""The socket of a session's room: attendees, moderators in the control room, and the presenter screen."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from etherpad_links.news import TOPIC as PAD
from opendev.core.admission import Crowded
from opendev.core.attendance import READ, AttendeePass, Caller, Ground, pass_cookie_name, read_pass
from opendev.core.consumers import LiveConsumer, Refused
from opendev.core.errors import DomainError
from opendev.core.groups import EVERYBODY, Group, encode, now_text, with_fields
from opendev.core.live import hub
from opendev.core.text import MAX_ID
from opendev.room import notes, run_sheet_socket
from opendev.room.own import OwnReader
from opendev.room.source import DISPLAY, HELPER, MODERATOR
from polls import consumers as polls
from polls.news import KIND as POLL_KIND
from polls.news import topic_of
from polls.permissions import VOTED
from polls.selectors import Mine
from sessions.access import selectors as grounds
from sessions.access.authentication import BeyondToken
from sessions.access.selectors import API_TOKEN_PREFIX
from sessions.displays.selectors import display_by_token
from sessions.follow_ups import consumers as lines
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.news import KIND as LINE_KIND
from sessions.programme import selectors
from sessions.programme.permissions import MODERATORS
from sessions.questions import consumers as questions
from sessions.questions.news import KIND as QUESTION_KIND
from sessions.questions.selectors import helper_ids
from sessions.reactions import consumers as reactions
from sessions.suggestions import consumers as suggestions
from sessions.suggestions.news import KIND as SUGGESTION_KIND

QUESTION_TOPICS, SUGGESTION_TOPICS = f"{QUESTION_KIND}:", f"{SUGGESTION_KIND}:"
OTHER_TOPICS = (QUESTION_TOPICS, SUGGESTION_TOPICS)  # whose audiences are their own
Rights = tuple[int | None, int | None]  # the user as a moderator, or as a helper
Opened = tuple[
    Ground | None, int | None, int | None
]  # the ground of the sign-in, and the rights that it gives

# The subjects of commands, and their topics.
NAMED: dict[str, Callable[[Any], str]] = {
    "poll": lambda value: f"{POLL_KIND}:{value}",
    "question": lambda value: f"{QUESTION_KIND}:{value}",
    "suggestion": lambda value: f"{SUGGESTION_KIND}:{value}",
    "line": lambda value: f"{LINE_KIND}:{value}",
}

DISPLAY_VIEW = "display"
DISPLAY_COOKIE = "display"  # only sent to the session's socket: its path is the socket's


class RoomConsumer(LiveConsumer):
    """`/ws/sessions/<id>/`. With `?view=control` (or an API token) it gets the moderators' or helpers' payloads.

    With `?view=display` it gets the payloads for everybody, as long as its display link is not revoked; in a frame of
    another site, which gets no cookies, `/ws/sessions/<id>/embed/<link>/` is the same. With either or `?view=screen`
    it also gets the reactions that the presenter screen shows.
    """

    commands = {
        **polls.COMMANDS,
        **questions.COMMANDS,
        **suggestions.COMMANDS,
        **reactions.COMMANDS,
        **lines.COMMANDS,
        **notes.COMMANDS,
        **run_sheet_socket.COMMANDS,
    }
    attendee: AttendeePass | None = None
    moderator_id: int | None = None
    helper_id: int | None = None
    display_id: int | None = None
    view = ""

    @property
    def link(self) -> str:
        """The display link in an embed's address, "" elsewhere."""
        return str(self.scope["url_route"]["kwargs"].get("link", ""))

    def group_key(self) -> int:
        """Return the session's id."""
        session_id = int(self.scope["url_route"]["kwargs"]["session"])
        if session_id > MAX_ID:
            raise Refused
        return session_id

    async def identify(self, group: Group) -> None:
        """Read the pass or the token, and for moderators the cookie of their sign-in. Most need no database."""
        event_id = group.facts["event_id"]
        self.view = DISPLAY_VIEW if self.link else self.query("view")
        self.voted: set[str] = set()
        self.answers: dict[int, Mine] = {}
        self.upvotes: set[int] = set()
        self.supports: set[int] = set()
        self.sign_ups: dict[int, SignUp] = {}
        self.own: OwnReader | None = None
        text = self.bearer()
        if self.view == DISPLAY_VIEW:
            pass  # the screen is for everybody, whoever is signed in
        elif text is None:
            text = self.cookies().get(pass_cookie_name(event_id))
            self.attendee = read_pass(text) if text else None
            if self.attendee and (self.attendee.event_id != event_id or self._is_revoked(group)):
                self.attendee = None
        elif text.startswith(API_TOKEN_PREFIX):
            await self._open_with(_rights_by_token, text, group)
        else:
            self.attendee = read_pass(text)
            if self.attendee is None or self.attendee.event_id != event_id or self._is_revoked(group):
                raise Refused
        if self.attendee:
            self.attendee_id, self.pass_ends_at = self.attendee.attendee_id, self.attendee.expires_at
        await self._identify_for_view(group)
        await self._identify_for_team(group)

    async def _identify_for_team(self, group: Group) -> None:
        """Admit only its team to the room of a draft event, by a token or by the cookie of a sign-in.

        Raises:
            Refused
        """
        if group.users is not None and self.ground is None and self.bearer() is None:
            key = self.cookies().get(settings.SESSION_COOKIE_NAME, "")
            self.ground = await hub.read_in_thread(grounds.ground_of_cookie, key)
        if not group.lets_in(self):
            raise Refused

    def _is_revoked(self, group: Group) -> bool:
        """Return True if the group already knows that this pass was revoked; otherwise the next check finds out."""
        return self.attendee is not None and self.attendee.attendee_id in group.revoked

    async def _open_with(self, read: Callable[[str, int], Opened], proof: str, group: Group) -> None:
        """Set the rights that a token or a cookie gives, and store their ground.

        Raises:
            Refused: the token is invalid.
        """
        opened = await hub.read_in_thread(read, proof, group.key)
        self.ground, self.moderator_id, self.helper_id = opened
        if self.ground and not self.ground.limits.reaches(group.facts["event_id"]):
            raise Refused  # a token of another event

    async def _identify_for_view(self, group: Group) -> None:
        """Admit only moderators and helpers to the control room's view, and only displays to a display's.

        Raises:
            Refused
        """
        if self.view == "control" and self.moderator_id is None and self.helper_id is None:
            key = self.cookies().get(settings.SESSION_COOKIE_NAME, "")
            await self._open_with(_rights_by_cookie, key, group)
            if self.moderator_id is None and self.helper_id is None:
                raise Refused
        elif self.view == DISPLAY_VIEW:
            token = self.link or self.cookies().get(DISPLAY_COOKIE, "")
            self.display_id = await hub.read_in_thread(_display_by_link, token, group.key)
            if self.display_id is None:
                raise Refused

    @property
    def is_moderator(self) -> bool:
        """Whether this socket gets the moderators' payloads."""
        return self.moderator_id is not None

    async def prepare(self, group: Group) -> None:
        """Read the attendee's own answers, upvotes, supports and sign-ups."""
        reactions.watch(group, self, self.view)
        if self.attendee is not None:
            wanted = polls.visible_polls(group, VOTED)
            try:
                self.answers = await polls.read_answers(self.attendee, wanted)
                self.upvotes = await questions.read_upvotes(self.attendee, group)
                self.supports = await suggestions.read_supports(self.attendee, group)
                self.sign_ups = await lines.read_sign_ups(self.attendee, lines.lines_in(group))
            except DomainError:  # full, or the database is away: a snapshot without them would be wrong
                raise Crowded("busy", 3) from None
            self.voted |= {topic_of(poll) for poll, mine in self.answers.items() if mine.voted}

    def snapshot(self, group: Group) -> str:
        """Return the `snapshot` frame: everything that this socket may see now."""
        state = group.topics["session"].states[EVERYBODY]
        pad = group.topics.get(PAD)
        attendee = None if self.attendee_id is None else str(self.attendee_id)
        head = encode(
            {
                "type": "snapshot",
                "now": now_text(),
                "session": state,
                "present": max(group.present, len(group.by_attendee)),
                "me": {
                    "attendee": attendee,
                    "moderator": self.is_moderator,
                    "helper": self.helper_id is not None,
                },
                **(group.notices if self.is_moderator else {}),
                **reactions.snapshot_part(group, is_moderator=self.is_moderator),
                "pad": pad.states[EVERYBODY] if pad else None,
                **run_sheet_socket.snapshot_parts(group, is_moderator=self.is_moderator),
            }
        )
        body = polls.snapshot_polls(
            group, is_moderator=self.is_moderator, voted=self.voted, answers=self.answers
        )
        asked, left_out = questions.snapshot_questions(group, self, self.upvotes)
        more = {"questions_left_out": str(left_out)} if left_out else {}
        under = lines.snapshot_lines(group, self.sign_ups)
        suggested = suggestions.snapshot_suggestions(group, self, self.supports)
        self.answers, self.upvotes, self.supports, self.sign_ups = {}, set(), set(), {}
        return with_fields(head, polls=body, questions=asked, **more, suggestions=suggested, lines=under)

    def check_command(self, frame: dict[str, Any]) -> None:
        """Let a token that may only read follow the notes, and nothing else.

        Raises:
            BeyondToken
        """
        is_reader = self.ground is not None and self.ground.limits.scope == READ
        if is_reader and frame["type"] not in notes.COMMANDS:
            raise BeyondToken

    def is_about_here(self, frame: dict[str, Any]) -> bool:
        """Return True if a command's subject (poll, question, suggestion, sign-up line) belongs to this room."""
        topics = self.group.topics if self.group is not None else {}
        return all(NAMED[field](value) in topics for field, value in frame.items() if field in NAMED)

    def read_own(self, topic: str) -> None:
        """Read the attendee's own part of a topic, and write it to this socket."""
        self.own = self.own or OwnReader(self)  # few need one: a single window is answered directly
        self.own.changed(topic)

    def own_answered(self, topic: str) -> None:
        """Note that this socket got the attendee's own part, as the answer to its command."""
        if self.own:
            self.own.answered(topic)

    def part_was_read(self, topic: str, *, takes_part: bool) -> None:
        """Use the value read of whether the attendee voted, if it was unknown or outdated."""
        if self.group is not None:
            hub.move_member(self.group, self, topic, takes_part=takes_part)

    def audience(self, topic: str) -> str:
        """Return the audience for one topic."""
        if topic.startswith(OTHER_TOPICS):  # votes first, since they are the most frequent
            if topic.startswith(QUESTION_TOPICS):
                return questions.question_audience(self, topic)
            return suggestions.suggestion_audience(self, topic)
        if self.moderator_id is not None:
            return MODERATORS
        return VOTED if topic in self.voted else EVERYBODY

    @property
    def rights(self) -> dict[str, int]:
        """The rights that this socket was opened with, and the user or display link that holds each."""
        rights = {MODERATOR: self.moderator_id, HELPER: self.helper_id, DISPLAY: self.display_id}
        return {right: holder for right, holder in rights.items() if holder is not None}

    def note_part(self, topic: str, *, takes_part: bool) -> bool:
        """Store whether the attendee has voted; return True if that is new."""
        if takes_part == (topic in self.voted):
            return False
        if takes_part:
            self.voted.add(topic)
        else:
            self.voted.discard(topic)
        return True


def _display_by_link(token: str, session_id: int) -> int | None:
    """Return the session's display link with this token, or None if it is no longer valid."""
    link = display_by_token(session_id, token)
    return link.pk if link else None


def _rights_of(user_id: int, session_id: int) -> Rights:
    if selectors.moderates(Caller(user_id=user_id), session_id):
        return user_id, None
    return None, user_id if user_id in helper_ids(session_id) else None


def _rights_by_token(token: str, session_id: int) -> Opened:
    """Return the rights of an API token's user in the session.

    Raises:
        Refused: the token is invalid.
    """
    ground = grounds.ground_of_token(token, timezone.now())
    if ground is None:
        raise Refused
    return ground, *_rights_of(ground.user_id, session_id)


def _rights_by_cookie(session_key: str, session_id: int) -> Opened:
    """Return the rights of a signed-in user in the session; a deactivated user is no longer signed in."""
    ground = grounds.ground_of_cookie(session_key)
    return (ground, *_rights_of(ground.user_id, session_id)) if ground else (None, None, None)
