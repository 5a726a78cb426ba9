"""Queries about recaps and their material."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from sessions.programme.models import Event
from sessions.programme.selectors.visibility import listed_to
from sessions.recap.models import NextStep, RecapDraft, RecapEdit, RecapVersion, SessionSummary


def summaries_of(session_ids: Iterable[int]) -> dict[int, SessionSummary]:
    """Return the summaries by session, for sessions that have one."""
    found = SessionSummary.objects.filter(session__in=list(session_ids))
    return {summary.session_id: summary for summary in found}


def next_steps_of(event: Event) -> list[NextStep]:
    """Return the event's next steps in order."""
    return list(NextStep.objects.filter(event=event).order_by("position", "pk"))


@dataclass(frozen=True, slots=True)
class SeriesEvent:
    """Another event of the same series, and when it takes place."""

    event: Event
    first: date
    last: date


def rest_of_series(event: Event) -> list[SeriesEvent]:
    """Return the other public events of the series that have days, in the order of their dates; one query."""
    if not event.series:
        return []
    others = listed_to(None).filter(series=event.series).exclude(pk=event.pk)
    dated = others.annotate(first=Min("days__date"), last=Max("days__date")).filter(first__isnull=False)
    return [SeriesEvent(other, other.first, other.last) for other in dated.order_by("first", "pk")]


def recap_draft_of(event_id: int) -> RecapDraft | None:
    """Return the event's draft, or None."""
    return RecapDraft.objects.filter(event=event_id).first()


def recap_edits_of(event_id: int) -> list[RecapEdit]:
    """Return all edits, oldest first: the newest of a paragraph counts."""
    return list(RecapEdit.objects.filter(event=event_id).order_by("pk"))


def recap_versions_of(event_id: int) -> list[RecapVersion]:
    """Return the published versions, newest first, without their paragraphs."""
    versions = RecapVersion.objects.filter(event=event_id).defer("paragraphs")
    return list(versions.order_by("-number"))


def recap_version(event_id: int, number: int) -> RecapVersion | None:
    """Return the version with this number, or None."""
    return RecapVersion.objects.filter(event=event_id, number=number).first()


def published_recap(event_id: int) -> RecapVersion | None:
    """Return the public version: the newest one, unless it was withdrawn."""
    newest = RecapVersion.objects.filter(event=event_id).order_by("-number").first()
    return newest if newest and newest.withdrawn_at is None else None
