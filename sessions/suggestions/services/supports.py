"""Supports: one transaction per batch, so that a whole room tapping at once costs little."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass
from opendev.core.errors import Conflict, DomainError, NotFound
from opendev.core.pairs import Pair, write_pairs
from sessions.attendees.selectors import events_by_pass
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.rights import NotJoined
from sessions.suggestions import broadcasts
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.permissions import is_public
from sessions.suggestions.services.suggesting import recount


class OwnSuggestion(Conflict):
    code, message = "own_suggestion", _("This is your own suggestion. Others can support it.")


class SuggestionNotOpen(Conflict):
    code, message = "suggestion_not_open", _("This suggestion is a follow-up now. Add your name to it.")


@dataclass(frozen=True, slots=True)
class Support:
    """A support for a suggested follow-up, or (`takes_back`) its withdrawal."""

    suggestion_id: int
    attendee: AttendeePass
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class Supported:
    """A recorded support."""

    session_id: int
    suggestion_id: int
    supported: bool
    version: int


@dataclass(slots=True)
class _Batch:
    """The data that the supports may change, after the supports so far."""

    suggestions: dict[int, Suggestion] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    attendees: dict[int, int] = field(default_factory=dict)  # attendee -> event
    stored: set[Pair] = field(default_factory=set)
    held: set[Pair] = field(default_factory=set)


def record_supports(supports: Sequence[Support]) -> list[Supported | DomainError]:
    """Record a batch of supports in one transaction; each sees the effects of earlier ones.

    Repeating a support changes nothing. Returns one outcome per support, in the same order: Supported once it is
    durable, or the error by which only that one is refused (NotFound, NotJoined, SessionIsOver, OwnSuggestion,
    SuggestionNotOpen). One broadcast per suggestion follows.
    """
    with transaction.atomic():
        batch = _lock_and_read(supports)
        refusals = [_apply(batch, support) for support in supports]
        _write(batch)
    return [refusal or _supported(batch, each) for each, refusal in zip(supports, refusals, strict=True)]


def _supported(batch: _Batch, support: Support) -> Supported:
    suggestion = batch.suggestions[support.suggestion_id]
    return Supported(suggestion.session_id, suggestion.pk, not support.takes_back, suggestion.version)


def _lock_and_read(supports: Sequence[Support]) -> _Batch:
    pks = {support.suggestion_id for support in supports}
    session_ids = set(Suggestion.objects.filter(pk__in=pks).values_list("session_id", flat=True).order_by())
    locked = Session.objects.select_for_update(no_key=True).filter(pk__in=session_ids).order_by("pk")
    batch = _Batch(sessions={session.pk: session for session in locked})
    batch.suggestions = Suggestion.objects.in_bulk(pks)
    attendees = {support.attendee.attendee_id for support in supports}
    batch.attendees = events_by_pass(attendees)
    rows = SuggestionSupport.objects.filter(suggestion__in=batch.suggestions, attendee__in=attendees)
    batch.stored = set(rows.order_by().values_list("suggestion_id", "attendee_id"))
    batch.held = set(batch.stored)
    return batch


def _apply(batch: _Batch, support: Support) -> DomainError | None:
    """Apply one support to the batch; return why it is refused, or None."""
    pair = support.suggestion_id, support.attendee.attendee_id
    try:
        _check(batch, *pair)
    except DomainError as refusal:
        return refusal
    if support.takes_back:
        batch.held.discard(pair)
    else:
        batch.held.add(pair)
    return None


def _check(batch: _Batch, suggestion_id: int, attendee_id: int) -> None:
    suggestion = batch.suggestions.get(suggestion_id)
    if suggestion is None:
        raise NotFound
    session, is_author = batch.sessions[suggestion.session_id], suggestion.attendee_id == attendee_id
    if not (is_author or is_public(suggestion)):
        raise NotFound
    if batch.attendees.get(attendee_id) != session.event_id:
        raise NotJoined
    if session.state == Session.State.OVER:
        raise SessionIsOver
    if is_author:
        raise OwnSuggestion
    if suggestion.state != Suggestion.State.OPEN:
        raise SuggestionNotOpen


def _write(batch: _Batch) -> None:
    """Save what the batch changed, recount, increment the versions, and publish."""
    changed = write_pairs(SuggestionSupport, "suggestion", stored=batch.stored, held=batch.held)
    for pk in sorted({suggestion for suggestion, _attendee in changed}):
        suggestion = batch.suggestions[pk]
        recount(suggestion)
        suggestion.version += 1
        values = {"supporters": suggestion.supporters, "version": suggestion.version}
        Suggestion.objects.filter(pk=pk).update(**values)
        broadcasts.suggestion_tallied(suggestion)
