"""REST for reactions and pace."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import AttendeePass
from opendev.core.schema import READ, WRITE, answers
from sessions.attendees.services.passes import check_attends
from sessions.programme.endpoints import Endpoint, ReactionRulesShape
from sessions.programme.models import Session
from sessions.programme.serializers import session_state
from sessions.programme.services.rights import check_moderates
from sessions.reactions import services
from sessions.reactions.counters import PACES, REACTIONS


class ReactionShape(serializers.Serializer[Any]):
    reaction = serializers.ChoiceField(REACTIONS)


class PaceWanted(serializers.Serializer[Any]):
    pace = serializers.ChoiceField(PACES)


class OwnPaceShape(serializers.Serializer[Any]):
    pace = serializers.ChoiceField(PACES, allow_null=True)


class PaceShape(serializers.Serializer[Any]):
    slower = serializers.IntegerField(allow_null=True, help_text="how many; null: a few, one or two")
    lost = serializers.IntegerField(allow_null=True, help_text="how many; null: a few, one or two")


class ReactionRulesWanted(serializers.Serializer[Any]):
    taken = serializers.BooleanField(required=False, allow_null=True)
    on_screen = serializers.BooleanField(required=False, allow_null=True)


class ReactionEndpoint(Endpoint):
    """Shared by the endpoints about reactions."""

    def find(self, session: str) -> tuple[Session, AttendeePass]:
        """Return the session, and the caller's pass.

        Raises:
            NotFound, NotJoined
        """
        here = self.session(session)
        return here, check_attends(self.attendee(self.caller(here.event_id), here.event_id), here)


class ReactionsOfSession(ReactionEndpoint):
    """Reactions in a session."""

    @extend_schema(
        operation_id="session_react",
        request=ReactionShape,
        responses=answers(ReactionShape, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """React. It is counted with those of others and not stored."""
        here, attendee = self.find(session)
        reaction = services.react(
            session=session_state(here), attendee=attendee, reaction=self.body().get("reaction")
        )
        return Response({"reaction": reaction})


class PaceOfSession(ReactionEndpoint):
    """The pace of a session."""

    @extend_schema(operation_id="session_pace_read", responses=answers(PaceShape, refusals=(403, *READ)))
    def get(self, request: Request, session: str) -> Response:
        """Return how many ask for slower, and how many are lost, in the last two minutes. For moderators."""
        here = self.session(session)
        check_moderates(caller=self.caller(here.event_id), session_id=here.pk)
        return Response(services.pace_of(here.pk))

    @extend_schema(
        operation_id="session_pace_set",
        request=PaceWanted,
        responses=answers(OwnPaceShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Signal that it goes too fast, or that you are lost. It counts once, and fades after two minutes."""
        return self._set(session, self.body().get("pace") or "")

    @extend_schema(operation_id="session_pace_take_back", responses=answers(OwnPaceShape, refusals=WRITE))
    def delete(self, request: Request, session: str) -> Response:
        """Withdraw your pace signal."""
        return self._set(session, None)

    def _set(self, session: str, pace: Any) -> Response:
        here, attendee = self.find(session)
        held = services.set_pace(session=session_state(here), attendee=attendee, pace=pace)
        return Response({"pace": held})


class RulesOfReactions(ReactionEndpoint):
    """Whether a session takes reactions."""

    @extend_schema(
        operation_id="session_reaction_rules_change",
        request=ReactionRulesWanted,
        responses=answers(ReactionRulesShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Set whether people can react, and whether the presenter screen shows it. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        values = {field: self.body().get(field) for field in ("taken", "on_screen")}
        changed = services.set_reaction_rules(session_id=here.pk, caller=caller, **values)
        return Response(session_state(changed)["reactions"])
