"""REST for the caller's own bank of polls."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import Malformed
from opendev.core.schema import WRITE, answers
from opendev.core.text import clean_id, id_in_address
from opendev.room.bank.acts import (
    add_from_bank,
    bank_of,
    banked_json,
    owner_of,
    remove_from_bank,
    save_to_bank,
)
from sessions.programme.api.events import NO_EVENT
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.services.rights import check_moderates


class BankedShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    poll = serializers.DictField(child=serializers.JSONField(), help_text="as REST takes a new poll")
    saved_at = serializers.DateTimeField()


class BankedList(serializers.Serializer[Any]):
    results = BankedShape(many=True)
    next = serializers.CharField(allow_null=True)


class ToBankWanted(serializers.Serializer[Any]):
    session = serializers.CharField()
    polls = serializers.ListField(child=serializers.CharField(), min_length=1, help_text="of the session")


class FromBankWanted(serializers.Serializer[Any]):
    polls = serializers.ListField(child=serializers.CharField(), min_length=1, help_text="of the bank")


class FromBankShape(serializers.Serializer[Any]):
    polls = serializers.ListField(child=serializers.CharField(), help_text="the ids of the new drafts")


class BankEndpoint(Endpoint):
    """Shared by these endpoints."""

    def polls_named(self) -> set[int]:
        """Return the ids in the body.

        Raises:
            Malformed
        """
        polls = self.body().get("polls")
        if not isinstance(polls, list):
            sentence = _("The polls must be a list of ids.")
            raise Malformed(sentence, fields={"polls": sentence})
        return {clean_id(poll, field="polls") for poll in polls}


class Bank(BankEndpoint):
    """The caller's bank."""

    @extend_schema(operation_id="bank_list", responses=answers(BankedList, refusals=(401, 405, 406, 429)))
    def get(self, request: Request) -> Response:
        """List the polls in your bank, the latest first. For signed-in users; nobody can read another's."""
        return page([banked_json(row) for row in bank_of(self.caller(NO_EVENT))])

    @extend_schema(
        operation_id="bank_save",
        request=ToBankWanted,
        responses=answers(BankedList, status=201, refusals=WRITE),
    )
    def post(self, request: Request) -> Response:
        """Save polls of a session to your bank; polls in it are not saved twice. For the session's moderators."""
        owner_of(self.caller(NO_EVENT))
        here = self.session(str(clean_id(self.body().get("session"), field="session")))
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        saved = save_to_bank(session=here, caller=caller, polls=self.polls_named(), now=timezone.now())
        return Response({"results": [banked_json(row) for row in saved], "next": None}, status=201)


class OneBanked(BankEndpoint):
    """A poll of the caller's bank."""

    @extend_schema(operation_id="bank_remove", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, banked: str) -> Response:
        """Remove a poll from your bank; drafts that were made from it stay."""
        remove_from_bank(caller=self.caller(NO_EVENT), banked=id_in_address(banked))
        return Response(status=204)


class BankOfSession(BankEndpoint):
    """From the caller's bank into a session."""

    @extend_schema(
        operation_id="session_polls_from_bank",
        request=FromBankWanted,
        responses=answers(FromBankShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Add polls of your bank as drafts, all of them or none. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        added = add_from_bank(
            session_id=here.pk, caller=caller, banked=self.polls_named(), now=timezone.now()
        )
        return Response({"polls": [str(poll.pk) for poll in added]}, status=201)
