"""The socket of a session's room: attendees, moderators in the control room, and the presenter screen."""

from contextlib import suppress

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone

from etherpad_links.news import TOPIC as PAD
from opendev.core.attendance import AttendeePass, Caller, pass_cookie_name, read_pass
from opendev.core.consumers import LiveConsumer, Refused
from opendev.core.cookie_store import SessionStore
from opendev.core.errors import DomainError
from opendev.core.groups import EVERYBODY, MODERATORS, VOTED, Group, encode, now_text
from opendev.core.live import hub
from opendev.core.text import MAX_ID
from opendev.room import notes
from polls import consumers as polls
from polls.news import topic_of
from polls.selectors import Mine
from sessions import consumers as lines
from sessions import selectors
from sessions.models import SignUp


class RoomConsumer(LiveConsumer):
    """`/ws/sessions/<id>/`. With `?view=control` (or a moderator's API token) it hears what moderators hear."""

    commands = {**polls.COMMANDS, **lines.COMMANDS, **notes.COMMANDS}
    attendee: AttendeePass | None = None

    def group_key(self) -> int:
        """Return the session's id."""
        session_id = int(self.scope["url_route"]["kwargs"]["session"])
        if session_id > MAX_ID:
            raise Refused
        return session_id

    async def identify(self, group: Group) -> None:
        """Read the pass or the token, and for moderators the cookie of their sign-in. Most need no database."""
        event_id = group.facts["event_id"]
        self.voted: set[str] = set()
        self.answers: dict[int, Mine] = {}
        self.sign_ups: dict[int, SignUp] = {}
        text = self.bearer()
        if text is None:
            text = self.cookies().get(pass_cookie_name(event_id))
            self.attendee = read_pass(text) if text else None
            if self.attendee and self.attendee.event_id != event_id:
                self.attendee = None
        elif text.startswith(selectors.API_TOKEN_PREFIX):
            self.moderator_id = await hub.read_in_thread(_moderator_by_token, text, group.key)
        else:
            self.attendee = read_pass(text)
            if self.attendee is None or self.attendee.event_id != event_id:
                raise Refused
        self.attendee_id = self.attendee.attendee_id if self.attendee else None
        if self.query("view") == "control" and self.moderator_id is None:
            key = self.cookies().get("sessionid", "")
            self.moderator_id = await hub.read_in_thread(_moderator_by_cookie, key, group.key)
            if self.moderator_id is None:
                raise Refused

    @property
    def is_moderator(self) -> bool:
        """Whether this socket hears what moderators hear."""
        return self.moderator_id is not None

    async def prepare(self, group: Group) -> None:
        """Read one's own answers and sign-ups."""
        if self.attendee is not None:
            wanted = polls.visible_polls(group, VOTED)
            # A reader that is full refuses: then the page shows its forms, and the answer to an act tells more.
            with suppress(DomainError):
                self.answers = await polls.read_answers(self.attendee, wanted)
            with suppress(DomainError):
                self.sign_ups = await lines.read_sign_ups(self.attendee, lines.lines_in(group))
            self.voted |= {topic_of(poll) for poll, mine in self.answers.items() if mine.voted}

    def snapshot(self, group: Group) -> str:
        """Return `{type, now, session, present, me, pad, polls, lines}`."""
        state = group.topics["session"].states[EVERYBODY]
        pad = group.topics.get(PAD)
        attendee = None if self.attendee_id is None else str(self.attendee_id)
        head = encode(
            {
                "type": "snapshot",
                "now": now_text(),
                "session": state,
                "present": max(group.present, len(group.by_attendee)),
                "me": {"attendee": attendee, "moderator": self.is_moderator},
                "pad": pad.states[EVERYBODY] if pad else None,
            }
        )
        body = polls.snapshot_polls(
            group, is_moderator=self.is_moderator, voted=self.voted, answers=self.answers
        )
        under = lines.snapshot_lines(group, self.sign_ups)
        self.answers, self.sign_ups = {}, {}
        return f'{head[:-1]},"polls":{body},"lines":{under}}}'

    def audience(self, topic: str) -> str:
        """Return the audience for one topic."""
        if self.is_moderator:
            return MODERATORS
        return VOTED if topic in self.voted else EVERYBODY

    def note_voted(self, topic: str, *, voted: bool) -> bool:
        """Keep whether the attendee has voted; return whether that is news."""
        if voted == (topic in self.voted):
            return False
        if voted:
            self.voted.add(topic)
        else:
            self.voted.discard(topic)
        return True


def _moderator_by_token(token: str, session_id: int) -> int | None:
    """Return the user of an API token where they moderate the session.

    Raises:
        Refused: the token opens nothing.
    """
    user = selectors.user_of_api_token(token, timezone.now())
    if user is None:
        raise Refused
    return user.pk if selectors.moderates(Caller(user_id=user.pk), session_id) else None


def _moderator_by_cookie(session_key: str, session_id: int) -> int | None:
    """Return the user of a sign-in where they moderate the session.

    Django's own look-up: a deactivated user, or one whose password changed, is signed in no more.
    """
    request = HttpRequest()
    request.session = SessionStore(session_key or None)
    user = get_user(request)
    return (
        user.pk
        if user.is_authenticated and selectors.moderates(Caller(user_id=user.pk), session_id)
        else None
    )
