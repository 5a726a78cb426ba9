"""Import and export of schedules: a file is uploaded, its changes are previewed, and then it is imported."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.errors import DomainError, Malformed, NotFound
from opendev.core.text import clean_id
from opendev.core.uploads import takes_uploads
from opendev.home.organise.entrance import show
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.pages import enter
from sessions.schedules.formats import FORMATS
from sessions.schedules.selectors import schedule_of
from sessions.schedules.services.importing import ImportPlan
from sessions.schedules.services.uploads import take_upload, upload_schedule


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def schedule(request: HttpRequest, event: str) -> HttpResponse:
    """Upload a schedule and see what it would change."""
    found, caller = enter(request, event)
    context: dict[str, Any] = {"event": found, "formats": FORMATS.values()}
    if request.method != "POST":
        return show(request, "schedule", context)
    try:
        file = request.FILES.get("file")
        if file is None or isinstance(file, list):
            sentence = _("Choose a file first.")
            raise Malformed(sentence, fields={"file": sentence})
        upload, plan = upload_schedule(
            event_id=found.pk, caller=caller, name=file.name or "", content=file.read(), now=timezone.now()
        )
    except DomainError as refusal:
        return show(request, "schedule", context, refused=refusal)
    return show(request, "schedule", context | {"upload": upload} | _plan(found, plan))


def _plan(event: Event, plan: ImportPlan) -> dict[str, Any]:
    """Return what the page shows of a plan: times in the event's zone, or the one that it would get."""
    return {
        "plan": plan,
        "shown_zone": plan.zone or event.time_zone,
        "added": plan.of("added"),
        "changed": plan.of("changed"),
        "same": plan.of("same"),
        "gone": plan.of("gone"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def take(request: HttpRequest, event: str) -> HttpResponse:
    """Import the uploaded schedule."""
    found, caller = enter(request, event)
    if request.method != "POST":
        return redirect("organise-schedule", event=found.slug)
    try:
        plan = take_upload(
            event_id=found.pk,
            upload_id=clean_id(request.POST.get("upload"), field="upload"),
            caller=caller,
            cancel_gone=request.POST.get("cancel_gone") == "yes",
            now=timezone.now(),
        )
    except NotFound:
        refusal = NotFound(_("This file is no longer here. Upload it again."))
        return show(request, "schedule", {"event": found, "formats": FORMATS.values()}, refused=refusal)
    messages.success(request, _done(plan))
    return redirect("organise", event=found.slug)


def _done(plan: ImportPlan) -> str:
    added, changed, cancelled = (len(plan.of(verb)) for verb in ("added", "changed", "cancelled"))
    parts = [
        ngettext("%(n)d session added", "%(n)d sessions added", added) % {"n": added},
        ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed},
        ngettext("%(n)d cancelled", "%(n)d cancelled", cancelled) % {"n": cancelled},
    ]
    return ", ".join(parts) + "."


@require_safe
def export(request: HttpRequest, event: str, file_format: str) -> HttpResponse:
    """Return the programme as a file; public, like the programme."""
    found: Event = selectors.event_by_slug(event)
    if file_format not in FORMATS:
        raise NotFound
    one = FORMATS[file_format]
    response = HttpResponse(
        one.write(schedule_of(found, base_url=settings.PUBLIC_URL)), content_type=one.media_type
    )
    response["Content-Disposition"] = f'inline; filename="{found.slug}-{one.label}"'
    return response
