"""REST for pads: a session's link, its repairs, and an event's rules for new pads."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from etherpad_links import selectors, services
from etherpad_links.models import EtherpadLink, PadLine
from etherpad_links.serializers import event_pad_json, pad_json, pad_rules_json
from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_yes_or_no, id_in_address
from sessions.follow_ups.selectors.lines import line_with_names
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates


class LineOfPadShape(serializers.Serializer[Any]):
    line = serializers.CharField()
    number = serializers.IntegerField(
        allow_null=True, help_text="of its heading now; null while it is not there"
    )
    state = serializers.ChoiceField(PadLine.State.choices)
    pending = serializers.IntegerField(help_text="names that have yet to be written")


class PadShape(serializers.Serializer[Any]):
    session = serializers.CharField()
    version = serializers.IntegerField()
    url = serializers.CharField()
    health = serializers.ChoiceField(EtherpadLink.Health.choices)
    lines = LineOfPadShape(many=True)


class PadWanted(serializers.Serializer[Any]):
    url = serializers.CharField(min_length=1, max_length=500, help_text="of the pad, on any Etherpad server")
    key = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="API key of its server, kept sealed"
    )


class HeadingWanted(serializers.Serializer[Any]):
    number = serializers.IntegerField(
        min_value=1, required=False, help_text="the line of the pad that is the heading"
    )
    anew = serializers.BooleanField(required=False, help_text="true: write the heading at the pad's end")


class PadOfEventShape(serializers.Serializer[Any]):
    session = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    health = serializers.ChoiceField(EtherpadLink.Health.choices, allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    lost_lines = serializers.IntegerField(help_text="headings that cannot be found in the pad")


class PadsOfEventShape(serializers.Serializer[Any]):
    results = PadOfEventShape(many=True)
    next = serializers.CharField(allow_null=True)


class PadRulesShape(serializers.Serializer[Any]):
    name_pattern = serializers.CharField(max_length=80, allow_blank=True)
    template = serializers.CharField(max_length=50, allow_blank=True)


class PadRulesChange(serializers.Serializer[Any]):
    name_pattern = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="with {session}, and {event} if you like"
    )
    template = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text="the pad that new ones are copied from"
    )


class PadOfSession(Endpoint):
    """A session's pad."""

    def found(self, session: str) -> tuple[Session, Caller]:
        """Return the session and the caller."""
        found = self.session(session)
        return found, self.caller(found.event_id)

    def answer(self, session_id: int, *, status: int = 200) -> Response:
        """Return the pad as everybody may see it.

        Raises:
            NotFound: the session has no pad.
        """
        states = selectors.pad_states([session_id])
        if not states:
            raise NotFound
        return Response(pad_json(states[0]), status=status)

    @extend_schema(operation_id="pad_read", auth=OPEN, responses=answers(PadShape))
    def get(self, request: Request, session: str) -> Response:
        """Return the session's pad: its address, whether we can reach it, and on which line each heading is now."""
        return self.answer(self.found(session)[0].pk)

    @extend_schema(operation_id="pad_link", request=PadWanted, responses=answers(PadShape, refusals=WRITE))
    def put(self, request: Request, session: str) -> Response:
        """Link the session with a pad. For moderators."""
        found, caller = self.found(session)
        check_moderates(caller=caller, session_id=found.pk)
        given = self.body()
        services.link_pad(session_id=found.pk, caller=caller, url=given.get("url"), key=given.get("key", ""))
        return self.answer(found.pk)

    @extend_schema(
        operation_id="pad_make", request=None, responses=answers(PadShape, status=201, refusals=WRITE)
    )
    def post(self, request: Request, session: str) -> Response:
        """Create a pad on the operator's server by the event's rules, unless one is linked already. For moderators."""
        found, caller = self.found(session)
        services.make_pad_for(session=found, caller=caller)
        return self.answer(found.pk, status=201)

    @extend_schema(operation_id="pad_unlink", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, session: str) -> Response:
        """Unlink the pad; the pad and the sign-ups stay. For moderators."""
        found, caller = self.found(session)
        services.unlink_pad(session_id=found.pk, caller=caller)
        return Response(status=204)


class HeadingOfLine(Endpoint):
    """A sign-up line's lost heading in the pad."""

    @extend_schema(
        operation_id="heading_repair",
        request=HeadingWanted,
        responses=answers(PadShape, status=202, refusals=WRITE),
    )
    def put(self, request: Request, line: str) -> Response:
        """Choose which line of the pad is meant, or have the heading written again. For moderators."""
        found = line_with_names(id_in_address(line)).line
        caller = self.caller(found.session.event_id)
        check_moderates(caller=caller, session_id=found.session_id)
        given = self.body()
        if clean_yes_or_no(given.get("anew", False), field="anew"):
            services.write_heading_anew(line_id=found.pk, caller=caller)
        else:
            services.point_to_heading(line_id=found.pk, caller=caller, number=given.get("number"))
        return Response(pad_json(selectors.pad_states([found.session_id])[0]), status=202)


class PadsOfEvent(Endpoint):
    """The pads of an event's sessions."""

    @extend_schema(operation_id="event_pads_list", responses=answers(PadsOfEventShape, refusals=(*READ, 403)))
    def get(self, request: Request, slug: str) -> Response:
        """List the sessions with their pads, and whether we can reach them. For organisers."""
        event, _caller = self.organised(slug)
        return page([event_pad_json(*pair) for pair in selectors.pads_of_event(event.pk)])


class RulesOfPads(Endpoint):
    """An event's rules for new pads."""

    @extend_schema(operation_id="pad_rules_read", responses=answers(PadRulesShape, refusals=(*READ, 403)))
    def get(self, request: Request, slug: str) -> Response:
        """Return the names of new pads and what they are copied from; "" is the operator's default. For organisers."""
        event, _caller = self.organised(slug)
        return Response(pad_rules_json(selectors.pad_rules_of(event.pk)))

    @extend_schema(
        operation_id="pad_rules_change",
        request=PadRulesChange,
        responses=answers(PadRulesShape, refusals=WRITE),
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change the rules. For organisers."""
        event, caller = self.organised(slug)
        return Response(
            pad_rules_json(services.set_pad_rules(event_id=event.pk, caller=caller, given=self.body()))
        )
