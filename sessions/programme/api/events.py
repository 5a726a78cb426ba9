"""REST for events and their days: readable by everybody, created and changed by organisers."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import clean_id, id_in_address
from sessions.programme import selectors
from sessions.programme.endpoints import DayShape, Endpoint, EventList, EventShape, page
from sessions.programme.models import Event, EventDay
from sessions.programme.models.embedding import MOST_SITES
from sessions.programme.serializers import edited_event_json, event_json
from sessions.programme.services.events import (
    add_day,
    create_event,
    edit_event,
    move_day,
    remove_day,
    set_committee,
)
from sessions.programme.services.forms_read import wrong
from sessions.programme.services.sessions import order_sessions

NO_EVENT = 0  # an id that no event has: a pass belongs to one event and cannot create another


class EventChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    short_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    series = serializers.CharField(max_length=200, required=False, allow_blank=True)
    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    sponsors_line = serializers.CharField(max_length=300, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False, help_text="as in Europe/Berlin")
    language = serializers.CharField(
        max_length=20, required=False, help_text="one of those that are offered, as in de, pt-BR or zh-Hans"
    )
    visibility = serializers.ChoiceField(
        Event.Visibility.choices,
        required=False,
        help_text="draft: its team alone; unlisted: whoever has a link or a code; public: everybody",
    )

    embed_sites = serializers.ListField(
        child=serializers.CharField(),
        max_length=MOST_SITES,
        required=False,
        help_text="https origins whose pages may show this event's screens in a frame, as in https://example.org",
    )


class EventEdited(EventShape):
    embed_sites = serializers.ListField(child=serializers.CharField())


class EventWanted(EventChange):
    name = serializers.CharField(max_length=200)
    slug = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="made of the name where none is given"
    )


class DayWanted(serializers.Serializer[Any]):
    date = serializers.DateField()


class OrderWanted(serializers.Serializer[Any]):
    order = serializers.ListField(child=serializers.CharField(), help_text="the ids of sessions of this day")


class CommitteeWanted(serializers.Serializer[Any]):
    committee = serializers.CharField(
        max_length=4000, allow_blank=True, help_text="a name a line, and the company behind a comma"
    )


class MemberShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)


class CommitteeShape(serializers.Serializer[Any]):
    committee = MemberShape(many=True)


def event_response(event: Event, *, status: int = 200) -> Response:
    """Return an event's current state."""
    return Response(event_json(event, list(event.sessions.all()), list(event.days.all())), status=status)


def edited_response(event: Event, *, status: int = 200) -> Response:
    """Return an event as it stands now, to its organisers."""
    return Response(
        edited_event_json(event, list(event.sessions.all()), list(event.days.all())), status=status
    )


class Events(Endpoint):
    """All events."""

    @extend_schema(
        operation_id="events_list", auth=OPEN, responses=answers(EventList, refusals=(401, 405, 406, 429))
    )
    def get(self, request: Request) -> Response:
        """List public events and those of the caller's team: with a live session first, without sessions last."""
        return page(
            [
                event_json(event, list(event.sessions.all()), list(event.days.all()))
                for event in selectors.events_listed_to(self.caller(NO_EVENT).user_id)
            ]
        )

    @extend_schema(
        operation_id="event_create",
        request=EventWanted,
        responses=answers(EventEdited, status=201, refusals=WRITE),
    )
    def post(self, request: Request) -> Response:
        """Create an event, and become its organiser. For organisers of another event."""
        caller = self.caller(NO_EVENT)
        return edited_response(create_event(caller=caller, given=self.body()), status=201)


class OneEvent(Endpoint):
    """One event."""

    @extend_schema(operation_id="event_read", auth=OPEN, responses=answers(EventShape))
    def get(self, request: Request, slug: str) -> Response:
        """Return an event."""
        return event_response(selectors.event_by_slug(slug))

    @extend_schema(
        operation_id="event_edit", request=EventChange, responses=answers(EventEdited, refusals=WRITE)
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change the given fields; the address stays. For organisers."""
        event, caller = self.organised(slug)
        return edited_response(edit_event(event_id=event.pk, caller=caller, given=self.body()))


class CommitteeOfEvent(Endpoint):
    """An event's Programming Committee."""

    @extend_schema(
        operation_id="event_set_committee",
        request=CommitteeWanted,
        responses=answers(CommitteeShape, refusals=WRITE),
    )
    def put(self, request: Request, slug: str) -> Response:
        """Set its members; others are removed. For organisers."""
        event, caller = self.organised(slug)
        names = self.body().get("committee")
        members = set_committee(event_id=event.pk, caller=caller, names=names)
        return Response({"committee": [{"name": one.name, "company": one.company} for one in members]})


class DaysOfEvent(Endpoint):
    """An event's days."""

    @extend_schema(
        operation_id="event_day_add",
        request=DayWanted,
        responses=answers(DayShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add a day; days are numbered by their dates. For organisers."""
        event, caller = self.organised(slug)
        day = add_day(event_id=event.pk, caller=caller, given=self.body())
        return Response(_day_json(day), status=201)


class DayEndpoint(Endpoint):
    """Base class of the endpoints about a day."""

    def day(self, slug: str, number: str) -> tuple[dict[str, Any], EventDay]:
        """Return the services' arguments for the day in the address, and the day.

        Raises:
            NotFound, NotSignedIn, NotOrganiser
        """
        event, caller = self.organised(slug)
        day = event.days.filter(number=id_in_address(number)).first()
        if day is None:
            raise NotFound
        return {"event_id": event.pk, "day_id": day.pk, "caller": caller}, day


class OneDay(DayEndpoint):
    """One day."""

    @extend_schema(
        operation_id="event_day_move", request=DayWanted, responses=answers(DayShape, refusals=WRITE)
    )
    def put(self, request: Request, slug: str, number: str) -> Response:
        """Move the day, with all its sessions, to another date. For organisers."""
        of_day, _day = self.day(slug, number)
        return Response(_day_json(move_day(**of_day, given=self.body(), now=timezone.now())))

    @extend_schema(operation_id="event_day_remove", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, slug: str, number: str) -> Response:
        """Remove a day without sessions. For organisers."""
        of_day, _day = self.day(slug, number)
        remove_day(**of_day)
        return Response(status=204)


class OrderOfDay(DayEndpoint):
    """The order of a day's sessions."""

    @extend_schema(
        operation_id="event_day_order", request=OrderWanted, responses=answers(OrderWanted, refusals=WRITE)
    )
    def put(self, request: Request, slug: str, number: str) -> Response:
        """Put the sessions of a day into another order; gaps stay where they are. For organisers."""
        of_day, _day = self.day(slug, number)
        wanted = self.body().get("order")
        if not isinstance(wanted, list):
            raise wrong("order", _("This must be a list of ids."))
        order = [clean_id(one, field="order") for one in wanted]
        ordered = order_sessions(**of_day, order=order, now=timezone.now())
        return Response({"order": [str(session.pk) for session in ordered]})


def _day_json(day: EventDay) -> dict[str, Any]:
    return {"number": day.number, "date": day.date.isoformat()}
