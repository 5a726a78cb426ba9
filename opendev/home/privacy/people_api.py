"""REST for people's data, for an event's organisers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import id_in_address
from opendev.erasure.people import erase_people, person_file, read_chosen, search_people
from opendev.home.privacy.own_api import HoldingsShape
from sessions.programme.endpoints import Endpoint, page

WHO = OpenApiParameter("who", str, required=True, description="a part of a name or of an email address")


class PersonMatchShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["attendees", "registrations", "sign_ups"])
    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    emails = serializers.ListField(child=serializers.CharField())
    goes = serializers.DictField(
        child=serializers.IntegerField(), help_text="how many rows go along, by what"
    )


class PersonMatchList(serializers.Serializer[Any]):
    results = PersonMatchShape(many=True)
    next = serializers.CharField(allow_null=True)


class ErasureWanted(serializers.Serializer[Any]):
    attendees = serializers.ListField(child=serializers.CharField(), required=False)
    registrations = serializers.ListField(child=serializers.CharField(), required=False)
    sign_ups = serializers.ListField(child=serializers.CharField(), required=False)


class ErasureShape(serializers.Serializer[Any]):
    erased = serializers.IntegerField()


class PeopleOfEvent(Endpoint):
    """People of an event, for requests about their data."""

    @extend_schema(
        operation_id="people_search",
        parameters=[WHO],
        responses=answers(PersonMatchList, refusals=(400, *READ, 403)),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Find people, with the data that erasing them would delete. Changes nothing. For organisers."""
        event, caller = self.organised(slug)
        search = search_people(event_id=event.pk, caller=caller, who=request.query_params.get("who", ""))
        return page([match.as_json() for match in search.matches])


class DataOfPerson(Endpoint):
    """The data held about one attendee."""

    @extend_schema(operation_id="person_data_read", responses=answers(HoldingsShape, refusals=(*READ, 403)))
    def get(self, request: Request, slug: str, number: str) -> Response:
        """Return the data held about an attendee, to answer their request. For organisers; the audit log says so."""
        event, caller = self.organised(slug)
        held = person_file(
            event_id=event.pk, caller=caller, attendee_id=id_in_address(number), now=timezone.now()
        )
        return Response(held)


class ErasuresOfEvent(Endpoint):
    """Erasing people."""

    @extend_schema(
        operation_id="people_erase", request=ErasureWanted, responses=answers(ErasureShape, refusals=WRITE)
    )
    def post(self, request: Request, slug: str) -> Response:
        """Erase people for good: all of them, or none. Tallies stay as they are. For organisers."""
        event, caller = self.organised(slug)
        chosen = read_chosen(self.body())
        erased = erase_people(event_id=event.pk, caller=caller, chosen=chosen, now=timezone.now())
        return Response({"erased": erased})
