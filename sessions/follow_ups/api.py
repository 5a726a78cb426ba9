"""REST for sign-up lines and the names on them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.floods import check_sign_ups
from opendev.core.limits import limited_networks
from opendev.core.parts import REST_PART, read_cursor
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import MAX_NAME_LENGTH, clean_yes_or_no, id_in_address
from sessions.audit.services import record_reading
from sessions.follow_ups.models import MAX_TITLE_LENGTH, SignUp, SignUpLine
from sessions.follow_ups.selectors import lines as follow_ups
from sessions.follow_ups.selectors.lines import LineWithNames
from sessions.follow_ups.serializers import line_json, mine_json, sign_up_json
from sessions.follow_ups.services import sign_ups
from sessions.follow_ups.services.lines import (
    MAX_ANNOUNCED_LINE,
    MAX_SUMMARY_LENGTH,
    edit_line,
    open_line,
    remove_name,
    restore_name,
)
from sessions.follow_ups.services.rights import check_sees_contacts
from sessions.follow_ups.services.sign_ups import read_wish
from sessions.programme.endpoints import AFTER, Endpoint, last_of, page, part
from sessions.programme.services.rights import check_moderates


class OwnerShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)


class NameShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(SignUp.Source.choices)  # type: ignore[assignment]


class OwnSignUpShape(serializers.Serializer[Any]):
    signed_up = serializers.BooleanField()
    removed = serializers.BooleanField(help_text="a moderator took the name away")
    name = serializers.CharField(required=False)
    company = serializers.CharField(required=False, allow_blank=True)
    shown = serializers.BooleanField(required=False)
    email = serializers.CharField(required=False, allow_blank=True)
    contact_until = serializers.DateField(required=False, allow_null=True)


class LineShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    session = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    url = serializers.CharField()
    state = serializers.ChoiceField(SignUpLine.State.choices)
    announced_line = serializers.IntegerField(allow_null=True)
    owner = OwnerShape(allow_null=True)
    position = serializers.IntegerField()
    version = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="how many names stand under the line, listed or not")
    names = NameShape(many=True, help_text="the first of those who agreed to be listed")
    mine = OwnSignUpShape()


class LineList(serializers.Serializer[Any]):
    results = LineShape(many=True)
    next = serializers.CharField(allow_null=True)


class SignUpShape(NameShape):
    id = serializers.CharField()
    shown = serializers.BooleanField()
    email = serializers.CharField(allow_blank=True, help_text="only while its consent lasts")
    signed_up_at = serializers.DateTimeField()
    removed = serializers.BooleanField()
    claim = serializers.BooleanField(help_text="typed in the pad, and nobody confirmed whose name it is")


class SignUpList(serializers.Serializer[Any]):
    results = SignUpShape(many=True)
    next = serializers.CharField(allow_null=True)


class LineWanted(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=1, max_length=MAX_TITLE_LENGTH)
    summary = serializers.CharField(max_length=MAX_SUMMARY_LENGTH, required=False, allow_blank=True)
    announced_line = serializers.IntegerField(
        min_value=1, max_value=MAX_ANNOUNCED_LINE, required=False, allow_null=True
    )
    owner = serializers.CharField(
        required=False, allow_null=True, help_text="the id of a person of the event"
    )
    state = serializers.ChoiceField(SignUpLine.State.choices, required=False)


class LineChange(LineWanted):
    title = serializers.CharField(min_length=1, max_length=MAX_TITLE_LENGTH, required=False)


class SignUpWanted(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=MAX_NAME_LENGTH, required=False, allow_blank=True)
    company = serializers.CharField(max_length=MAX_NAME_LENGTH, required=False, allow_blank=True)
    shown = serializers.BooleanField(required=False, help_text="everybody may read the name and the company")
    email = serializers.CharField(
        required=False, allow_blank=True, help_text="for the owner and moderators alone"
    )
    consent = serializers.BooleanField(required=False, help_text="true: they may write about this line")
    contact_until = serializers.DateField(required=False, help_text="90 days from now where nothing is said")


class RemovalWanted(serializers.Serializer[Any]):
    removed = serializers.BooleanField()


class LineEndpoint(Endpoint):
    """Base class of the endpoints about lines."""

    def find(self, text: str) -> tuple[LineWithNames, Caller]:
        """Return the line in the address, and the caller.

        Raises:
            NotFound
        """
        found = follow_ups.line_with_names(id_in_address(text))
        return found, self.caller(found.line.session.event_id)

    def answer(self, line_id: int, caller: Caller, *, status: int = 200) -> Response:
        """Return the line's current state for the caller."""
        return Response(_for_caller([follow_ups.line_with_names(line_id)], caller)[0], status=status)


def _for_caller(lines: list[LineWithNames], caller: Caller) -> list[dict[str, Any]]:
    """Return the lines of one event, each with the caller's own sign-up."""
    attendee = caller.attendee_of(lines[0].line.session.event_id) if lines else None
    own = follow_ups.own_sign_ups([(attendee, [found.line.pk for found in lines])])[0] if attendee else {}
    return [{**line_json(found), "mine": mine_json(own.get(found.line.pk))} for found in lines]


class LinesOfSession(LineEndpoint):
    """A session's sign-up lines."""

    @extend_schema(operation_id="session_lines_list", auth=OPEN, responses=answers(LineList))
    def get(self, request: Request, session: str) -> Response:
        """List the lines with the names of those who agreed to be listed."""
        found = self.session(session)
        return page(_for_caller(follow_ups.lines_of([found.pk]), self.caller(found.event_id)))

    @extend_schema(
        operation_id="line_open", request=LineWanted, responses=answers(LineShape, status=201, refusals=WRITE)
    )
    def post(self, request: Request, session: str) -> Response:
        """Open a line for sign-ups. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        check_moderates(caller=caller, session_id=found.pk)
        line = open_line(session_id=found.pk, caller=caller, given=self.body(), now=timezone.now())
        return self.answer(line.pk, caller, status=201)


class OneLine(LineEndpoint):
    """One sign-up line."""

    @extend_schema(operation_id="line_read", auth=OPEN, responses=answers(LineShape))
    def get(self, request: Request, line: str) -> Response:
        """Return a line."""
        found, caller = self.find(line)
        return self.answer(found.line.pk, caller)

    @extend_schema(
        operation_id="line_change", request=LineChange, responses=answers(LineShape, refusals=WRITE)
    )
    def patch(self, request: Request, line: str) -> Response:
        """Change a line's texts, number or owner, close it, or reopen it. For moderators."""
        found, caller = self.find(line)
        check_moderates(caller=caller, session_id=found.line.session_id)
        edit_line(line_id=found.line.pk, caller=caller, given=self.body(), now=timezone.now())
        return self.answer(found.line.pk, caller)


class SignUpsOfLine(LineEndpoint):
    """The names on a line."""

    @extend_schema(
        operation_id="sign_ups_list",
        parameters=[AFTER],
        responses=answers(SignUpList, refusals=(400, 401, 403, *READ[1:])),
    )
    def get(self, request: Request, line: str) -> Response:
        """List all names in pages of up to 100, with the agreed addresses. For the line's owner and moderators."""
        found, caller = self.find(line)
        check_sees_contacts(caller=caller, line=found.line)
        today = timezone.now().date()
        rows = follow_ups.part_of_names(found.line.pk, read_cursor(request.query_params), REST_PART)
        last = last_of(rows, lambda name: (name.signed_up_at, name.pk))
        names = [sign_up_json(name, today) for name in rows]
        record_reading(
            caller=caller,
            event_id=found.line.session.event_id,
            subject=f"line {found.line.pk}",
            addresses=sum(bool(name["email"]) for name in names),
        )
        return part(names, request, last)

    @extend_schema(
        operation_id="sign_up",
        request=SignUpWanted,
        responses=answers(OwnSignUpShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, line: str) -> Response:
        """Put your name on the line; repeating it changes nothing."""
        return self._ask(line, self.body(), withdraws=False, status=201)

    def _ask(self, line: str, given: dict[str, Any], *, withdraws: bool, status: int = 200) -> Response:
        found, caller = self.find(line)
        attendee, now = self.attendee(caller, found.line.session.event_id), timezone.now()
        wish = read_wish(given, line=line, attendee=attendee, withdraws=withdraws, now=now)
        if not withdraws:
            networks = limited_networks(self.request._request)
            check_sign_ups(networks=networks, attendee=attendee, session_id=found.line.session_id)
        return Response(mine_json(sign_ups.sign_up(wish=wish, now=now).sign_up), status=status)


class OwnSignUp(SignUpsOfLine):
    """Your own name on a line."""

    http_method_names = ["delete", "options"]

    @extend_schema(operation_id="sign_up_withdraw", responses=answers(OwnSignUpShape, refusals=WRITE))
    def delete(self, request: Request, line: str) -> Response:
        """Withdraw your name; its address is deleted with it."""
        return self._ask(line, {}, withdraws=True)


class OneSignUp(LineEndpoint):
    """A name on a line, for moderators."""

    @extend_schema(
        operation_id="sign_up_remove", request=RemovalWanted, responses=answers(SignUpShape, refusals=WRITE)
    )
    def put(self, request: Request, line: str, sign_up: str) -> Response:
        """Remove an abusive name from the line, or restore it. For moderators."""
        found, caller = self.find(line)
        check_moderates(caller=caller, session_id=found.line.session_id)
        sign_up_id = id_in_address(sign_up)
        removed = clean_yes_or_no(self.body().get("removed"), field="removed")
        if not follow_ups.stands_under(sign_up_id, found.line.pk):
            raise NotFound
        if removed:
            done = remove_name(sign_up_id=sign_up_id, caller=caller, now=timezone.now())
        else:
            done = restore_name(sign_up_id=sign_up_id, caller=caller)
        return Response(sign_up_json(done, timezone.now().date()))
