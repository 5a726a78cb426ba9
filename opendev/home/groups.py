"""An event's follow-ups: all lines, the groups that organisers merge them into, and the export."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, NotFound
from opendev.core.parts import SHOWN, FirstRows, first_rows, first_stored, shown_rows
from opendev.core.text import csv_cell, id_in_address
from opendev.core.web.pages import mark
from opendev.core.web.typed import compare, seen_of, shown
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.follow_ups.selectors import groups as follow_up_groups
from sessions.follow_ups.selectors.groups import FollowUp, Member
from sessions.follow_ups.selectors.lines import owns_group
from sessions.follow_ups.services.groups import dissolve_group, edit_group, make_group
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.services.rights import check_organises
from sessions.suggestions.selectors import supported_not_opened

EXPORT_HEAD = (
    *("follow-up", "status", "owner", "lines", "sessions", "announced lines"),
    *("name", "company", "from", "listed", "e-mail", "session addresses"),
)
NAMES = "names"  # the query's field with the number of names, and lines, that each follow-up shows
MORE = "more"  # the button's field that asks for more follow-ups to choose from


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A follow-up on the page, with the first of its lines and of its names."""

    follow_up: FollowUp
    lines: FirstRows[SignUpLine]
    names: FirstRows[Member]
    may_change: bool


@require_safe
@never_cache
def follow_ups_of_event(request: HttpRequest, event: str) -> HttpResponse:
    """All follow-ups of an event: groups, then lines by themselves."""
    return _page(request, selectors.event_by_slug(event))


def _page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    """Show the first follow-ups, or as many as the address or the form asks for, with the form's values."""
    caller = caller_of(request, event.pk)
    organises = selectors.organises(caller, event.pk)
    together = follow_up_groups.lines_together(event.pk)
    posted = request.POST.get(MORE) or request.POST.get(SHOWN)
    part = first_rows(together, {SHOWN: posted} if posted else request.GET)
    follow_ups = follow_up_groups.follow_ups_of(event.pk, caller, timezone.now().date(), part.rows)
    context: dict[str, Any] = {
        "event": event,
        "follow_ups": [_row(one, request.GET, caller, organises=organises) for one in follow_ups],
        "part": part,
        "suggestions": first_stored(supported_not_opened(event), {} if posted else request.GET),
        "names_shown": shown_rows(request.GET, NAMES),
        "lines": [line for group in part.rows for line in group],
        "organises": organises,
        "form": {
            "title": request.POST.get("title", ""),
            "lines": [int(line) for line in request.POST.getlist("lines") if line.isdecimal()],
        },
        "is_typed": request.method == "POST",
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    response = render(request, "home/follow_ups.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _row(follow_up: FollowUp, query: Mapping[str, Any], caller: Caller, *, organises: bool) -> FollowUpRow:
    group = follow_up.group
    return FollowUpRow(
        follow_up,
        first_rows(follow_up.lines, query, NAMES),
        first_rows(follow_up.members, query, NAMES),
        may_change=group is not None and (organises or owns_group(caller, group)),
    )


def _addresses(follow_ups: Iterable[FollowUp]) -> int:
    return sum(bool(member.email) for one in follow_ups for member in one.members)


def _act(request: HttpRequest, event: str, work: Callable[[Event, Caller], object]) -> HttpResponse:
    """Do one action and go back to the page; a refusal is shown there, with its status and code."""
    found = selectors.event_by_slug(event)
    if request.method == "POST":
        try:
            work(found, caller_of(request, found.pk))
        except DomainError as refusal:
            return _page(request, found, refused=refusal)
    return redirect("follow-ups", event=found.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def make(request: HttpRequest, event: str) -> HttpResponse:
    """Merge lines into a group, or show more of them to choose from, keeping the ticks."""
    if request.POST.get(MORE):
        return _page(request, selectors.event_by_slug(event))
    given = {"title": request.POST.get("title", ""), "lines": request.POST.getlist("lines")}
    return _act(
        request,
        event,
        lambda found, caller: make_group(event_id=found.pk, caller=caller, given=given, now=timezone.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, event: str, group: str) -> HttpResponse:
    """Change a group: organisers all of it, its owner only the status.

    Raises:
        NotFound
        NotSignedIn, NotOrganiser: neither an organiser nor the owner.
    """
    found = selectors.event_by_slug(event)
    here, caller = _group_here(found, group), caller_of(request, found.pk)
    if not owns_group(caller, here):
        check_organises(caller=caller, event_id=found.pk)
    if request.method != "POST":
        return _group_page(request, found, here)
    try:
        _save_typed(request, here, caller)
    except DomainError as refusal:
        return _group_page(request, found, _group_here(found, group), refused=refusal)
    return redirect("follow-ups", event=found.slug)


def _group_page(
    request: HttpRequest, event: Event, group: FollowUpGroup, *, refused: DomainError | None = None
) -> HttpResponse:
    boxes = _boxes(group)
    form = shown(_posted(request), boxes)
    chosen = set(form["lines"].split(","))
    lines = follow_up_groups.lines_of_event(event.pk)
    context: dict[str, Any] = {
        "event": event,
        "group": group,
        "organises": selectors.organises(caller_of(request, event.pk), event.pk),
        "people": follow_up_groups.people_of(event.pk),
        "lines": [(line, str(line.pk) in chosen) for line in lines],
        "statuses": FollowUpGroup.Status.choices,
        "form": form,
        "seen": seen_of(boxes),
        "unsaved": "yes" if refused else "",
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    status = refused.status if refused else 200
    response = render(request, "home/follow_up_group.html", context, status=status)
    return mark(response, refused) if refused else response


def _boxes(group: FollowUpGroup) -> dict[str, str]:
    """Return the values of a group's form; the boxes of its lines as one list of ids."""
    return {
        "title": group.title,
        "owner": str(group.owner_id or ""),
        "status": group.status,
        "lines": _joined(group.lines.values_list("pk", flat=True)),
    }


def _joined(lines: Iterable[object]) -> str:
    return ",".join(sorted(map(str, lines)))


def _posted(request: HttpRequest) -> dict[str, str]:
    """Return what was sent; browsers send nothing for boxes that are not ticked."""
    posted = {field: str(text) for field, text in request.POST.items() if field != "lines"}
    if "with_lines" in request.POST:
        posted["lines"] = _joined(request.POST.getlist("lines"))
    return posted


@transaction.atomic
def _save_typed(request: HttpRequest, group: FollowUpGroup, caller: Caller) -> None:
    """Save the boxes that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    groups = FollowUpGroup.objects.select_for_update(no_key=True, of=("self",))
    changes = compare(_posted(request), _boxes(groups.get(pk=group.pk)))
    changes.check(ids=["owner", "status", "lines"])
    given: dict[str, Any] = dict(changes.changed)
    if "owner" in given:
        given["owner"] = given["owner"] or None
    if "lines" in given:
        given["lines"] = request.POST.getlist("lines")
    edit_group(group_id=group.pk, caller=caller, given=given)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def dissolve(request: HttpRequest, event: str, group: str) -> HttpResponse:
    """Dissolve a group."""
    return _act(
        request,
        event,
        lambda found, caller: dissolve_group(group_id=_group_here(found, group).pk, caller=caller),
    )


def _group_here(event: Event, group: str) -> FollowUpGroup:
    """Return a group of this event, whatever the caller's rights.

    Raises:
        NotFound: also for a group of another event.
    """
    found = follow_up_groups.group_of_event(id_in_address(group), event.pk)
    if found is None:
        raise NotFound
    return found


@require_safe
@never_cache
def export(request: HttpRequest, event: str) -> HttpResponse:
    """All follow-ups as CSV, each member of a group once; names and addresses only if the reader may see them."""
    found = selectors.event_by_slug(event)
    caller = caller_of(request, found.pk)
    together = follow_up_groups.lines_together(found.pk)
    follow_ups = follow_up_groups.follow_ups_of(found.pk, caller, timezone.now().date(), together)
    if caller.user_id is not None:
        addresses = _addresses(follow_ups)
        record(
            AuditKind.EXPORTED,
            caller=caller,
            event_id=found.pk,
            subject="follow-ups",
            format="csv",
            addresses=addresses,
        )
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-follow-ups.csv"'
    response.write("\ufeff")  # without it spreadsheets assume another encoding
    writer = csv.writer(response)
    writer.writerow(EXPORT_HEAD)
    for one in follow_ups:
        for row in _rows(one):
            writer.writerow([csv_cell(cell) for cell in row])
    return response


def _rows(one: FollowUp) -> Iterator[list[str]]:
    head = [
        one.title,
        one.group.get_status_display() if one.group else "",
        f"{one.owner.name}, {one.owner.company}".strip(", ") if one.owner else "",
    ]
    for member in one.members:
        yield [*head, *_cells(member)]
    if one.hidden:
        yield [
            *head,
            "",
            "",
            "",
            _("(%(count)d more, not listed)") % {"count": one.hidden},
            "",
            "",
            "",
            "",
            "",
        ]


def _cells(member: Member) -> list[str]:
    return [
        "; ".join(line.title for line in member.lines),
        "; ".join(dict.fromkeys(line.session.title_with_part for line in member.lines)),
        "; ".join(str(line.announced_line) for line in member.lines if line.announced_line),
        member.name,
        member.company,
        str(SignUp.Source(member.source).label),
        _("yes") if member.is_listed else _("no"),
        member.email,
        "; ".join(dict.fromkeys(line.session.slug for line in member.lines)),
    ]
