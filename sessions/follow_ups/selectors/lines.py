"""Queries about sign-up lines, the names on them, and follow-up groups."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from opendev.core.attendance import AttendeePass, Caller
from opendev.core.errors import NotFound
from opendev.core.parts import Cursor
from sessions.attendees.models import Attendee
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.follow_ups.permissions import can_see_contacts
from sessions.programme.selectors import moderator_ids

NAMES_IN_ROOM = 6


@dataclass(frozen=True, slots=True)
class LineWithNames:
    """A line as everybody may see it: the number of names on it, and the first of those that are listed."""

    line: SignUpLine
    count: int
    names: list[SignUp]


def _with_names(lines: QuerySet[SignUpLine], *, most: int | None = NAMES_IN_ROOM) -> list[LineWithNames]:
    """Return the lines with their session, owner and names, in two queries."""
    present = Q(
        sign_ups__withdrawn_at__isnull=True,
        sign_ups__removed_at__isnull=True,
        sign_ups__same_as__isnull=True,
    )
    listed = SignUp.objects.listed().order_by("signed_up_at", "pk")[:most]
    found = (
        lines.select_related("session__event", "session__day", "owner")
        .annotate(present=Count("sign_ups", filter=present))
        .prefetch_related(Prefetch("sign_ups", queryset=listed, to_attr="listed"))
    )
    return [LineWithNames(line, line.present, line.listed) for line in found]


def lines_of(session_ids: Iterable[int]) -> list[LineWithNames]:
    """Return the sessions' lines in their order, in two queries."""
    lines = SignUpLine.objects.filter(session__in=list(session_ids))
    return _with_names(lines.order_by("session", "position", "pk"))


def line_with_names(line_id: int) -> LineWithNames:
    """Return the line's current state.

    Raises:
        NotFound
    """
    return _one(SignUpLine.objects.filter(pk=line_id))


def line_by_code(code: str) -> LineWithNames:
    """Return the line with this permanent address, with all names that are listed.

    Raises:
        NotFound
    """
    return _one(SignUpLine.objects.filter(code=code), most=None)


def _one(lines: QuerySet[SignUpLine], *, most: int | None = NAMES_IN_ROOM) -> LineWithNames:
    found = _with_names(lines, most=most)
    if not found:
        raise NotFound
    return found[0]


def line_versions(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return (session id, line id, version) of every line of the sessions."""
    lines = SignUpLine.objects.filter(session__in=list(session_ids))
    return list(lines.values_list("session_id", "pk", "version"))


def own_sign_ups(wanted: Sequence[tuple[AttendeePass, Sequence[int]]]) -> list[dict[int, SignUp]]:
    """Return for each (attendee, line ids) their sign-ups by line id, including withdrawn ones: one query for all."""
    lines = {line_id for _attendee, line_ids in wanted for line_id in line_ids}
    attendees = {attendee.attendee_id for attendee, _line_ids in wanted}
    found: dict[int, dict[int, SignUp]] = {}
    for sign_up in SignUp.objects.filter(line__in=lines, attendee__in=attendees):
        found.setdefault(sign_up.attendee_id or 0, {})[sign_up.line_id] = sign_up
    return [
        {line: held[line] for line in line_ids if line in (held := found.get(attendee.attendee_id, {}))}
        for attendee, line_ids in wanted
    ]


def sees_contacts(caller: Caller, line: SignUpLine) -> bool:
    """Return True if the caller may read all names and addresses on the line; no query for strangers."""
    if caller.user_id is None:
        return False
    owner = line.owner.user_id if line.owner else None
    return can_see_contacts(caller, moderator_ids=moderator_ids(line.session_id), owner_user_id=owner)


def owns_group(caller: Caller, group: FollowUpGroup) -> bool:
    """Return True if the caller is the group's owner."""
    return caller.user_id is not None and group.owner is not None and group.owner.user_id == caller.user_id


def names_under(line_ids: Iterable[int]) -> list[SignUp]:
    """Return all names on the lines, for those who may read them, in order; including second names.

    Names that a moderator removed are included, marked, so that they can be restored.
    """
    return list(_standing(line_ids))


def part_of_names(line_id: int, after: Cursor | None, most: int) -> list[SignUp]:
    """Return up to `most` of the names on a line after a position in their order, like `names_under`."""
    names = _standing([line_id])
    if after is not None:
        at, pk = after
        names = names.filter(Q(signed_up_at__gt=at) | Q(signed_up_at=at, pk__gt=pk))
    return list(names[:most])


def _standing(line_ids: Iterable[int]) -> QuerySet[SignUp]:
    names = SignUp.objects.known().filter(line__in=list(line_ids), withdrawn_at__isnull=True)
    return names.select_related("attendee", "same_as", "removed_by").order_by("signed_up_at", "pk")


def contact_of(sign_up: SignUp, today: date) -> str:
    """Return the address at which somebody may be contacted today, or "" if they did not agree to that."""
    if sign_up.contact_until is None or sign_up.contact_until < today or not sign_up.is_present:
        return ""
    return sign_up.email


def stands_under(sign_up_id: int, line_id: int) -> bool:
    """Return True if the sign-up is on this line."""
    return SignUp.objects.known().filter(pk=sign_up_id, line=line_id).exists()


def has_open_line(session_id: int) -> bool:
    """Return True if a sign-up line of the session still takes names."""
    return SignUpLine.objects.filter(session=session_id, state=SignUpLine.State.OPEN).exists()


def has_signed_up(attendee: AttendeePass | None) -> bool:
    """Return True if the attendee has chosen a name and its visibility before, on any line of the event."""
    if attendee is None:
        return False
    return SignUp.objects.filter(attendee=attendee.attendee_id, source=SignUp.Source.APP).exists()


def fold_name(name: str) -> str:
    """Return a name for comparison: without case, composition and spacing. Equal names may be different people."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def people_like(claims: Sequence[SignUp], event_id: int) -> list[tuple[int, Attendee]]:
    """Return (claim's id, attendee) for attendees whose name ends in the same word and begins with the same letter.

    "J. Garbutt" may be John Garbutt: only a moderator decides that.
    """
    ends = {claim.pk: fold_name(claim.name).split() for claim in claims}
    if not ends:
        return []
    wanted = Q()
    for words in ends.values():
        wanted |= Q(name__iendswith=words[-1])
    found = []
    for attendee in Attendee.objects.filter(wanted, event=event_id).order_by("name", "pk"):
        words = fold_name(attendee.name).split()
        found += [
            (claim, attendee)
            for claim, typed in ends.items()
            if typed[-1] == words[-1] and typed[0][0] == words[0][0]
        ]
    return found
