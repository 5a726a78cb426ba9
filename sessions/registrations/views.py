"""Pages of registrations: lists that organisers import, and figures."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, Malformed
from opendev.core.text import id_in_address
from opendev.core.uploads import takes_uploads
from opendev.core.web.typed import compare, keep, kept, seen_of, shown
from sessions.audit.services import record_reading
from sessions.programme.models import Event
from sessions.programme.pages import act, enter
from sessions.programme.services.locks import lock_event
from sessions.registrations import selectors as registrations
from sessions.registrations.models import FigureNote
from sessions.registrations.services import importing
from sessions.registrations.services.importing import (
    MAX_SHOWN_LENGTH,
    MAX_SOURCE_LENGTH,
    finish_import,
    import_registrations,
    set_personal_link,
)

PARTS = ("shown", "source")  # of a figure
LONGEST = {"shown": MAX_SHOWN_LENGTH, "source": MAX_SOURCE_LENGTH}
WAITING = ("email", "bad_rows")  # boxes with their own buttons


@require_safe
@never_cache
def overview(request: HttpRequest, event: str) -> HttpResponse:
    """The figures, and the imports. For organisers."""
    found, _caller = enter(request, event)
    return _page(request, found)


def _page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    imports = registrations.imports_of(event.pk)
    revoked = registrations.revoked_links_of(event.pk)
    caller = caller_of(request, event.pk)
    record_reading(caller=caller, event_id=event.pk, subject="registrations", addresses=len(revoked))
    boxes, errors = _boxes(event), refused.fields if refused else {}
    typed = shown(request.POST, boxes)
    figures = [
        (figure, FigureNote.Figure(figure.name).label, *_fields_of(figure.name, typed, boxes, errors))
        for figure in registrations.figures_of(event).values()
    ]
    context: dict[str, Any] = {
        "event": event,
        "figures": figures,
        "seen": seen_of(boxes),
        "unsaved": "yes" if refused else "",
        "reports": [registrations.report_of(one, with_rows=place == 0) for place, one in enumerate(imports)],
        "revoked": revoked,
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
        "typed": {field: request.POST.get(field, "") for field in WAITING} | kept(request, request.path),
    }
    return render(request, "registrations/overview.html", context, status=refused.status if refused else 200)


def _fields_of(
    figure: str, typed: Mapping[str, str], boxes: Mapping[str, str], errors: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], bool]:
    """Return a figure's fields for the page, and whether to unfold them: if one was refused, or is not saved."""
    labels = {"shown": _("Shown as"), "source": _("Source")}
    fields = [
        {
            "id": (box := f"{part}-{figure}"),
            "label": labels[part],
            "value": typed[box],
            "error": errors.get(box, ""),
            "most": LONGEST[part],
        }
        for part in PARTS
    ]
    return fields, any(field["error"] or field["value"] != boxes[field["id"]] for field in fields)


_act = partial(act, page=_page, back="registrations")


def _boxes(event: Event) -> dict[str, str]:
    """Return the values of the figures' boxes: the shown figure and its source."""
    notes = {note.figure: note for note in FigureNote.objects.filter(event=event)}
    return {
        f"{part}-{figure}": getattr(notes.get(figure), part, "")
        for figure in FigureNote.Figure.values
        for part in PARTS
    }


@transaction.atomic
def _save_figures(request: HttpRequest, event: Event, caller: Caller) -> bool:
    """Save the changed figures, and return True if there were any.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    lock_event(event_id=event.pk, caller=caller)
    boxes = _boxes(event)
    changes = compare(request.POST, boxes)
    changes.check()
    after = {**boxes, **changes.changed}
    for figure in FigureNote.Figure.values:
        given = {part: after[f"{part}-{figure}"] for part in PARTS}
        if any(f"{part}-{figure}" in changes.changed for part in PARTS):
            try:
                importing.set_figure(event_id=event.pk, caller=caller, figure=figure, **given)
            except DomainError as refusal:
                refusal.fields = {f"{field}-{figure}": said for field, said in refusal.fields.items()}
                raise
    return bool(changes.changed)


def _press(
    request: HttpRequest, event: str, work: Callable[[Event, Caller], object], *, uses: Iterable[str] = ()
) -> HttpResponse:
    """Save the figures, then do the button's action. Text typed for another button is kept for it.

    Args:
        uses: the boxes that belong to the button.
    """

    def save_and_work(found: Event, caller: Caller) -> None:
        _save_figures(request, found, caller)
        work(found, caller)
        keep(request, reverse("registrations", kwargs={"event": event}), set(WAITING) - set(uses))

    return _act(request, event, save_and_work)


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def bring(request: HttpRequest, event: str) -> HttpResponse:
    """Import a list."""

    def work(found: Event, caller: Caller) -> None:
        file = request.FILES.get("file")
        if file is None:
            sentence = _("Choose a file.")
            raise Malformed(sentence, fields={"file": sentence})
        import_registrations(
            event_id=found.pk,
            caller=caller,
            content=file.read(),
            name=file.name or "",
            skips_bad=request.POST.get("bad_rows") == "skip",
            now=timezone.now(),
        )

    return _press(request, event, work, uses=["bad_rows"])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def finish(request: HttpRequest, event: str, brought: str) -> HttpResponse:
    """Continue an interrupted import."""

    def work(found: Event, caller: Caller) -> None:
        one = registrations.import_of_event(id_in_address(brought), found.pk)
        finish_import(import_id=one.pk, caller=caller, now=timezone.now())

    return _press(request, event, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_figures(request: HttpRequest, event: str) -> HttpResponse:
    """Save overridden figures, each with its source.

    Enter in the box of an email address also ends up here: if no figure was changed, it revokes that link.
    """
    email = request.POST.get("email", "").strip()

    @transaction.atomic
    def work(found: Event, caller: Caller) -> None:
        has_changed = _save_figures(request, found, caller)
        if request.POST.get("do") == "typed" and email and not has_changed:
            _set_link(found, caller, email=email, revoked=True, passes_too="passes_too" in request.POST)
            return
        keep(request, reverse("registrations", kwargs={"event": event}), WAITING)
        messages.success(request, _("Saved."))

    return _act(request, event, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_link(request: HttpRequest, event: str) -> HttpResponse:
    """Revoke the personal link of the address in the box, or restore the button's one ("restore:…")."""
    do, _colon, address = request.POST.get("do", "revoke").partition(":")
    email = address or request.POST.get("email", "")
    return _press(
        request,
        event,
        lambda found, caller: _set_link(
            found, caller, email=email, revoked=do == "revoke", passes_too="passes_too" in request.POST
        ),
        uses=[] if address else ["email"],
    )


def _set_link(event: Event, caller: Caller, *, email: str, revoked: bool, passes_too: bool) -> None:
    given = {"email": email, "revoked": revoked, "passes_too": passes_too}
    set_personal_link(event_id=event.pk, caller=caller, now=timezone.now(), **given)
