"""REST for run sheets: the plan for moderators, and the running item for everybody."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_id, id_in_address
from opendev.room import run_sheets
from opendev.room.run_sheet_socket import FIELDS, listed
from sessions.programme.endpoints import Endpoint
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import SheetWithItems, sheet_with_items
from sessions.run_sheet.serializers import run_sheet_json, running_json
from sessions.run_sheet.services.plan import MAX_ITEMS, MAX_MINUTES, MAX_TEXT_LENGTH, edit_item, remove_item


class ItemShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(RunSheetItem.Kind.choices)
    text = serializers.CharField(allow_blank=True)
    minutes = serializers.IntegerField()
    subject = serializers.CharField(allow_null=True, help_text="the id of the poll or the sign-up line")
    started_at = serializers.DateTimeField(allow_null=True)
    used_s = serializers.IntegerField(help_text="seconds, without a run that still goes on")


class RunSheetShape(serializers.Serializer[Any]):
    session = serializers.CharField()
    version = serializers.IntegerField()
    running = serializers.CharField(allow_null=True, help_text="the id of the item that runs")
    since = serializers.DateTimeField(allow_null=True)
    moved_by = serializers.CharField(allow_blank=True, help_text="who went on last")
    undo_until = serializers.DateTimeField(allow_null=True)
    items = ItemShape(many=True)


class RunningItemShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(RunSheetItem.Kind.choices, help_text="never a note")
    text = serializers.CharField(allow_blank=True)
    line = serializers.CharField(allow_null=True, help_text="the sign-up line that is announced")
    since = serializers.DateTimeField()


class PromptShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    shown_at = serializers.DateTimeField()


class RunningShape(serializers.Serializer[Any]):
    session = serializers.CharField()
    version = serializers.IntegerField()
    item = RunningItemShape(allow_null=True)
    prompts = PromptShape(many=True, help_text="those that the room was shown so far")


class ItemWanted(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(RunSheetItem.Kind.choices)
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH, help_text="of a follow-up: 120 at most"
    )
    minutes = serializers.IntegerField(required=False, min_value=0, max_value=MAX_MINUTES)
    subject = serializers.CharField(required=False, allow_null=True)
    line = serializers.CharField(
        required=False, help_text="of a poll, instead of its id: Question? / one / two"
    )


class ItemsWanted(serializers.Serializer[Any]):
    items = serializers.ListField(child=ItemWanted(), required=False, min_length=1, max_length=MAX_ITEMS)
    lines = serializers.CharField(required=False, help_text="the plan as text, instead: an item a line")


class ItemChange(serializers.Serializer[Any]):
    text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH)
    minutes = serializers.IntegerField(required=False, min_value=0, max_value=MAX_MINUTES)
    position = serializers.IntegerField(required=False, min_value=1, help_text="its new place, from 1")


class RunningWanted(serializers.Serializer[Any]):
    item = serializers.CharField(allow_null=True, help_text="null: none")
    seen = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="the item that you saw running"
    )


class NextWanted(serializers.Serializer[Any]):
    seen = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="the item that you saw running"
    )
    close = serializers.CharField(
        required=False, allow_null=True, help_text="the id of a live poll that closes with the step"
    )


def _answer(found: SheetWithItems, *, status: int = 200) -> Response:
    return Response(run_sheet_json(found), status=status)


class SheetEndpoint(Endpoint):
    """Base class of these endpoints."""

    def asked(self, session: str) -> tuple[Session, Caller]:
        """Return the session and the caller.

        Raises:
            NotFound
        """
        found = self.session(session)
        return found, self.caller(found.event_id)


class RunSheetOfSession(SheetEndpoint):
    """A session's plan."""

    @extend_schema(operation_id="run_sheet_read", responses=answers(RunSheetShape, refusals=(*READ, 403)))
    def get(self, request: Request, session: str) -> Response:
        """Return the plan, and the used times. For moderators."""
        found, caller = self.asked(session)
        check_moderates(caller=caller, session_id=found.pk)
        return _answer(sheet_with_items(found.pk))


class ItemsOfRunSheet(SheetEndpoint):
    """The items of a plan."""

    @extend_schema(
        operation_id="run_sheet_add",
        request=ItemsWanted,
        responses=answers(RunSheetShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Add items, or a plan as text, at the end: all of it or nothing. For moderators."""
        found, caller = self.asked(session)
        check_moderates(caller=caller, session_id=found.pk)
        body, now = self.body(), timezone.now()
        if "lines" in body:
            added = run_sheets.paste_plan(session_id=found.pk, caller=caller, text=body["lines"], now=now)
        else:
            items = listed(body.get("items"))
            added = run_sheets.add_items(session_id=found.pk, caller=caller, given=items, now=now)
        return _answer(added, status=201)


class OneItem(SheetEndpoint):
    """An item of a plan."""

    @extend_schema(
        operation_id="run_sheet_edit", request=ItemChange, responses=answers(RunSheetShape, refusals=WRITE)
    )
    def patch(self, request: Request, session: str, item: str) -> Response:
        """Change its text, minutes or position. For moderators."""
        found, caller = self.asked(session)
        body = self.body()
        given = {field: body[field] for field in FIELDS if field in body}
        return _answer(
            edit_item(session_id=found.pk, item_id=id_in_address(item), caller=caller, given=given)
        )

    @extend_schema(operation_id="run_sheet_remove", responses=answers(RunSheetShape, refusals=WRITE))
    def delete(self, request: Request, session: str, item: str) -> Response:
        """Remove it from the plan; what it opened stays. For moderators."""
        found, caller = self.asked(session)
        return _answer(remove_item(session_id=found.pk, item_id=id_in_address(item), caller=caller))


class Running(SheetEndpoint):
    """The running item."""

    @extend_schema(operation_id="running_read", auth=OPEN, responses=answers(RunningShape))
    def get(self, request: Request, session: str) -> Response:
        """Return the running item and the prompts shown so far, as everybody may see them: never planned items."""
        return Response(running_json(sheet_with_items(self.session(session).pk)))

    @extend_schema(
        operation_id="running_set", request=RunningWanted, responses=answers(RunSheetShape, refusals=WRITE)
    )
    def put(self, request: Request, session: str) -> Response:
        """Go to any item; a draft poll is launched, a follow-up opened. For moderators."""
        found, caller = self.asked(session)
        check_moderates(caller=caller, session_id=found.pk)
        body = self.body()
        wanted = None if "item" in body and body["item"] is None else clean_id(body.get("item"), field="item")
        seen, now = body.get("seen"), timezone.now()
        return _answer(
            run_sheets.go_to(session_id=found.pk, item_id=wanted, caller=caller, seen=seen, now=now)
        )


class NextOfRunSheet(SheetEndpoint):
    """A step."""

    @extend_schema(
        operation_id="run_sheet_next", request=NextWanted, responses=answers(RunSheetShape, refusals=WRITE)
    )
    def post(self, request: Request, session: str) -> Response:
        """Move on to the next item. For moderators."""
        found, caller = self.asked(session)
        body, now = self.body(), timezone.now()
        seen, close = body.get("seen"), body.get("close")
        return _answer(run_sheets.go_on(session_id=found.pk, caller=caller, seen=seen, close=close, now=now))


class UndoOfRunSheet(SheetEndpoint):
    """Undoing a step."""

    @extend_schema(
        operation_id="run_sheet_undo", request=None, responses=answers(RunSheetShape, refusals=WRITE)
    )
    def post(self, request: Request, session: str) -> Response:
        """Undo the last step within five seconds, together with its launch. For moderators."""
        found, caller = self.asked(session)
        return _answer(run_sheets.step_back(session_id=found.pk, caller=caller, now=timezone.now()))
