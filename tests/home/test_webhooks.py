"""The pages of webhooks, without script, and what a program does by REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.core.outbound import Outcome
from sessions.webhooks.models import Webhook, WebhookDelivery
from sessions.webhooks.services.delivering import record_outcome, take_due
from sessions.webhooks.signing import unseal
from tests.factories import make_event, make_organiser, make_session

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/companion"


@pytest.fixture
def event():
    return make_session(make_event(slug="ptg", name="PTG")).event


@pytest.fixture
def organiser(client, event):
    client.force_login(make_organiser(event))
    return client


@pytest.fixture
def webhook(organiser):
    organiser.post("/ptg/organise/webhooks/", {"url": URL, "types": ["poll.closed", "line.opened"]})
    return Webhook.objects.get()


def text_of(response):
    return response.content.decode()


def act(organiser, webhook, word):
    return organiser.post(f"/ptg/organise/webhooks/{webhook.pk}/act/", {"act": word})


def test_secret_is_shown_once_where_the_webhook_is_added(organiser, event):
    assert "/ptg/organise/webhooks/" in text_of(organiser.get("/ptg/organise/"))
    made = organiser.post("/ptg/organise/webhooks/", {"url": URL, "types": ["poll.closed"]})
    webhook = Webhook.objects.get()
    assert (webhook.event_id, webhook.url, webhook.types) == (event.pk, URL, ["poll.closed"])
    secret = unseal(webhook.secret)
    assert secret in text_of(made)
    for address in ("/ptg/organise/webhooks/", f"/ptg/organise/webhooks/{webhook.pk}/"):
        page = text_of(organiser.get(address))
        assert URL in page
        assert secret not in page


def test_refused_form_keeps_what_was_typed(organiser, webhook):
    wrong = {"url": "http://hooks.example.org/typed", "types": ["recap.published"]}
    for address in ("/ptg/organise/webhooks/", f"/ptg/organise/webhooks/{webhook.pk}/"):
        refused = organiser.post(address, wrong)
        page = text_of(refused)
        assert refused.status_code == 400
        assert 'value="http://hooks.example.org/typed"' in page
        assert page.count("checked") == 1
        assert 'id="url-error"' in page
        assert 'id="types-error"' in text_of(organiser.post(address, {"url": URL}))
    assert list(Webhook.objects.values_list("url", flat=True)) == [URL]


def test_webhook_is_changed_turned_off_and_on_and_removed(organiser, webhook):
    address = f"/ptg/organise/webhooks/{webhook.pk}/"
    assert organiser.post(address, {"url": f"{URL}/2", "types": ["session.ended"]}).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.url, webhook.types) == (f"{URL}/2", ["session.ended"])
    for word, off in (("off", "organiser"), ("on", ""), ("nonsense", "")):
        assert act(organiser, webhook, word).status_code == 302
        webhook.refresh_from_db()
        assert webhook.off == off
    old = unseal(webhook.secret)
    page = text_of(act(organiser, webhook, "secret"))
    webhook.refresh_from_db()
    assert unseal(webhook.secret) in page
    assert old not in page
    act(organiser, webhook, "remove")
    assert not Webhook.objects.exists()
    assert organiser.get(address).status_code == 404


def test_log_shows_each_try_and_sends_again(organiser, webhook):
    act(organiser, webhook, "test")
    delivery = WebhookDelivery.objects.get()
    for outcome in (Outcome(503, duration_ms=34), Outcome(None, "timeout", 5003)):
        WebhookDelivery.objects.update(next_try_at=delivery.made_at)
        (taken,) = take_due(delivery.made_at, most=8)
        record_outcome(taken, outcome, delivery.made_at)
    page = text_of(organiser.get(f"/ptg/organise/webhooks/{webhook.pk}/"))
    for words in ("try 1, 503, 34 ms", "try 2, no answer in time, 5003 ms", "Waiting", "Next try:"):
        assert words in page
    assert act(organiser, webhook, f"again:{delivery.pk}").status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)
    assert act(organiser, webhook, "again:99999").status_code == 404
    act(organiser, webhook, "off")
    assert act(organiser, webhook, "test").status_code == 409


def test_log_comes_in_parts(organiser, webhook):
    for _ in range(51):
        act(organiser, webhook, "test")
    address = f"/ptg/organise/webhooks/{webhook.pk}/"
    first = text_of(organiser.get(address))
    assert first.count("again:") == 50
    before = first.partition('href="?before=')[2].partition('"')[0]
    assert text_of(organiser.get(f"{address}?before={before}")).count("again:") == 1
    for odd in ("x", "-1", "9" * 30, "%00"):
        assert organiser.get(f"{address}?before={odd}").status_code == 200


def test_number_of_queries_does_not_grow_with_the_log(organiser, webhook):
    address = f"/ptg/organise/webhooks/{webhook.pk}/"
    counted = []
    for tests in (2, 5):
        for _ in range(tests):
            act(organiser, webhook, "test")
        with CaptureQueriesContext(connection) as queries:
            organiser.get(address)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_webhook_of_another_event_is_not_there(organiser, webhook):
    other = make_session(make_event(slug="summit")).event
    organiser.force_login(make_organiser(other))
    assert organiser.get(f"/summit/organise/webhooks/{webhook.pk}/").status_code == 404
    assert organiser.get(f"/api/v1/events/summit/webhooks/{webhook.pk}/").status_code == 404
    assert organiser.get("/api/v1/events/summit/webhooks/").json()["results"] == []


def test_program_keeps_webhooks_by_rest(organiser, event):
    def send(method, path="", body=None):
        call = getattr(organiser, method)
        return call(f"/api/v1/events/ptg/webhooks/{path}", body, content_type="application/json")

    made = send("post", body={"url": URL, "types": ["line.opened", "poll.closed"]})
    assert made.status_code == 201
    known = made.json()
    assert known["secret"].startswith("whsec_")
    assert known["types"] == ["poll.closed", "line.opened"]
    one = f"{known['id']}/"
    assert "secret" not in organiser.get(f"/api/v1/events/ptg/webhooks/{one}").json()
    assert send("post", one + "secret/").json()["secret"] != known["secret"]
    sent = send("post", one + "deliveries/")
    assert (sent.status_code, sent.json()["type"], sent.json()["state"]) == (202, "webhook.test", "waiting")
    again = send("post", f"{one}deliveries/{sent.json()['id']}/again/")
    assert (again.status_code, again.json()["message_id"]) == (202, sent.json()["message_id"])
    (listed,) = organiser.get(f"/api/v1/events/ptg/webhooks/{one}deliveries/").json()["results"]
    assert listed["attempts"] == []
    assert send("patch", one, {"on": False}).json()["off"] == "organiser"
    assert send("post", one + "deliveries/").json()["code"] == "webhook_is_off"
    refused = send("patch", one, {"types": []})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["types"])
    assert send("patch", one, {"on": "maybe"}).status_code == 400
    assert send("delete", one).status_code == 204
    assert send("delete", one).status_code == 404
