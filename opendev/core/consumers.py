"""The common part of all sockets: joining, snapshot, commands, errors. Apps add commands and parts of the snapshot."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from opendev.core import metrics
from opendev.core.addresses import origin_of, own_origin
from opendev.core.admission import MAX_SOCKETS_OF_ATTENDEE, Crowded, Place, admission
from opendev.core.attendance import Ground
from opendev.core.audit import current_network
from opendev.core.batching import Answer
from opendev.core.errors import DomainError, Malformed, NotAllowed, NotFound, NotSignedIn, TooOften
from opendev.core.groups import EVERYBODY, Group, encode
from opendev.core.languages import language_of
from opendev.core.limits import Network, network_of, socket_address
from opendev.core.live import hub
from opendev.core.logs import OnceAMinute, current_id, new_id
from opendev.core.sending import TextMessage
from opendev.core.text import is_nested_too_deeply
from opendev.core.threads import DatabaseAway
from opendev.core.writing import TRY_AGAIN_LATER

MAX_FRAME_BYTES = 16 * 1024
MAX_FRAME_CHARACTERS = (
    MAX_FRAME_BYTES // 4
)  # so many are never more bytes: UTF-8 has four a character at most
MAX_UNANSWERED = 8
MAX_REF_LENGTH = 64

refused_origins = OnceAMinute(logging.getLogger("opendev.sockets"))

Command = Callable[[Any, dict[str, Any]], None]


class NotJson(Malformed):
    code, message = "not_json", _("A frame must be a JSON object.")


class FrameTooBig(Malformed):
    code, status, message = "frame_too_big", 413, _("A frame may have 16 KiB at most.")


class UnknownCommand(Malformed):
    code, message = "unknown_command", _("This command is not known.")


class SlowDown(TooOften):
    code, message = "slow_down", _("Too many commands are waiting. Wait for their answers first.")


class Refused(Exception):
    """The socket is not let in; the handshake is answered with 403."""


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket in a group of the Hub.

    It is leaner than its base class, for measured reasons (docs/adr/0001): no channel and no second task per
    socket, and no thread hop per message, since nothing on its way touches the database in this thread.
    """

    channel_layer_alias: ClassVar[Any] = None
    channel_layer: Any
    base_send: Any
    group: Group | None
    commands: dict[str, Command] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run one socket from its handshake to its end."""
        self.scope, self.base_send, self.channel_layer = scope, send, None
        cookie = self.cookies().get(settings.LANGUAGE_COOKIE_NAME)
        self.language = language_of(cookie, self.header(b"accept-language") or "")
        self.group = None
        self.place: Place | None = None
        # The server runs each socket in a context of its own: what its commands say is in its sender's language.
        translation.activate(self.language)
        current_id.set(new_id("s"))  # for the log
        current_network.set(network_of(socket_address(scope)))
        self.attendee_id: int | None = None
        self.ground: Ground | None = None
        self.pass_ends_at: float | None = None
        self.is_ready = self.is_closed = False
        self.own_missed: set[str] = set()  # changed while the snapshot was being prepared
        self.unanswered = 0
        self.heard: dict[str, Any] = {}  # the command that is being run
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            self._leave()

    def _leave(self) -> None:
        if self.group is not None:
            hub.leave(self.group, self)
        if self.place is not None:
            self.place.leave()

    async def dispatch(self, message: Any) -> None:
        """Handle one ASGI message."""
        match message["type"]:
            case "websocket.receive":
                await self.websocket_receive(message)
            case "websocket.connect":
                await self.websocket_connect(message)
            case _:
                raise StopConsumer

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks that this socket's writing counts against; none if its address is trusted."""
        return self.place.networks if self.place else ()

    # -- what a subclass provides -----------------------------------------------------------------------------------

    def group_key(self) -> int:
        """Return the key of the group in this socket's address."""
        raise NotImplementedError

    async def identify(self, group: Group) -> None:
        """Find out who the caller is; raise Refused if they may not join."""
        raise NotImplementedError

    async def prepare(self, group: Group) -> None:
        """Read what the personal part of the snapshot needs. News that arrive in the meantime are not missed."""

    def snapshot(self, group: Group) -> str:
        """Return the first frame's text, from what the Hub knows at this moment."""
        raise NotImplementedError

    def audience(self, topic: str) -> str:
        """Return the audience that this socket belongs to for one topic."""
        return EVERYBODY

    @property
    def rights(self) -> Mapping[str, int]:
        """The rights that this socket was opened with: a right's name, and the id that holds it."""
        return {}

    def note_part(self, topic: str, *, takes_part: bool) -> bool:
        """Store whether the attendee took part in a topic; return True if that is new to this socket."""
        return False

    def is_about_here(self, frame: dict[str, Any]) -> bool:
        """Return True if the subject of a command belongs to this socket's group, as far as is known."""
        return True

    def check_command(self, frame: dict[str, Any]) -> None:
        """Raise a DomainError where this socket may not say such a frame at all."""

    def own_changed(self, topic: str) -> None:
        """Note that the attendee's own part of a topic changed, by another socket, page or REST."""
        if self.is_ready:
            self.read_own(topic)
        else:
            self.own_missed.add(topic)

    def read_own(self, topic: str) -> None:
        """Read the attendee's own part of a topic, and write it to this socket."""

    # -- coming in ----------------------------------------------------------------------------------------------

    async def websocket_connect(self, message: Any) -> None:
        """Refuse, or join, then write the snapshot: no news falls between the two."""
        try:
            await self._come_in()
        except Refused:
            await self.base_send({"type": "websocket.close", "code": 4403})
            raise StopConsumer from None
        except Crowded as crowded:
            await self._turn_away(crowded)
        except DatabaseAway:
            await self._turn_away(Crowded("unavailable", 3))

    async def _come_in(self) -> None:
        """Raise Refused, Crowded or DatabaseAway, or join."""
        if not self.origin_is_ours():
            raise Refused
        self.place = admission.enter(self.scope)
        group = await hub.open(self.group_key())
        if group is None:
            raise Refused
        await self.identify(group)
        # It may have been dropped meanwhile; from here to enter() nothing waits.
        group = await hub.open(group.key)
        if group is None:
            raise Refused
        own = 0 if self.attendee_id is None else len(group.by_attendee.get(self.attendee_id, ()))
        if self.place.is_limited and own >= MAX_SOCKETS_OF_ATTENDEE:
            raise Crowded("too_many_sockets_of_attendee", 30)
        self.group = group
        hub.enter(group, self)
        await self.prepare(group)
        await self.base_send({"type": "websocket.accept"})
        hub.writer.reply(group, self, TextMessage(self.snapshot(group)))
        self.is_ready = True
        missed, self.own_missed = self.own_missed, set()
        for topic in missed:
            self.read_own(topic)

    async def _turn_away(self, crowded: Crowded) -> None:
        """Accept and close at once: a browser learns nothing about a refused handshake."""
        self.is_closed = True
        await self.base_send({"type": "websocket.accept"})
        await self.base_send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": crowded.reason})
        raise StopConsumer

    def header(self, name: bytes) -> str | None:
        """Return a request header's value, or None."""
        for key, value in self.scope["headers"]:
            if key == name:
                return str(value.decode("latin-1"))
        return None

    def cookies(self) -> dict[str, str]:
        """Return the handshake's cookies."""
        return dict(parse_cookie(self.header(b"cookie") or ""))

    def bearer(self) -> str | None:
        """Return the token of the Authorization header, or None."""
        kind, _space, token = (self.header(b"authorization") or "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else None

    def query(self, name: str) -> str:
        """Return a parameter of the address, or ""."""
        return parse_qs(self.scope.get("query_string", b"").decode("latin-1")).get(name, [""])[0]

    def origin_is_ours(self) -> bool:
        """Return True if the Origin is PUBLIC_URL's or the request's own; none at all is for holders of a token.

        Without this any page on the web could open a socket with a visitor's cookie.
        """
        origin = self.header(b"origin")
        if origin is None:
            return self.bearer() is not None
        known = origin_of(origin)
        if (
            known is not None
            and known == origin.lower()
            and known in {settings.PUBLIC_URL, own_origin(self.scope)}
        ):
            return True
        metrics.REFUSED.labels("origin").inc()
        refused_origins.say(
            "A socket was refused: its page came from %.200s, and PUBLIC_URL is %s.",
            origin,
            settings.PUBLIC_URL,
        )
        return False

    # -- commands -----------------------------------------------------------------------------------------------

    async def websocket_receive(self, message: Any) -> None:
        """Run one command. Any error in it is answered, and the socket stays open."""
        if self.is_closed:  # by us: what still comes is not for anybody
            raise StopConsumer
        assert self.place is not None  # noqa: S101
        if wait := self.place.wait_before_frame(asyncio.get_running_loop().time()):
            metrics.REFUSED.labels("frames").inc()
            await asyncio.sleep(wait)  # the server reads no further meanwhile
        ref: object = None
        try:
            frame = parse_frame(message)
            ref = read_ref(frame)
            if self.unanswered >= MAX_UNANSWERED:
                raise SlowDown
            command = self.commands.get(frame["type"]) if isinstance(frame.get("type"), str) else None
            if command is None:
                raise UnknownCommand
            self.heard = frame
            self.check_command(frame)
            command(self, frame)
        except DomainError as error:
            # Awaited, unlike news: a client that sends nonsense and does not read holds up itself alone.
            await self.base_send({"type": "websocket.send", "text": encode(self.refusal(error, ref))})

    def submit(self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]) -> None:
        """Put a command into a box, and answer it once its batch is done.

        `put` is called with the callback that takes the outcome. A refusal is answered with its error frame; any other
        outcome is passed to `succeed`, which writes the answer. If the caller lacks a right, subjects of another
        group do not exist.

        Raises:
            TryLater: too much waits in the box.
        """

        frame = self.heard

        def answer(outcome: Any) -> None:
            self.unanswered -= 1
            if not isinstance(outcome, DomainError):
                succeed(outcome)
                return
            if isinstance(outcome, NotAllowed | NotSignedIn) and not self.is_about_here(frame):
                outcome = NotFound()
            self.answer(self.refusal(outcome, ref))

        put(answer)
        self.unanswered += 1

    def refusal(self, error: DomainError, ref: object) -> dict[str, Any]:
        """Return an error frame in the language of this socket's page; boxes answer outside of a socket's context."""
        with translation.override(self.language):
            return error_frame(error, ref)

    def answer(self, frame: dict[str, Any]) -> None:
        """Write the answer to a command."""
        self.say(TextMessage(encode(frame)))

    def say(self, message: TextMessage) -> None:
        """Write an answer that is already a message."""
        if self.group is not None and not self.is_closed:
            hub.writer.reply(self.group, self, message)


def parse_frame(message: dict[str, Any]) -> dict[str, Any]:
    """Return the frame's object.

    Raises:
        FrameTooBig: over 16 KiB.
        NotJson: bytes, broken JSON, or JSON that is not an object.
    """
    text = message.get("text")
    if text is None:
        raise NotJson
    if len(text) > MAX_FRAME_CHARACTERS and len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameTooBig
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(frame, dict) or is_nested_too_deeply(frame, text):
        raise NotJson
    return frame


def read_ref(frame: dict[str, Any]) -> int | str | None:
    """Return the client's own mark of the command, which every answer repeats.

    Raises:
        Malformed: neither a whole number nor a short text.
    """
    ref = frame.get("ref")
    if ref is None or (isinstance(ref, int) and not isinstance(ref, bool) and abs(ref) < 2**53):
        return ref
    if isinstance(ref, str) and len(ref) <= MAX_REF_LENGTH:
        return ref
    sentence = _("`ref` must be a whole number or a text of up to 64 characters.")
    raise Malformed(sentence, fields={"ref": sentence})


def error_frame(error: DomainError, ref: object) -> dict[str, Any]:
    """Return the frame that tells a client what was wrong: `{"type": "error", "ref", "code", "detail", "fields"?}`."""
    return {"type": "error", "ref": ref, **error.as_json()}
