"""Follow-up groups: lines of several sessions about the same interest, merged into one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.text import clean_id, clean_line, clean_word
from sessions.follow_ups.models import MAX_TITLE_LENGTH, FollowUpGroup, SignUpLine
from sessions.follow_ups.selectors import lines as follow_ups
from sessions.follow_ups.services.lines import check_is_of_event
from sessions.programme.models import Event
from sessions.programme.services.rights import check_organises


def _read_lines(value: Any, field: str) -> list[int]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise _wrong(field, _("The follow-ups must be a list of ids."))
    return [clean_id(line, field=field) for line in value]


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "title": lambda value, field: clean_line(value, field=field, most=MAX_TITLE_LENGTH),
    "owner": lambda value, field: None if value is None else clean_id(value, field=field),
    "status": lambda value, field: clean_word(value, field=field, choices=FollowUpGroup.Status.values),
    "lines": _read_lines,
}


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {field: read(given[field], field) for field, read in _READERS.items() if field in given}


@transaction.atomic
def make_group(*, event_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> FollowUpGroup:
    """Merge lines of the event into a group; a line of another group moves. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: no title, no lines, or invalid lines, owner or status.
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    values = _read({"title": None, "lines": None, **given})
    if not values["lines"]:
        raise _wrong("lines", _("Choose the follow-ups that belong together."))
    group = FollowUpGroup(event=event, created_at=now)
    _write(group, values)
    return group


@transaction.atomic
def edit_group(*, group_id: int, caller: Caller, given: Mapping[str, Any]) -> FollowUpGroup:
    """Change a group: its owner may set its status, organisers everything. `lines` are its lines afterwards.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: an invalid text, status, owner or lines.
    """
    group = _lock_group(group_id)
    values = _read(given)
    if not (values.keys() <= {"status"} and follow_ups.owns_group(caller, group)):
        check_organises(caller=caller, event_id=group.event_id)
    _write(group, values)
    return group


@transaction.atomic
def dissolve_group(*, group_id: int, caller: Caller) -> None:
    """Dissolve a group; its lines stay, separately. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    group = _lock_group(group_id)
    check_organises(caller=caller, event_id=group.event_id)
    group.delete()


def _lock_group(group_id: int) -> FollowUpGroup:
    groups = FollowUpGroup.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    group = groups.filter(pk=group_id).first()
    if group is None:
        raise NotFound
    return group


def _write(group: FollowUpGroup, values: Mapping[str, Any]) -> None:
    if "owner" in values:
        if values["owner"] is not None:
            check_is_of_event(values["owner"], group.event_id)
        group.owner_id = values["owner"]
    for field in values.keys() & {"title", "status"}:
        setattr(group, field, values[field])
    lines = values.get("lines")
    if lines is not None:
        own_lines = SignUpLine.objects.filter(pk__in=lines, session__event=group.event_id)
        if own_lines.count() != len(set(lines)):
            raise _wrong("lines", _("One of the follow-ups belongs to another event."))
    group.save()
    if lines is not None:
        SignUpLine.objects.filter(group=group).exclude(pk__in=lines).update(group=None)
        SignUpLine.objects.filter(pk__in=lines).update(group=group)


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
