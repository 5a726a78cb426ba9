"""What happens is in the outbox with the act itself, for those who asked for it, and tells nothing that is hidden."""

import json
import re
from datetime import timedelta
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.recap.services import draft_recap, publish_recap
from opendev.room.rehearsals import start_rehearsal
from opendev.room.services import set_session_state
from polls.models import Poll
from polls.services import close_due_polls, set_closing_time, set_poll_state
from sessions.audit.models import AuditEntry
from sessions.follow_ups.services.lines import open_line
from sessions.webhooks.models import Webhook, WebhookDelivery, WebhookType
from sessions.webhooks.services.keeping import (
    MOST_WEBHOOKS,
    TooManyWebhooks,
    WebhookIsOff,
    add_webhook,
    edit_webhook,
    remove_webhook,
    replace_secret,
    send_again,
    send_test,
)
from sessions.webhooks.signing import unseal
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_organiser,
    make_poll,
    make_session,
    vote_for,
    write_in,
)
from tests.factories import record as record_votes

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/companion"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def caller(event):
    return Caller(user_id=make_organiser(event).pk)


@pytest.fixture
def session(event):
    return make_session(event)


@pytest.fixture
def webhook(event, caller):
    return add(event, caller)


def add(event, caller, types=tuple(WebhookType.values), url=URL):
    given = {"url": url, "types": list(types)}
    return add_webhook(event_id=event.pk, caller=caller, fields=given, now=NOW)[0]


def messages(webhook):
    return [
        json.loads(delivery.body)
        for delivery in WebhookDelivery.objects.filter(webhook=webhook).order_by("pk")
    ]


def test_each_thing_that_happens_is_told_once(event, session, caller, webhook):
    poll = make_poll(session, state="live", visibility="after_close")
    for state in ("closed", "closed", "published"):  # the second time nothing happens
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    line = open_line(session_id=session.pk, caller=caller, given={"title": "Edge"}, now=NOW)
    set_session_state(session_id=session.pk, caller=caller, state="over", now=NOW)
    draft_recap(event_id=event.pk, caller=caller, now=NOW)
    publish_recap(event_id=event.pk, caller=caller, now=NOW)
    told = messages(webhook)
    assert [message["type"] for message in told] == [
        "poll.closed", "poll.published", "line.opened", "session.ended", "recap.published"
    ]  # fmt: skip
    assert {message["data"]["event"]["slug"] for message in told} == {event.slug}
    assert told[0]["data"]["poll"]["id"] == str(poll.pk)
    assert told[2]["data"]["line"]["title"] == "Edge"
    assert told[2]["data"]["line"]["url"].endswith(line.get_absolute_url())
    assert told[3]["data"]["session"]["id"] == str(session.pk)
    assert told[4]["data"]["recap"]["version"] == 1


def test_polls_that_the_clock_or_the_end_closes_are_told_too(session, caller, webhook):
    timed, left = make_poll(session, state="live"), make_poll(session, state="live")
    set_closing_time(poll_id=timed.pk, caller=caller, closes_at=NOW + timedelta(seconds=5), now=NOW)
    close_due_polls(NOW + timedelta(seconds=10))
    set_session_state(session_id=session.pk, caller=caller, state="over", now=NOW)
    closed = [
        message["data"]["poll"]["id"] for message in messages(webhook) if message["type"] == "poll.closed"
    ]
    assert closed == [str(timed.pk), str(left.pk)]


def test_only_what_was_asked_for_is_told_and_nothing_while_it_is_off(event, session, caller):
    lines = add(event, caller, types=["line.opened"])
    off = add(event, caller)
    edit_webhook(event_id=event.pk, webhook_id=off.pk, caller=caller, fields={"on": False})
    elsewhere = make_event()
    other = add(elsewhere, Caller(user_id=make_organiser(elsewhere).pk))
    open_line(session_id=session.pk, caller=caller, given={"title": "Edge"}, now=NOW)
    set_session_state(session_id=session.pk, caller=caller, state="over", now=NOW)
    assert [len(messages(webhook)) for webhook in (lines, off, other)] == [1, 0, 0]


def test_act_that_is_rolled_back_tells_nothing(session, caller, webhook):
    with transaction.atomic():
        open_line(session_id=session.pk, caller=caller, given={"title": "Edge"}, now=NOW)
        assert len(messages(webhook)) == 1
        transaction.set_rollback(True)
    assert messages(webhook) == []


def test_rehearsal_tells_nothing(event, caller, webhook):
    session = make_session(event, state="upcoming")
    copy = start_rehearsal(session_id=session.pk, caller=caller, now=NOW)
    open_line(session_id=copy.pk, caller=caller, given={"title": "Edge"}, now=NOW)
    assert messages(webhook) == []


@pytest.mark.parametrize("visibility", Poll.Visibility.values)
def test_tally_is_told_where_everybody_may_see_it(session, caller, webhook, visibility):
    poll = make_poll(session, state="live", visibility=visibility)
    record_votes(*(vote_for(poll, make_attendee(session), option) for option in "aba"))
    for state in ("closed", "published"):
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    counted = ["count" in message["data"]["poll"]["options"][0] for message in messages(webhook)]
    assert counted == {
        "moderators": [False, False],
        "after_publishing": [False, True],
    }.get(visibility, [True, True])
    for message, is_told in zip(messages(webhook), counted, strict=True):
        asked = message["data"]["poll"]
        assert ("ballots" in asked, "result" in asked) == (is_told, False)
        assert not is_told or [option["count"] for option in asked["options"]][:2] == [2, 1]


def test_what_people_wrote_is_never_told(session, caller, webhook):
    poll = make_poll(session, kind="text", state="live", visibility="always")
    record_votes(write_in(poll, make_attendee(session), "Call Ada on 0123"))
    set_poll_state(poll_id=poll.pk, caller=caller, state="closed", now=NOW)
    (message,) = messages(webhook)
    assert "Ada" not in json.dumps(message)
    assert message["data"]["poll"]["options"] == []
    assert message["data"]["poll"]["ballots"] == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "ftp://hooks.example.org/", "https://", "https:///path", "hooks.example.org",
        "https://user:password@hooks.example.org/", "https://hooks.example.org:0/", "https://hooks.example.org:99999/",
        "https://hooks.example.org/a b", "https://hooks.example.org/#x", "https://ex\u00e4mple.org/", "", None, 5,
        "https://" + 500 * "a", "http://localhost:1/", "https://[::1",
    ],
)  # fmt: skip
def test_address_that_cannot_be_sent_to_is_refused(event, caller, url):
    with pytest.raises(Malformed) as refusal:
        add(event, caller, url=url)
    assert list(refusal.value.fields) == ["url"]
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "types", [[], ["poll.opened"], "poll.closed", None, [["poll.closed"]], {"poll.closed": 1}]
)
def test_types_that_are_not_known_are_refused(event, caller, types):
    with pytest.raises(Malformed) as refusal:
        add_webhook(event_id=event.pk, caller=caller, fields={"url": URL, "types": types}, now=NOW)
    assert list(refusal.value.fields) == ["types"]


def test_host_that_the_operator_named_may_be_inside_and_plain(event, caller, settings):
    settings.WEBHOOK_HOSTS = {"hooks.internal"}
    assert add(event, caller, url="http://HOOKS.internal:8080/").url == "http://HOOKS.internal:8080/"


def test_event_has_ten_at_most(event, caller):
    for _ in range(MOST_WEBHOOKS):
        add(event, caller)
    with pytest.raises(TooManyWebhooks):
        add(event, caller)


def test_secret_is_kept_sealed_and_replaced(event, caller):
    webhook, secret = add_webhook(
        event_id=event.pk, caller=caller, fields={"url": URL, "types": ["poll.closed"]}, now=NOW
    )
    assert secret.startswith("whsec_")
    assert secret not in str(Webhook.objects.values().get())
    changed, second = replace_secret(event_id=event.pk, webhook_id=webhook.pk, caller=caller, now=NOW)
    assert second != secret
    assert (unseal(changed.secret), unseal(changed.old_secret)) == (second, secret)
    assert changed.old_secret_until == NOW + timedelta(days=1)


def test_what_is_done_with_a_webhook_is_recorded_without_its_address(event, caller):
    webhook = add(event, caller)
    of_webhook = {"event_id": event.pk, "webhook_id": webhook.pk, "caller": caller}
    edit_webhook(**of_webhook, fields={"types": ["poll.closed"]})
    edit_webhook(**of_webhook, fields={"types": ["poll.closed"]})  # nothing changes
    replace_secret(**of_webhook, now=NOW)
    remove_webhook(**of_webhook)
    entries = AuditEntry.objects.filter(event=event.pk, kind__startswith="settings.webhook").order_by("pk")
    assert [entry.kind.removeprefix("settings.webhook_") for entry in entries] == [
        "added", "changed", "rotated", "removed"
    ]  # fmt: skip
    assert {entry.subject for entry in entries} == {f"webhook {webhook.pk}"}
    assert "hooks.example.org" not in str(list(entries.values()))


def test_test_and_again_need_a_webhook_that_is_on_and_of_the_event(event, caller):
    webhook = add(event, caller)
    of_webhook = {"event_id": event.pk, "webhook_id": webhook.pk, "caller": caller}
    delivery = send_test(**of_webhook, now=NOW)
    assert messages(webhook)[0]["type"] == "webhook.test"
    again = send_again(**of_webhook, delivery_id=delivery.pk, now=NOW)
    assert again.message_id == delivery.message_id
    other = add(event, caller)
    with pytest.raises(NotFound):
        send_again(**{**of_webhook, "webhook_id": other.pk}, delivery_id=delivery.pk, now=NOW)
    edit_webhook(**of_webhook, fields={"on": False})
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}
    for act in (send_test, lambda **said: send_again(**said, delivery_id=delivery.pk)):
        with pytest.raises(WebhookIsOff):
            act(**of_webhook, now=NOW)


# --- the document

EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]


def shape_of(value):
    """Return which fields there are, and of what sort each is; of lists the first entry's."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    return [shape_of(value[0])] if isinstance(value, list) else type(value)


def test_examples_of_the_document_are_what_is_sent(event, session, caller, webhook):
    polls = [make_poll(session, options=["a", "b"], visibility=seen) for seen in ("always", "moderators")]
    set_poll_state(poll_id=polls[0].pk, caller=caller, state="closed", now=NOW)
    for state in ("closed", "published"):
        set_poll_state(poll_id=polls[1].pk, caller=caller, state=state, now=NOW)
    open_line(session_id=session.pk, caller=caller, given={"title": "Edge"}, now=NOW)
    set_session_state(session_id=session.pk, caller=caller, state="over", now=NOW)
    draft_recap(event_id=event.pk, caller=caller, now=NOW)
    publish_recap(event_id=event.pk, caller=caller, now=NOW)
    send_test(event_id=event.pk, webhook_id=webhook.pk, caller=caller, now=NOW)
    sent = messages(webhook)
    del sent[1]  # the second poll's close
    assert [shape_of(message) for message in sent] == [shape_of(message) for message in EXAMPLES]
    assert [message["type"] for message in sent] == [message["type"] for message in EXAMPLES]


def test_openapi_describes_each_message_as_it_is_sent():
    document = SchemaGenerator().get_schema(request=None, public=True)
    assert document["webhooks"].keys() == {*WebhookType.values, "webhook.test"}
    for message in EXAMPLES:
        content = document["webhooks"][message["type"]]["post"]["requestBody"]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        jsonschema.validate(message, schema)
        described = resolved(document, content["application/json"]["schema"])
        assert (
            message["data"].keys() <= resolved(document, described["properties"]["data"])["properties"].keys()
        )


def resolved(document, schema):
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
