"""The organisers' pages of webhooks: the list, and each with its messages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from opendev.core.errors import DomainError
from opendev.core.outbound import FORBIDDEN, SILENT, UNREACHABLE
from opendev.core.text import MAX_ID, id_in_address
from opendev.home.organise.entrance import show
from sessions.programme.models import Event
from sessions.programme.pages import enter
from sessions.webhooks.models import Webhook, WebhookDelivery, WebhookType
from sessions.webhooks.selectors import deliveries_of, webhook_by_id, webhooks_of
from sessions.webhooks.services import keeping

PART = 50  # messages per page
ERRORS = {
    FORBIDDEN: _("the address is in a private network"),
    SILENT: _("no answer in time"),
    UNREACHABLE: _("the address cannot be reached"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """The event's webhooks, and a form for another."""
    current, caller = enter(request, event)
    if request.method != "POST":
        return _list(request, current)
    try:
        webhook, secret = keeping.add_webhook(
            event_id=current.pk, caller=caller, fields=_fields(request), now=timezone.now()
        )
    except DomainError as refusal:
        return _list(request, current, refused=refusal)
    return _one(request, current, webhook, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def one(request: HttpRequest, event: str, webhook: str) -> HttpResponse:
    """A webhook, its messages, and the actions for it."""
    current, caller = enter(request, event)
    hook = webhook_by_id(id_in_address(webhook), current.pk)
    if request.method != "POST":
        return _one(request, current, hook)
    try:
        keeping.edit_webhook(event_id=current.pk, webhook_id=hook.pk, caller=caller, fields=_fields(request))
    except DomainError as refusal:
        return _one(request, current, hook, refused=refusal)
    return redirect("organise-webhook", event=current.slug, webhook=hook.pk)


@require_POST
@never_cache
def act(request: HttpRequest, event: str, webhook: str) -> HttpResponse:
    """Do the action of a button on a webhook's page: `act` is a word, followed by a message's number for "again"."""
    current, caller = enter(request, event)
    hook = webhook_by_id(id_in_address(webhook), current.pk)
    word, _colon, number = request.POST.get("act", "").partition(":")
    of_webhook: dict[str, Any] = {"event_id": current.pk, "webhook_id": hook.pk, "caller": caller}
    if word == "secret":
        changed, secret = keeping.replace_secret(**of_webhook, now=timezone.now())
        return _one(request, current, changed, secret=secret)
    try:
        _do(word, number, of_webhook)
    except DomainError as refusal:
        return _one(request, current, hook, refused=refusal)
    if word == "remove":
        return redirect("organise-webhooks", event=current.slug)
    return redirect("organise-webhook", event=current.slug, webhook=hook.pk)


def _do(word: str, number: str, of_webhook: dict[str, Any]) -> None:
    """Do an action that has no result to show; an unknown word does nothing."""
    if word in {"on", "off"}:
        keeping.edit_webhook(**of_webhook, fields={"on": word == "on"})
    elif word == "remove":
        keeping.remove_webhook(**of_webhook)
    elif word == "test":
        keeping.send_test(**of_webhook, now=timezone.now())
    elif word == "again":
        keeping.send_again(**of_webhook, delivery_id=id_in_address(number), now=timezone.now())


def _fields(request: HttpRequest) -> dict[str, Any]:
    return {"url": request.POST.get("url", ""), "types": request.POST.getlist("types")}


def _types(chosen: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"value": type_.value, "label": type_.label, "is_chosen": type_.value in chosen}
        for type_ in WebhookType
    ]


def _list(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    typed = _fields(request) if refused else {"url": "", "types": WebhookType.values}
    context = {
        "event": event,
        "webhooks": webhooks_of(event.pk),
        "url": typed["url"],
        "types": _types(typed["types"]),
    }
    return show(request, "webhooks", context, refused=refused)


def _one(
    request: HttpRequest,
    event: Event,
    webhook: Webhook,
    *,
    secret: str = "",
    refused: DomainError | None = None,
) -> HttpResponse:
    is_form = refused is not None and bool(refused.fields)
    typed = _fields(request) if is_form else {"url": webhook.url, "types": webhook.types}
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) <= len(str(MAX_ID))
    deliveries = deliveries_of(
        webhook.pk, before=min(int(before), MAX_ID) if is_number else None, most=PART + 1
    )
    context: dict[str, Any] = {
        "event": event,
        "webhook": webhook,
        "secret": secret,
        "is_replaced": webhook.old_secret_until is not None,
        "url": typed["url"],
        "types": _types(typed["types"]),
        "deliveries": [_row(delivery) for delivery in deliveries[:PART]],
        "older": f"before={deliveries[PART - 1].pk}" if len(deliveries) > PART else "",
    }
    return show(request, "webhook", context, refused=refused)


def _row(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return what the page shows of a message: its content, its state, and its attempts."""
    known = delivery.type in WebhookType.values
    tries: list[dict[str, Any]] = [
        {
            "number": attempt.number,
            "at": attempt.at,
            "answer": attempt.status or ERRORS.get(attempt.error, attempt.error),
            "duration_ms": attempt.duration_ms,
        }
        for attempt in delivery.attempts.all()
    ]
    label = WebhookType(delivery.type).label if known else _("Test")
    return {"delivery": delivery, "what": label, "tries": tries}
