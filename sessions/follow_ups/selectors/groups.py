"""An event's follow-ups: groups of lines and single lines, each with its members once."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from opendev.core.attendance import Caller
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.follow_ups.selectors.lines import contact_of, fold_name
from sessions.programme.models import Person, Session, SessionRole
from sessions.programme.selectors import organises


@dataclass(slots=True)
class Member:
    """An interested person as one reader may see them: once, however many lines have their name."""

    name: str
    company: str
    source: str
    is_listed: bool
    email: str = ""
    lines: list[SignUpLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A group of lines, or a single one. `count` includes all members; `members` are those that the reader may see."""

    lines: list[SignUpLine]
    members: list[Member]
    count: int
    group: FollowUpGroup | None = None
    sees_all: bool = False

    @property
    def title(self) -> str:
        """Its subject."""
        return self.group.title if self.group else self.lines[0].title

    @property
    def owner(self) -> Person | None:
        """Its owner."""
        return self.group.owner if self.group else self.lines[0].owner

    @property
    def hidden(self) -> int:
        """The number of members whose names the reader may not see."""
        return self.count - len(self.members)


def lines_of_event(event_id: int) -> list[SignUpLine]:
    """Return the event's lines in the order of the programme, with their sessions, owners and groups."""
    lines = SignUpLine.objects.filter(session__event=event_id)
    found = lines.select_related("session__event", "session__day", "owner", "group__owner")
    order = ("session__day__number", "session__starts_at", "session", "position", "pk")
    return list(found.order_by(*order))


def lines_together(event_id: int) -> list[list[SignUpLine]]:
    """Return the lines of each of the event's follow-ups: groups first, then single lines."""
    by_group: dict[int | None, list[SignUpLine]] = {}
    for line in lines_of_event(event_id):
        by_group.setdefault(line.group_id, []).append(line)
    singles = [[line] for line in by_group.pop(None, [])]
    groups = sorted(by_group.values(), key=lambda group: group[0].group_id or 0)
    return [*groups, *singles]


def follow_ups_of(
    event_id: int, caller: Caller, today: date, together: Sequence[Sequence[SignUpLine]]
) -> list[FollowUp]:
    """Return the event's follow-ups that have these lines, as the caller may see them.

    The names of all of them are read in the same queries, however many there are.
    """
    lines = [line for group in together for line in group]
    seen = _lines_seen_whole(event_id, caller, lines)
    names: dict[int, list[SignUp]] = {}
    for name in SignUp.objects.present().filter(line__in=lines).order_by("signed_up_at", "pk"):
        names.setdefault(name.line_id, []).append(name)
    return [_merge(group, names, seen, today) for group in together]


def _merge(
    lines: Sequence[SignUpLine], names: dict[int, list[SignUp]], seen: set[int], today: date
) -> FollowUp:
    everybody: set[Hashable] = set()
    members: dict[Hashable, Member] = {}
    for line in lines:
        for name in names.get(line.pk, []):
            key = name.attendee_id or fold_name(name.name)  # a claim is only ever the same as a claim
            everybody.add(key)
            if not (name.is_listed or line.pk in seen):
                continue
            known = members.setdefault(key, Member(name.name, name.company, name.source, name.is_listed))
            known.is_listed = known.is_listed or name.is_listed
            known.lines.append(line)
            if line.pk in seen:
                known.email = known.email or contact_of(name, today)
    sees_all = all(line.pk in seen for line in lines)
    return FollowUp(list(lines), list(members.values()), len(everybody), lines[0].group, sees_all)


def _lines_seen_whole(event_id: int, caller: Caller, lines: Iterable[SignUpLine]) -> set[int]:
    """Return the ids of the lines on which the caller may read all names and addresses; see `sees_contacts`."""
    if caller.user_id is None:
        return set()
    if organises(caller, event_id):
        return {line.pk for line in lines}
    moderated = set(
        SessionRole.objects.filter(
            session__event=event_id,
            role=SessionRole.Role.MODERATOR,
            person__user=caller.user_id,
            person__user__is_active=True,
        ).values_list("session_id", flat=True)
    )
    return {
        line.pk
        for line in lines
        if line.session_id in moderated or (line.owner and line.owner.user_id == caller.user_id)
    }


def group_of_event(group_id: int, event_id: int) -> FollowUpGroup | None:
    """Return the group, or None if this event has no such group."""
    return FollowUpGroup.objects.select_related("owner").filter(pk=group_id, event=event_id).first()


def people_of(event_id: int) -> list[Person]:
    """Return the people of the event, who can own a line or a group, by name."""
    return list(Person.objects.filter(event=event_id).order_by("name", "pk"))


def sessions_with_lines(event_id: int) -> set[int]:
    """Return the ids of the event's sessions that have lines."""
    return set(
        Session.objects.filter(event=event_id, sign_up_lines__isnull=False).values_list("pk", flat=True)
    )
