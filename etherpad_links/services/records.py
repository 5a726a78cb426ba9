"""The worker's records of its pads.

It does not act for a user, so there is no caller. Web processes learn of changes by the link's version (`news.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from etherpad_links.models import (
    MAX_HEADING_LENGTH,
    EtherpadLink,
    PadCopy,
    PadLine,
    PadName,
    PadPassage,
    PadWorkerBeat,
)
from etherpad_links.names import TypedName, read_name
from etherpad_links.sealing import seal, unseal
from sessions.follow_ups.services.pad_names import record_pad_name, update_pad_name, withdraw_pad_name

CHANGED_IN_NOTES = (
    "changed in the notes"  # a name of ours that somebody edited there, so it is theirs from then on
)
WRITTEN_AGAIN = (
    "written again"  # a name that somebody typed, whose line we wrote again after its heading was lost
)


@dataclass(frozen=True, slots=True)
class NameInPad:
    """The state of a name in the pad."""

    sign_up_id: int
    state: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlaceInPad:
    """The position of a line's heading."""

    line_id: int
    heading: str
    state: str
    position: int | None
    number: int | None
    copies: int


def _count_version(link_id: int) -> None:
    EtherpadLink.objects.filter(pk=link_id).update(version=F("version") + 1)


def record_beat(now: datetime) -> None:
    """Record that a pad worker is running (`worker_state.py` reads this)."""
    PadWorkerBeat.objects.update_or_create(pk=1, defaults={"seen_at": now})


@transaction.atomic
def keep_author_token(*, link_id: int, token: str) -> str:
    """Return the token that makes us one author of the pad: the stored one, or this one, which is then stored.

    A worker that takes over reads it again: what it read when it started to wait may be older than the token.
    """
    link = EtherpadLink.objects.select_for_update(no_key=True).filter(pk=link_id).first()
    if link is not None and (kept := unseal(link.sealed_token)):
        return kept
    EtherpadLink.objects.filter(pk=link_id).update(sealed_token=seal(token))
    return token


@transaction.atomic
def record_read_only_id(*, link_id: int, read_only_id: str) -> None:
    """Store the pad's read-only name."""
    EtherpadLink.objects.filter(pk=link_id).update(read_only_id=read_only_id)
    _count_version(link_id)


@transaction.atomic
def record_health(*, link_id: int, health: str, now: datetime) -> None:
    """Record whether the pad can be reached, if that changed."""
    changed = (
        EtherpadLink.objects.filter(pk=link_id).exclude(health=health).update(health=health, health_at=now)
    )
    if changed:
        _count_version(link_id)


@transaction.atomic
def record_names(*, link_id: int, names: Sequence[NameInPad], revision: int, now: datetime) -> None:
    """Record the states of names. A name in the pad keeps the revision and the time at which it was first seen."""
    kept = {
        row.sign_up_id: row
        for row in PadName.objects.filter(
            sign_up__in=[name.sign_up_id for name in names], state=PadName.State.WRITTEN
        )
    }
    for name in names:
        before = kept.get(name.sign_up_id)
        is_there = name.state == PadName.State.WRITTEN
        PadName.objects.update_or_create(
            sign_up_id=name.sign_up_id,
            defaults={
                "state": name.state,
                "text": name.text[:MAX_HEADING_LENGTH],
                "reason": name.reason,
                "revision": (before.revision if before else revision) if is_there else None,
                "written_at": (before.written_at if before else now) if is_there else None,
            },
        )
    _count_version(link_id)


@transaction.atomic
def record_lost_revisions(*, link_id: int, revision: int, passages_too: bool = False) -> int:
    """Record that a pad's server came back with an older revision than before; return how many names it lost.

    Nobody removed what it lost, so names and, if text was lost, passages have to be written again.
    """
    if passages_too:
        PadPassage.objects.filter(link=link_id).delete()
    lost = PadName.objects.filter(
        sign_up__line__session__etherpad_link=link_id, state=PadName.State.WRITTEN, revision__gt=revision
    ).update(state=PadName.State.PENDING, revision=None, written_at=None)
    if lost:
        _count_version(link_id)
    return lost


@transaction.atomic
def record_places(
    *, link_id: int, places: Sequence[PlaceInPad], copy: Mapping[str, Any], now: datetime
) -> None:
    """Record the positions of the headings, together with the copy of the pad to which they belong."""
    PadCopy.objects.update_or_create(link_id=link_id, defaults={**copy, "seen_at": now})
    shown = PadLine.objects.filter(line__in=[place.line_id for place in places])
    before = {line_id: rest for line_id, *rest in shown.values_list("line_id", "state", "number")}
    for place in places:
        PadLine.objects.update_or_create(
            line_id=place.line_id,
            defaults={
                "heading": place.heading[:MAX_HEADING_LENGTH],
                "state": place.state,
                "position": place.position,
                "number": place.number,
                "copies": place.copies,
            },
        )
    if any(before.get(place.line_id) != [place.state, place.number] for place in places):
        _count_version(link_id)  # what people see; text typed elsewhere does not count


@transaction.atomic
def record_passage(*, link_id: int, key: str, lines: Sequence[str]) -> None:
    """Record which lines of a passage are in the pad; without any, the passage is gone."""
    if lines:
        PadPassage.objects.update_or_create(link_id=link_id, key=key, defaults={"lines": list(lines)})
    else:
        PadPassage.objects.filter(link=link_id, key=key).delete()


@transaction.atomic
def repair_done(*, line_id: int, pointed_at: int | None, wants_heading: bool) -> None:
    """Delete a moderator's granted request; a newer one stays."""
    PadLine.objects.filter(line=line_id, pointed_at=pointed_at, wants_heading=wants_heading).update(
        pointed_at=None, wants_heading=False
    )


@transaction.atomic
def record_typed_name(*, link_id: int, line_id: int, text: str, revision: int, now: datetime) -> None:
    """Record a name that somebody typed in the pad as a claim.

    Raises:
        NotFound, Malformed: see `record_pad_name`.
    """
    person = read_name(text) or TypedName("")
    sign_up = record_pad_name(line_id=line_id, name=person.name, company=person.company, now=now)
    written = NameInPad(sign_up.pk, PadName.State.WRITTEN, text)
    record_names(link_id=link_id, names=[written], revision=revision, now=now)


@transaction.atomic
def record_changed_name(
    *, link_id: int, sign_up_id: int, text: str, is_claim: bool, revision: int, now: datetime
) -> None:
    """Record that somebody changed a name in the pad. A sign-up made here keeps its own name."""
    if is_claim:
        person = read_name(text) or TypedName("")
        update_pad_name(sign_up_id=sign_up_id, name=person.name, company=person.company)
    changed = NameInPad(sign_up_id, PadName.State.WRITTEN, text, "" if is_claim else CHANGED_IN_NOTES)
    record_names(link_id=link_id, names=[changed], revision=revision, now=now)


@transaction.atomic
def record_gone_name(*, link_id: int, sign_up_id: int, text: str, is_claim: bool, now: datetime) -> None:
    """Record that somebody removed a name in the pad: a claim is withdrawn; a sign-up made here stays."""
    if is_claim:
        withdraw_pad_name(sign_up_id=sign_up_id, now=now)
    state = PadName.State.TAKEN_OUT if is_claim else PadName.State.REMOVED_IN_NOTES
    record_names(link_id=link_id, names=[NameInPad(sign_up_id, state, text)], revision=0, now=now)
