"""Fan-out: how news reaches the sockets of a group, at a pace that adapts to the room."""

import asyncio
from collections.abc import Callable, Set
from typing import Any

from opendev.core import metrics
from opendev.core.groups import (
    EVERYBODY,
    Gather,
    GatherWhole,
    Group,
    Member,
    Source,
    encode,
    now_text,
)
from opendev.core.sending import TextMessage
from opendev.core.sweep import PRESENCE
from opendev.core.threads import any_at_work
from opendev.core.writing import MessageFor, Writer

TICK_S = 0.3  # at most four news a second to a socket, the voter's own included
CHUNK = 200  # writes between two pauses of the loop: about 2 ms
BREATH_S = 0.003  # while a batch of votes needs the interpreter: with 0, sending to 5,000 blocks it for half a second
MOST_TALLIES, MOST_WHOLE = 100_000, 20  # topics per frame; whole ones contain texts
REST_FACTOR = 2  # sending to a large room may take half of the time; the other half is for its votes


class FanOut:
    """The part of the Hub that turns topics into messages and sends them to every socket."""

    source: Source | None
    writer: Writer
    spawn: Callable[[Any], asyncio.Task[Any]]

    def _step_soon(self, group: Group) -> None:
        if group.stepping is None and group.members:
            group.stepping = self.spawn(self._step(group))

    async def _step(self, group: Group) -> None:
        """Send the sockets one topic per tick until they are up to date."""
        try:
            while group.unheard and group.members:
                await asyncio.sleep(max(0.0, group.next_step_at - now()))
                if not group.unheard:
                    break
                began = now()
                group.next_step_at = began + TICK_S
                topics, whole = self._take_next(group)
                message_for = self._messages(group, topics, whole=whole)
                for topic in topics:
                    if known := group.topics.get(topic):
                        known.gone_for.clear()
                if message_for:
                    await self._fan_out(group, topics, message_for, whole=whole)
                group.next_step_at = max(group.next_step_at, began + REST_FACTOR * (now() - began))
        finally:
            group.stepping = None
        if group.unheard:  # news came between the last look and here
            self._step_soon(group)

    def _take_next(self, group: Group) -> tuple[list[str], bool]:
        """Return the topics to send now, and whether whole: the first waiting one, with all that fit into its frame."""
        topic = next(iter(group.unheard))
        whole = group.unheard.pop(topic)
        kind = topic.partition(":")[0]
        how, most = ("several", MOST_WHOLE - 1) if whole else ("tallies", MOST_TALLIES)
        if hasattr(self.source and self.source.kinds.get(kind), how):
            return [topic, *group.take_alike(kind, whole=whole, most=most)], whole
        return [topic], whole

    def _messages(self, group: Group, topics: list[str], *, whole: bool) -> MessageFor | None:
        """Return the message of these topics for each socket, or None if nobody gets one."""
        kind: Any = self.source and self.source.kinds.get(topics[0].partition(":")[0])
        if whole and len(topics) > 1:
            return self._several(group, topics, kind.several)
        if not whole and hasattr(kind, "tallies"):
            messages = self._gathered(group, topics, kind.tallies)
        else:
            audiences = self._audiences(group, topics[0])
            messages = {a: self._message(group, topics[0], a, whole=whole) for a in audiences}
        if not any(messages.values()):
            return None
        return self._for_members(group, topics[0], messages)

    @property
    def _reserved(self) -> frozenset[str]:
        """The audiences that require a right."""
        return self.source.reserved if self.source else frozenset()

    def _audiences(self, group: Group, topic: str) -> set[str]:
        """Return the audiences that may get different payloads of a topic."""
        known = group.topics.get(topic)
        return {EVERYBODY, *(known.states if known else self._reserved)}

    def _several(self, group: Group, topics: list[str], gather: GatherWhole) -> MessageFor:
        """Return each socket's message about several changed topics: owners also get their own payloads."""
        held = [
            (topic, known, frozenset(known.gone_for))
            for topic in topics
            if (known := group.topics.get(topic))
        ]
        owners = {known.owner for _topic, known, _gone in held if known.owner is not None}

        def message(audience_of: Callable[[str], str]) -> TextMessage | None:
            states, gone = [], []
            for topic, known, gone_for in held:
                audience = known.key_for(audience_of(topic))
                if (state := known.states.get(audience)) is not None:
                    states.append(state)
                elif audience in gone_for:
                    gone.append((topic, known.version))
            return TextMessage(encode(gather(states, gone, now_text()))) if states or gone else None

        def message_of(audience: str) -> TextMessage | None:
            return message(lambda _topic: audience)

        reserved = {audience: message_of(audience) for audience in self._reserved}
        everybody = message_of(EVERYBODY)

        def message_for(member: Member) -> TextMessage | None:
            if (audience := member.audience(topics[0])) in reserved:
                return reserved[audience]
            return message(member.audience) if member.attendee_id in owners else everybody

        return message_for

    def _for_members(self, group: Group, topic: str, messages: dict[str, TextMessage | None]) -> MessageFor:
        """Return each socket's message. If it is the same for all sockets without a right, they are not told apart."""
        for_everybody, reserved = messages[EVERYBODY], self._reserved
        others = [message for audience, message in messages.items() if audience not in reserved]

        def message_for(member: Member) -> TextMessage | None:
            return messages.get(member.audience(topic), for_everybody)

        if for_everybody is None or any(
            other is None or other.frame != for_everybody.frame for other in others
        ):
            return message_for
        return lambda member: message_for(member) if member in group.holders else for_everybody

    async def _fan_out(
        self, group: Group, topics: list[str], message_for: MessageFor, *, whole: bool
    ) -> None:
        """Send one message to every socket; a slow one is owed each of its topics."""
        began, members = now(), list(group.members - self._answered(group, topics, whole=whole))
        for first in range(0, len(members), CHUNK):
            if first:
                await asyncio.sleep(BREATH_S if any_at_work() else 0)
            self.writer.write_to_all(group, members[first : first + CHUNK], message_for, topics, whole=whole)
        metrics.FRAMES.inc(len(members))
        metrics.TICK.observe(now() - began)

    def _answered(self, group: Group, topics: list[str], *, whole: bool) -> Set[Member]:
        """Pop the members that already received this tally with their answer; all others get it now."""
        known = group.topics.get(topics[0])
        if known is None or len(topics) > 1:
            return frozenset()
        answered, known.answered = known.answered, set()
        return frozenset() if whole else answered

    def _gathered(self, group: Group, topics: list[str], gather: Gather) -> dict[str, TextMessage | None]:
        """Return the messages with the tallies of many topics at once."""

        def for_audience(audience: str) -> TextMessage | None:
            states = [group.topics[topic].state_for(audience) for topic in topics]
            known = [state for state in states if state is not None]
            return TextMessage(encode(gather(known, now_text()))) if known else None

        return {audience: for_audience(audience) for audience in {EVERYBODY, *self._reserved}}

    def _message(
        self, group: Group, topic: str, audience: str, *, whole: bool, late: bool = False
    ) -> TextMessage | None:
        """Return the message about a topic for an audience, or None if it may not know of it.

        `late`: for a socket that missed some; if its audience has seen the topic, the message repeats that it is gone.
        """
        if topic == PRESENCE:
            frame: dict[str, Any] = {"type": "presence", "present": group.present}
            if audience in self._reserved:
                frame |= group.notices
            return TextMessage(encode(frame))
        known = group.topics.get(topic)
        if known is None or self.source is None:
            return None
        kind = self.source.kinds[topic.partition(":")[0]]
        audience = known.key_for(audience)
        state = known.states.get(audience)
        if state is None:
            gone_for = known.shown_to if late else known.gone_for
            return TextMessage(encode(kind.gone(topic, known.version))) if audience in gone_for else None
        if whole:
            return TextMessage(encode(kind.changed(state, now_text())))
        if audience not in known.tallies:
            known.tallies[audience] = TextMessage(encode(kind.tally(state, now_text())))
        return known.tallies[audience]


def now() -> float:
    return asyncio.get_running_loop().time()
