"""REST for webhooks. For organisers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.parts import REST_PART, read_cursor
from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import id_in_address
from sessions.programme.endpoints import AFTER, Endpoint, last_of, page, part
from sessions.webhooks.models import Webhook, WebhookDelivery, WebhookType
from sessions.webhooks.selectors import deliveries_of, webhook_by_id, webhooks_of
from sessions.webhooks.serializers import delivery_json, webhook_json
from sessions.webhooks.services import keeping

READ_ORGANISED = (*READ, 403)


class WebhookShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.ChoiceField(WebhookType.choices))
    off = serializers.ChoiceField(Webhook.Off.choices, allow_null=True, help_text="null while it is on")
    created_at = serializers.DateTimeField()
    old_secret_until = serializers.DateTimeField(allow_null=True)


class WebhookMade(WebhookShape):
    secret = serializers.CharField(help_text="`whsec_…`; told only now")


class WebhookList(serializers.Serializer[Any]):
    results = WebhookShape(many=True)
    next = serializers.CharField(allow_null=True)


class WebhookWanted(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500, help_text="an https address")
    types = serializers.ListField(child=serializers.ChoiceField(WebhookType.choices), min_length=1)


class WebhookChanges(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500, required=False)
    types = serializers.ListField(
        child=serializers.ChoiceField(WebhookType.choices), min_length=1, required=False
    )
    on = serializers.BooleanField(required=False, help_text="what waits when it is turned off is given up")


class WebhookAttemptShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.ChoiceField(["forbidden", "unreachable", "timeout"], allow_null=True)
    duration_ms = serializers.IntegerField()


class WebhookDeliveryShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    message_id = serializers.CharField(help_text="the header `webhook-id`, the same in all tries")
    type = serializers.CharField()
    made_at = serializers.DateTimeField()
    state = serializers.ChoiceField(WebhookDelivery.State.choices)
    next_try_at = serializers.DateTimeField(allow_null=True)
    attempts = WebhookAttemptShape(many=True)


class WebhookDeliveryList(serializers.Serializer[Any]):
    results = WebhookDeliveryShape(many=True)
    next = serializers.CharField(allow_null=True)


class WebhooksOfEvent(Endpoint):
    """An event's webhooks."""

    @extend_schema(operation_id="webhooks_list", responses=answers(WebhookList, refusals=READ_ORGANISED))
    def get(self, request: Request, slug: str) -> Response:
        """List the event's webhooks. For organisers."""
        event, _caller = self.organised(slug)
        return page([webhook_json(webhook) for webhook in webhooks_of(event.pk)])

    @extend_schema(
        operation_id="webhook_add",
        request=WebhookWanted,
        responses=answers(WebhookMade, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add an address to notify (docs/webhooks.md); up to 10 per event. For organisers."""
        event, caller = self.organised(slug)
        webhook, secret = keeping.add_webhook(
            event_id=event.pk, caller=caller, fields=self.body(), now=timezone.now()
        )
        return Response({**webhook_json(webhook), "secret": secret}, status=201)


class OneWebhook(Endpoint):
    """One webhook."""

    @extend_schema(operation_id="webhook_read", responses=answers(WebhookShape, refusals=READ_ORGANISED))
    def get(self, request: Request, slug: str, webhook: str) -> Response:
        """Return a webhook. For organisers."""
        event, _caller = self.organised(slug)
        return Response(webhook_json(webhook_by_id(id_in_address(webhook), event.pk)))

    @extend_schema(
        operation_id="webhook_change",
        request=WebhookChanges,
        responses=answers(WebhookShape, refusals=WRITE),
    )
    def patch(self, request: Request, slug: str, webhook: str) -> Response:
        """Change its address or its types, or turn it on or off. For organisers."""
        event, caller = self.organised(slug)
        changed = keeping.edit_webhook(
            event_id=event.pk, webhook_id=id_in_address(webhook), caller=caller, fields=self.body()
        )
        return Response(webhook_json(changed))

    @extend_schema(operation_id="webhook_remove", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, slug: str, webhook: str) -> Response:
        """Remove it with its log and its waiting messages. For organisers."""
        event, caller = self.organised(slug)
        keeping.remove_webhook(event_id=event.pk, webhook_id=id_in_address(webhook), caller=caller)
        return Response(status=204)


class SecretOfWebhook(Endpoint):
    """The signing secret."""

    @extend_schema(
        operation_id="webhook_replace_secret", request=None, responses=answers(WebhookMade, refusals=WRITE)
    )
    def post(self, request: Request, slug: str, webhook: str) -> Response:
        """Create a new secret; for a day messages are signed with the old one too. For organisers."""
        event, caller = self.organised(slug)
        changed, secret = keeping.replace_secret(
            event_id=event.pk, webhook_id=id_in_address(webhook), caller=caller, now=timezone.now()
        )
        return Response({**webhook_json(changed), "secret": secret})


class DeliveriesOfWebhook(Endpoint):
    """Sent messages."""

    @extend_schema(
        operation_id="webhook_deliveries_list",
        parameters=[AFTER],
        responses=answers(WebhookDeliveryList, refusals=(400, *READ_ORGANISED)),
    )
    def get(self, request: Request, slug: str, webhook: str) -> Response:
        """List the messages of 30 days with their tries, in pages of up to 100, newest first. For organisers."""
        event, _caller = self.organised(slug)
        hook = webhook_by_id(id_in_address(webhook), event.pk)
        cursor = read_cursor(request.query_params)
        deliveries = deliveries_of(hook.pk, before=cursor[1] if cursor else None, most=REST_PART)
        last = last_of(deliveries, lambda delivery: (delivery.made_at, delivery.pk))
        return part([delivery_json(delivery) for delivery in deliveries], request, last)

    @extend_schema(
        operation_id="webhook_send_test",
        request=None,
        responses=answers(WebhookDeliveryShape, status=202, refusals=WRITE),
    )
    def post(self, request: Request, slug: str, webhook: str) -> Response:
        """Send a test, a message of the type `webhook.test`. For organisers."""
        event, caller = self.organised(slug)
        delivery = keeping.send_test(
            event_id=event.pk, webhook_id=id_in_address(webhook), caller=caller, now=timezone.now()
        )
        return Response(delivery_json(delivery), status=202)


class OneDelivery(Endpoint):
    """One message."""

    @extend_schema(
        operation_id="webhook_send_again",
        request=None,
        responses=answers(WebhookDeliveryShape, status=202, refusals=WRITE),
    )
    def post(self, request: Request, slug: str, webhook: str, delivery: str) -> Response:
        """Send a message again, with the same id and body. For organisers."""
        event, caller = self.organised(slug)
        again = keeping.send_again(
            event_id=event.pk,
            webhook_id=id_in_address(webhook),
            delivery_id=id_in_address(delivery),
            caller=caller,
            now=timezone.now(),
        )
        return Response(delivery_json(again), status=202)
