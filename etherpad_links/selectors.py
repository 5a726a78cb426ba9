"""Queries about Etherpad links, and about the pads' content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.db.models import Count, Prefetch, Q, QuerySet

from etherpad_links.models import EtherpadLink, PadCopy, PadLine, PadName, PadPassage, PadRules
from etherpad_links.padserver.addresses import NoPadAddress, PadAddress, read_pad_address
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.programme.models import Session


def notes_urls(session_ids: Iterable[int]) -> dict[int, str]:
    """Return the address of each session's Etherpad, for sessions that have one."""
    return dict(EtherpadLink.objects.filter(session__in=list(session_ids)).values_list("session_id", "url"))


def address_of(link: EtherpadLink) -> PadAddress | None:
    """Return the pad of a link, or None if its address is not that of a pad."""
    try:
        return read_pad_address(link.url)
    except NoPadAddress:
        return None


def link_of(session_id: int) -> EtherpadLink | None:
    """Return the session's link, or None."""
    return EtherpadLink.objects.filter(session=session_id).select_related("session").first()


def any_link_exists() -> bool:
    """Return True if any session has a pad, so that a worker is needed."""
    return EtherpadLink.objects.exists()


def pads_of_event(event_id: int) -> list[tuple[Session, EtherpadLink | None]]:
    """Return an event's sessions in the order of the programme, each with its link, in two queries.

    A link has `lost_lines`: the number of headings of the session's sign-up lines that cannot be found in the pad.
    """
    lost = Q(session__sign_up_lines__pad_line__state__in=[PadLine.State.MISSING, PadLine.State.DOUBLED])
    links = EtherpadLink.objects.filter(session__event=event_id).select_related("session")
    counted = links.annotate(lost_lines=Count("session__sign_up_lines", filter=lost))
    by_session = {link.session_id: link for link in counted}
    sessions = Session.objects.filter(event=event_id).select_related("event", "day")
    return [
        (session, by_session.get(session.pk))
        for session in sessions.order_by("day__number", "starts_at", "pk")
    ]


def pad_rules_of(event_id: int) -> PadRules:
    """Return the event's rules for new pads, or empty ones."""
    return PadRules.objects.filter(event=event_id).first() or PadRules(event_id=event_id)


def reading_url(link: EtherpadLink) -> str:
    """Return the pad's address for people: once the session is over, its read-only page, if that is known."""
    address = address_of(link)
    is_over = link.session.state == Session.State.OVER
    if address is None or not (is_over and link.read_only_id):
        return link.url
    return address.server.pad(link.read_only_id).url


def writing_url(link: EtherpadLink, user_name: str = "") -> str:
    """Return the address of the pad with the reader's name filled in; after the session, its read-only page."""
    url = reading_url(link)
    return f"{url}?{urlencode({'userName': user_name}, quote_via=quote)}" if user_name else url


def active_links() -> list[EtherpadLink]:
    """Return the links that a worker looks after: of live sessions, and if names can be added or must be removed."""
    to_take_out = Q(
        session__sign_up_lines__sign_ups__pad_name__state=PadName.State.WRITTEN,
    ) & (
        Q(session__sign_up_lines__sign_ups__withdrawn_at__isnull=False)
        | Q(session__sign_up_lines__sign_ups__removed_at__isnull=False)
    )
    wanted = Q(session__state=Session.State.LIVE) | Q(session__sign_up_lines__state=SignUpLine.State.OPEN)
    return list(EtherpadLink.objects.filter(wanted | to_take_out).distinct().order_by("pk"))


def marks_of_change(session_ids: Iterable[int]) -> dict[int, int]:
    """Return for each session a number that changes with its lines, their names and requested repairs."""
    rows = SignUpLine.objects.filter(session__in=list(session_ids)).values_list(
        "session_id", "pk", "version", "pad_line__pointed_at", "pad_line__wants_heading"
    )
    found: dict[int, list[tuple[object, ...]]] = {}
    for session_id, *rest in rows:
        found.setdefault(session_id, []).append(tuple(rest))
    return {session_id: hash(tuple(sorted(marks, key=str))) for session_id, marks in found.items()}


def lines_for_pad(session_id: int) -> list[SignUpLine]:
    """Return the session's lines with all names that were ever on them, and what we know about both in the pad."""
    names = SignUp.objects.select_related("pad_name").order_by("signed_up_at", "pk")
    lines = SignUpLine.objects.filter(session=session_id).select_related("pad_line")
    return list(lines.prefetch_related(Prefetch("sign_ups", queryset=names)).order_by("position", "pk"))


def passages_in(link_id: int) -> dict[str, list[str]]:
    """Return the lines of the passages that we wrote into the pad, by key."""
    return dict(PadPassage.objects.filter(link=link_id).values_list("key", "lines"))


def copy_of(link_id: int) -> PadCopy | None:
    """Return the pad as the worker last saw it."""
    return PadCopy.objects.filter(link=link_id).first()


def copies_newer_than(known: Mapping[int, int]) -> dict[int, PadCopy]:
    """Return the copies of the sessions' pads that differ from the known revisions, by session."""
    revisions = PadCopy.objects.filter(link__session__in=list(known))
    stale = [
        session
        for session, revision in revisions.values_list("link__session_id", "revision")
        if revision != known[session]
    ]
    copies = PadCopy.objects.filter(link__session__in=stale).select_related("link") if stale else []
    return {copy.link.session_id: copy for copy in copies}


@dataclass(frozen=True, slots=True)
class LineInPad:
    """A sign-up line in the pad: its current line number, and the number of names still to be written."""

    line_id: int
    number: int | None
    state: str
    pending: int


@dataclass(frozen=True, slots=True)
class PadState:
    """A session's pad as everybody may see it."""

    link: EtherpadLink
    lines: list[LineInPad]


def pad_states(session_ids: Iterable[int]) -> list[PadState]:
    """Return the pads of the sessions that have one, in two queries."""
    links = EtherpadLink.objects.filter(session__in=list(session_ids)).select_related("session")
    listed = Q(
        sign_ups__source=SignUp.Source.APP,
        sign_ups__shown=True,
        sign_ups__withdrawn_at__isnull=True,
        sign_ups__removed_at__isnull=True,
    )
    unwritten = Q(sign_ups__pad_name__isnull=True) | Q(
        sign_ups__pad_name__state__in=[PadName.State.PENDING, PadName.State.TAKEN_OUT]
    )
    rows = (
        SignUpLine.objects.filter(session__in=[link.session_id for link in links])
        .annotate(pending=Count("sign_ups", filter=listed & unwritten))
        .order_by("position", "pk")
        .values_list("session_id", "pk", "pad_line__number", "pad_line__state", "pending")
    )
    by_session: dict[int, list[LineInPad]] = {}
    for session_id, line_id, number, state, pending in rows:
        is_there = state == PadLine.State.OK
        found = LineInPad(line_id, number if is_there else None, state or PadLine.State.NEW, pending)
        by_session.setdefault(session_id, []).append(found)
    return [PadState(link, by_session.get(link.session_id, [])) for link in links]


def pad_versions(session_ids: Iterable[int]) -> dict[int, int]:
    """Return the version of each session's pad, for sessions that have one."""
    return dict(
        EtherpadLink.objects.filter(session__in=list(session_ids)).values_list("session_id", "version")
    )


def own_pad_names(line_ids: Iterable[int], attendee_id: int) -> dict[int, str]:
    """Return the states of the attendee's names in the pads, by line."""
    names = PadName.objects.filter(sign_up__line__in=list(line_ids), sign_up__attendee=attendee_id)
    return dict(names.values_list("sign_up__line_id", "state"))


def standing_in_pads(sign_ups: QuerySet[SignUp]) -> frozenset[int]:
    """Return the ids of sign-ups whose name is in a pad, or is about to be written there."""
    states = [PadName.State.PENDING, PadName.State.WRITTEN]
    names = PadName.objects.filter(sign_up__in=sign_ups, state__in=states)
    return frozenset(names.values_list("sign_up_id", flat=True))
