"""Pages of registrations: lists that organisers import, and figures."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed
from opendev.core.text import id_in_address
from opendev.core.uploads import takes_uploads
from sessions.models import Event
from sessions.programme.pages import act, enter
from sessions.registrations import selectors as registrations
from sessions.registrations.models import FigureNote
from sessions.registrations.services import importing
from sessions.registrations.services.importing import finish_import, import_registrations, set_personal_link


@require_safe
@never_cache
def overview(request: HttpRequest, event: str) -> HttpResponse:
    """The figures, and the lists that were brought. For organisers."""
    found, _caller = enter(request, event)
    return _page(request, found)


def _page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    imports = registrations.imports_of(event.pk)
    notes = {note.figure: note for note in FigureNote.objects.filter(event=event)}
    figures = [
        (figure, FigureNote.Figure(figure.name).label, notes.get(figure.name))
        for figure in registrations.figures_of(event).values()
    ]
    context: dict[str, Any] = {
        "event": event,
        "figures": figures,
        "reports": [registrations.report_of(one, with_rows=place == 0) for place, one in enumerate(imports)],
        "revoked": registrations.revoked_links_of(event.pk),
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
        "refused_figure": request.POST.get("figure", ""),
        "typed": request.POST,
    }
    return render(request, "registrations/overview.html", context, status=refused.status if refused else 200)


_act = partial(act, page=_page, back="registrations")


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

    return _act(request, event, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def finish(request: HttpRequest, event: str, brought: str) -> HttpResponse:
    """Take over what an import that was cut off had read."""

    def work(found: Event, caller: Caller) -> None:
        one = registrations.import_of_event(id_in_address(brought), found.pk)
        finish_import(import_id=one.pk, caller=caller, now=timezone.now())

    return _act(request, event, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_figure(request: HttpRequest, event: str) -> HttpResponse:
    """Print a figure as it is said elsewhere, with the source."""
    given = {field: request.POST.get(field, "") for field in ("figure", "shown", "source")}
    return _act(
        request, event, lambda found, caller: importing.set_figure(event_id=found.pk, caller=caller, **given)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_link(request: HttpRequest, event: str) -> HttpResponse:
    """Revoke somebody's personal link, or let it lead somewhere again; the button says which."""
    return _act(
        request,
        event,
        lambda found, caller: set_personal_link(
            event_id=found.pk,
            caller=caller,
            email=request.POST.get("email", ""),
            revoked=request.POST.get("do", "revoke") == "revoke",
            now=timezone.now(),
        ),
    )
