"""An attendee's own data at an event: the page and the file for the device with the pass, and "forget me"."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import AttendeePass, pass_cookie_name
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, Malformed
from opendev.core.limits import check_address
from opendev.core.text import time_text
from opendev.core.web.pages import mark
from opendev.erasure.holdings import attendee_of_pass, holdings_of, not_found
from opendev.erasure.services import erase_attendee
from opendev.home.calendars import stars_cookie
from sessions.attendees.models import Attendee
from sessions.programme import selectors
from sessions.programme.models import Event, Session
from sessions.programme.selectors.stars import starred_ids
from sessions.programme.services.stars import erase_stars

SURE = "sure"


@dataclass(frozen=True, slots=True)
class Device:
    """The requesting browser: its pass for the event, its attendee, and the secret of its stars."""

    event: Event
    attendee_pass: AttendeePass | None
    attendee: Attendee | None
    star_token: str

    def holdings(self) -> dict[str, Any] | None:
        """Return the data held about this browser's user; None if there is none."""
        starred = Session.objects.filter(pk__in=starred_ids(self.event.pk, self.star_token))
        stars = [{"session": session.title_with_part} for session in starred.order_by("starts_at", "pk")]
        now = timezone.now()
        if self.attendee is not None:
            return {**holdings_of(self.attendee, now, device=self.attendee_pass), "stars": stars}
        if not stars:
            return None
        event = {"slug": self.event.slug, "name": self.event.name}
        rest = {"attendee": None, "stars": stars, "not_found": not_found(with_device=True)}
        return {"made_at": time_text(now), "event": event, **rest}


@sensitive_variables()
def device_of(request: HttpRequest, slug: str) -> Device:
    """Return the browser that asks.

    Raises:
        NotFound: no such event.
    """
    event = selectors.event_by_slug(slug)
    attendee_pass = caller_of(request, event.pk).attendee
    attendee = attendee_of_pass(attendee_pass, event.pk)
    return Device(event, attendee_pass, attendee, request.COOKIES.get(stars_cookie(event.pk), ""))


@require_safe
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """The data that we hold about this browser's user, as a page."""
    device = device_of(request, event)
    return render(request, "home/privacy/own.html", {"event": device.event, "held": device.holdings()})


@require_safe
@never_cache
def download(request: HttpRequest, event: str) -> HttpResponse:
    """The same as a file of JSON."""
    device = device_of(request, event)
    held = device.holdings()
    if held is None:
        return redirect("own-data", event=device.event.slug)
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{device.event.slug}-my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forget(request: HttpRequest, event: str) -> HttpResponse:
    """GET shows what will be deleted and what will stay, and asks; POST erases it and deletes the cookies."""
    device = device_of(request, event)
    held, refused = device.holdings(), None
    if held is None:
        return redirect("own-data", event=device.event.slug)
    if request.method == "POST":
        try:
            check_address("write", request)
            if request.POST.get(SURE) != "yes":
                sentence = _("Tick the box first. This cannot be undone.")
                raise Malformed(sentence, fields={SURE: sentence})
            return _forget(request, device)
        except DomainError as refusal:
            refused = refusal
    context = {"event": device.event, "held": held, "refused": refused}
    status = refused.status if refused else 200
    response = render(request, "home/privacy/forget.html", context, status=status)
    return mark(response, refused) if refused else response


def _forget(request: HttpRequest, device: Device) -> HttpResponse:
    now = timezone.now()
    if device.attendee is not None and device.attendee_pass is not None:
        erase_attendee(attendee=device.attendee, now=now, device=device.attendee_pass)
    erase_stars(event_id=device.event.pk, token=device.star_token)
    messages.success(request, _("You were forgotten. Your access to this event has ended on all devices."))
    response = redirect("own-data", event=device.event.slug)
    response.delete_cookie(pass_cookie_name(device.event.pk), samesite="Lax")
    response.delete_cookie(stars_cookie(device.event.pk), samesite="Lax")
    return response
