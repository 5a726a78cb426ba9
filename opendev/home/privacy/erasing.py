"""Erasing a whole event: the page that shows what will be deleted and asks for the event's address, and REST."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import DomainError
from opendev.core.schema import READ, WRITE, answers
from opendev.erasure.events import counts_of_event, erase_event
from opendev.home.organise.entrance import show
from sessions.programme.api import events
from sessions.programme.endpoints import Endpoint
from sessions.programme.pages import enter

WHAT = {
    "sessions": gettext_lazy("sessions"),
    "polls": gettext_lazy("polls"),
    "votes": gettext_lazy("votes"),
    "questions": gettext_lazy("questions"),
    "sign_ups": gettext_lazy("sign-ups"),
    "attendees": gettext_lazy("attendees"),
    "registrations": gettext_lazy("registrations"),
    "people": gettext_lazy("people"),
    "pads": gettext_lazy("pads"),
    "recaps": gettext_lazy("recaps"),
}
CONFIRM = OpenApiParameter(
    "confirm", str, required=True, description="the event's address once more, to confirm"
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """GET shows what would be deleted; POST erases it if the event's address was typed."""
    event_row, caller = enter(request, event)
    refused, typed = None, request.POST.get("confirm", "")
    if request.method == "POST":
        try:
            erase_event(event_id=event_row.pk, caller=caller, confirmation=typed)
        except DomainError as refusal:
            refused = refusal
        else:
            messages.success(request, _("The event was erased."))
            return redirect("home")
    counts = [(WHAT[name], number) for name, number in counts_of_event(event_row.pk).items()]
    context = {"event": event_row, "counts": counts, "typed": typed}
    return show(request, "erase", context, refused=refused)


class EventErasureShape(serializers.Serializer[Any]):
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="how many would go, by what")


class ErasureOfEvent(Endpoint):
    """The data that would be erased with an event."""

    @extend_schema(
        operation_id="event_erasure_read", responses=answers(EventErasureShape, refusals=(*READ, 403))
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return what erasing the event would delete. Changes nothing. For organisers."""
        event, _caller = self.organised(slug)
        return Response({"rows": counts_of_event(event.pk)})


class OneEvent(events.OneEvent):
    """One event."""

    @extend_schema(
        operation_id="event_erase",
        parameters=[CONFIRM],
        responses=answers(None, status=204, refusals=WRITE),
    )
    def delete(self, request: Request, slug: str) -> Response:
        """Erase the event with everything that belongs to it, for good; not while a session is live. For organisers."""
        event, caller = self.organised(slug)
        erase_event(event_id=event.pk, caller=caller, confirmation=request.query_params.get("confirm", ""))
        return Response(status=204)
