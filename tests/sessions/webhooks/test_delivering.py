"""A message is taken by one worker, tried for about a day, and signed so that the specification's rules hold."""

import base64
import hashlib
import hmac
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections

from opendev.core.attendance import Caller
from opendev.core.outbound import Outcome, read_retry_after
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from sessions.webhooks.services import delivering
from sessions.webhooks.services.delivering import (
    KEPT,
    LEASE,
    MOST_TRIES,
    forget_old_deliveries,
    record_outcome,
    take_due,
    wait_before_next,
)
from sessions.webhooks.services.keeping import add_webhook, replace_secret, send_again, send_test
from sessions.webhooks.signing import new_secret, signed_headers
from tests.factories import NOW, make_event, make_organiser
from tests.factories.databases import committing_postgres as committing_postgres
from tests.factories.databases import committing_sqlite as committing_sqlite

GIVEN = {"url": "https://hooks.example.org/", "types": ["poll.closed"]}
FAILURE = Outcome(503)


class Hook:
    """A webhook of an event of its own, and what can be done with it."""

    def __init__(self):
        self.event = make_event()
        self.caller = Caller(user_id=make_organiser(self.event).pk)
        self.webhook, self.secret = add_webhook(
            event_id=self.event.pk, caller=self.caller, fields=GIVEN, now=NOW
        )
        self.known = {"event_id": self.event.pk, "webhook_id": self.webhook.pk, "caller": self.caller}

    def test(self, now=NOW):
        return send_test(**self.known, now=now)


@pytest.fixture
def hook(db):
    return Hook()


def one(now, **more):
    (taken,) = take_due(now, most=8, **more)
    return taken


def test_message_is_taken_once_and_again_when_its_worker_died(hook):
    delivery = hook.test()
    assert one(NOW).delivery_id == delivery.pk
    assert take_due(NOW + LEASE / 2, most=8) == []
    assert one(NOW + LEASE).number == 2


def test_webhook_is_tried_with_one_message_at_a_time_and_others_beside_it(hook):
    other = Hook()
    first, _second, third = hook.test(), hook.test(), other.test()
    assert {taken.delivery_id for taken in take_due(NOW, most=8)} == {first.pk, third.pk}
    assert take_due(NOW, most=8) == []
    assert take_due(NOW + LEASE, most=8, but_not={hook.webhook.pk, other.webhook.pk}) == []


def test_delivery_is_tried_eight_times_over_about_a_day(hook):
    delivery, now, waits = hook.test(), NOW, []
    for number in range(1, MOST_TRIES + 1):
        taken = one(now)
        assert taken.number == number
        assert taken.message_id == delivery.message_id
        record_outcome(taken, FAILURE, now)
        delivery.refresh_from_db()
        if delivery.next_try_at:
            waits.append(delivery.next_try_at - now)
            assert take_due(delivery.next_try_at - timedelta(seconds=1), most=8) == []
            now = delivery.next_try_at
    assert len(waits) == MOST_TRIES - 1
    assert waits == sorted(waits)
    assert timedelta(hours=17) < now - NOW < timedelta(hours=29)
    assert (delivery.state, delivery.attempts.count()) == ("failed", MOST_TRIES)
    assert take_due(now + timedelta(days=9), most=8) == []


def test_waits_are_never_the_same_nor_shorter_than_was_asked_for():
    assert len({wait_before_next(3) for _ in range(20)}) > 1
    assert wait_before_next(1, 3600) == timedelta(hours=1)
    assert wait_before_next(1, 10**8) == timedelta(days=1)
    assert timedelta(seconds=8) <= wait_before_next(1) <= timedelta(seconds=12)


def test_retry_after_is_read_as_seconds_or_a_date():
    now = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    assert read_retry_after("120") == 120
    assert read_retry_after("Thu, 01 Jan 2026 12:02:00 GMT", now) == 120
    assert read_retry_after("Thu, 01 Jan 2026 11:00:00 GMT", now) == 0
    assert [read_retry_after(text) for text in ("", "soon", "-5", "1e9", "٣")] == [None] * 5


def test_good_answer_settles_it_and_again_sends_the_same(hook):
    delivery = hook.test()
    record_outcome(one(NOW), Outcome(204, duration_ms=12), NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_try_at) == ("delivered", None)
    send_again(**hook.known, delivery_id=delivery.pk, now=NOW)
    taken = one(NOW)
    assert (taken.message_id, taken.body, taken.number) == (delivery.message_id, delivery.body, 1)


@pytest.mark.parametrize("status", [301, 302, 400, 404, 429, 500])
def test_other_answers_are_tried_again(hook, status):
    delivery = hook.test()
    record_outcome(one(NOW), Outcome(status, retry_after_s=700), NOW)
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert delivery.next_try_at == NOW + timedelta(seconds=700)


def test_gone_turns_the_webhook_off_and_gives_up_what_waits(hook):
    deliveries = [hook.test(), hook.test()]
    record_outcome(one(NOW), Outcome(410), NOW)
    assert Webhook.objects.get().off == "gone"
    states = WebhookDelivery.objects.values_list("state", flat=True)
    assert list(states) == ["failed"] * len(deliveries)
    assert take_due(NOW + timedelta(days=2), most=8) == []


def test_outcome_of_a_webhook_that_was_removed_is_nobodys(hook):
    hook.test()
    taken = one(NOW)
    Webhook.objects.all().delete()
    record_outcome(taken, FAILURE, NOW)
    assert not WebhookAttempt.objects.exists()


def test_both_secrets_sign_for_a_day(hook):
    _webhook, second = replace_secret(**hook.known, now=NOW)
    hook.test()
    assert one(NOW).secrets == (second, hook.secret)
    later = NOW + timedelta(days=1)
    hook.test(later)
    WebhookDelivery.objects.filter(made_at=NOW).delete()
    assert one(later).secrets == (second,)
    forget_old_deliveries(later)
    assert Webhook.objects.get().old_secret == ""


def test_log_is_forgotten_after_thirty_days(hook):
    old, young = hook.test(), hook.test(NOW + timedelta(days=1))
    record_outcome(one(NOW), FAILURE, NOW)
    assert forget_old_deliveries(NOW + KEPT + timedelta(hours=1)) == 1
    assert list(WebhookDelivery.objects.values_list("pk", flat=True)) == [young.pk]
    assert not WebhookAttempt.objects.filter(delivery=old.pk).exists()


def test_signature_is_that_of_the_specification():
    """The example of the specification's reference libraries, and each secret computed once more by hand."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    then = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [secret], then)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    other = new_secret()
    both = signed_headers("msg_1", body, [secret, other], then)["webhook-signature"].split(" ")
    for known, signature in zip((secret, other), both, strict=True):
        key = base64.b64decode(known.removeprefix("whsec_"))
        digest = hmac.new(key, b"msg_1.1614265330." + body, hashlib.sha256).digest()
        assert signature == "v1," + base64.b64encode(digest).decode()


# --- several workers


def race_for_messages():
    """Have four workers take what is due of eight webhooks at once; return how many took each message."""
    hooks = [Hook() for _ in range(8)]
    wanted = {hook.test().pk for hook in hooks}
    start = Barrier(4)

    def work():
        start.wait(10)
        taken = [delivery.delivery_id for _ in range(3) for delivery in take_due(NOW, most=8)]
        connections.close_all()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(pk for future in [pool.submit(work) for _ in range(4)] for pk in future.result())
    assert taken.keys() == wanted
    return set(taken.values())


@pytest.mark.parametrize("race", range(5))
def test_one_worker_takes_a_message_on_sqlite(committing_sqlite, race):
    assert race_for_messages() == {1}


def test_one_worker_takes_a_message_on_postgres(committing_postgres):
    for _ in range(5):
        assert race_for_messages() == {1}
        Webhook.objects.all().delete()


def test_two_who_take_a_message_are_noticed(committing_sqlite, monkeypatch):
    """The same race, where whoever sees a message is not asked whether somebody was quicker."""

    def take_blindly(webhook_id, now):
        delivery = WebhookDelivery.objects.get(webhook=webhook_id)
        return SimpleNamespace(delivery_id=delivery.pk)

    monkeypatch.setattr(delivering, "_take_one", take_blindly)
    assert race_for_messages() != {1}
