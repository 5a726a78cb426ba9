"""The messages of webhooks, for the OpenAPI document. docs/webhooks.md has an example of each."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from sessions.programme.models import Session
from sessions.webhooks.models import TEST_TYPE, WebhookType


class ToldEvent(serializers.Serializer[Any]):
    id = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()


class ToldSession(serializers.Serializer[Any]):
    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(Session.State.choices)
    starts_at = serializers.DateTimeField()
    url = serializers.CharField()


class ToldEndedSession(ToldSession):
    ended_at = serializers.DateTimeField()


class ToldOption(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField(required=False, help_text="only where everybody may see the result")


class ToldPoll(serializers.Serializer[Any]):
    id = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    round = serializers.IntegerField()
    closed_at = serializers.DateTimeField(allow_null=True)
    options = ToldOption(many=True, help_text="none of what people wrote")
    ballots = serializers.IntegerField(required=False, help_text="only where everybody may see the result")
    result = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="figures of kinds that have some"
    )


class ToldLine(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    url = serializers.CharField()
    opened_at = serializers.DateTimeField()


class ToldRecap(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    url = serializers.CharField()


class OfEvent(serializers.Serializer[Any]):
    event = ToldEvent()


class OfPoll(OfEvent):
    session = ToldSession()
    poll = ToldPoll()


class OfLine(OfEvent):
    session = ToldSession()
    line = ToldLine()


class OfSession(OfEvent):
    session = ToldEndedSession()


class OfRecap(OfEvent):
    recap = ToldRecap()


class WebhookMessage(serializers.Serializer[Any]):
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()


class PollMessage(WebhookMessage):
    data = OfPoll()  # type: ignore[assignment]


class LineMessage(WebhookMessage):
    data = OfLine()  # type: ignore[assignment]


class SessionMessage(WebhookMessage):
    data = OfSession()  # type: ignore[assignment]


class RecapMessage(WebhookMessage):
    data = OfRecap()  # type: ignore[assignment]


class TestMessage(WebhookMessage):
    data = OfEvent()  # type: ignore[assignment]


HEADERS = [
    OpenApiParameter("webhook-id", str, OpenApiParameter.HEADER, required=True, description="as in each try"),
    OpenApiParameter(
        "webhook-timestamp", int, OpenApiParameter.HEADER, required=True, description="Unix time"
    ),
    OpenApiParameter(
        "webhook-signature",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description="`v1,` and the Base64 of HMAC-SHA256 over id, timestamp and body, joined by dots",
    ),
]
RESPONSES = {
    "2XX": OpenApiResponse(description="Taken."),
    410: OpenApiResponse(description="Not wanted any more: the webhook is turned off."),
    "default": OpenApiResponse(description="Tried again, up to 8 times over about a day."),
}


def _webhook(type_: str, shape: type[WebhookMessage], description: str) -> OpenApiWebhook:
    schema = extend_schema(
        request=shape, parameters=HEADERS, responses=RESPONSES, description=description, tags=["webhooks"]
    )
    return OpenApiWebhook(name=type_, decorator=schema)


poll_closed = _webhook(WebhookType.POLL_CLOSED.value, PollMessage, "Voting in a poll has ended.")
poll_published = _webhook(WebhookType.POLL_PUBLISHED.value, PollMessage, "A poll's result was published.")
line_opened = _webhook(WebhookType.LINE_OPENED.value, LineMessage, "A follow-up was opened.")
session_ended = _webhook(WebhookType.SESSION_ENDED.value, SessionMessage, "A session has ended.")
recap_published = _webhook(
    WebhookType.RECAP_PUBLISHED.value, RecapMessage, "The recap was published, or a new version of it."
)
test = _webhook(TEST_TYPE, TestMessage, "An organiser sent a test.")
