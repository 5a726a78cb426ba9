"""The acts of docs/roles.md about webhooks: how each is tried by each door."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from opendev.core.attendance import Caller
from sessions.webhooks.models import Webhook, WebhookDelivery
from sessions.webhooks.services.keeping import add_webhook, send_test
from tests.support.doors import PAGE, REST
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast

HOOK = {
    "url": "https://192.0.2.1/",
    "types": ["poll.closed"],
}  # an address for documents, which leads nowhere


def agree(*answers: Answer) -> Answer:
    assert len({answer.code == "" for answer in answers}) == 1, answers
    return answers[0]


def make(cast: "Cast") -> tuple[Webhook, WebhookDelivery]:
    Webhook.objects.filter(event=cast.event).delete()
    caller = Caller(user_id=cast.users["organiser"].pk)
    of_event: dict[str, Any] = {"event_id": cast.event.pk, "caller": caller, "now": timezone.now()}
    webhook, _secret = add_webhook(fields=HOOK, **of_event)
    return webhook, send_test(webhook_id=webhook.pk, **of_event)


def by_page(cast: "Cast", who: Person) -> Answer:
    webhook, sent = make(cast)
    address = f"/{cast.event.slug}/organise/webhooks/"
    one = f"{address}{webhook.pk}/"
    seen = [of_page(who.get(address)), of_page(who.get(one))]
    done = [
        who.post(address, url=HOOK["url"], types="poll.closed"),
        who.post(one, url=HOOK["url"], types="line.opened"),
    ]
    done += [
        who.post(f"{one}act/", act=act)
        for act in ("test", f"again:{sent.pk}", "secret", "off", "on", "remove")
    ]
    return agree(*seen, *done)


def by_rest(cast: "Cast", who: Person) -> Answer:
    webhook, sent = make(cast)
    path = f"events/{cast.event.slug}/webhooks/"
    one = f"{path}{webhook.pk}/"
    return agree(
        who.rest("GET", path),
        who.rest("POST", path, HOOK),
        who.rest("GET", one),
        who.rest("GET", f"{one}deliveries/"),
        who.rest("POST", f"{one}deliveries/"),
        who.rest("POST", f"{one}deliveries/{sent.pk}/again/"),
        who.rest("POST", f"{one}secret/"),
        who.rest("PATCH", one, {"types": ["line.opened"]}),
        who.rest("DELETE", one),
    )


ACTS = {"Add, change, try and remove webhooks, and read what was sent": {PAGE: [by_page], REST: [by_rest]}}
