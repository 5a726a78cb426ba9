"""A pass is believed only when we signed it, whole and in time; it names its ballots in a way nobody else can."""

import time

import pytest

from opendev.core.attendance import (
    MAX_PASS_LENGTH,
    PASS_LIFETIME_S,
    AttendeePass,
    Caller,
    new_pass,
    pass_cookie_name,
    read_pass,
    sign_pass,
)

KEY, OTHER_KEY = "k" * 50, "o" * 50


@pytest.fixture(autouse=True)
def own_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, []


@pytest.fixture
def signed():
    return sign_pass(new_pass(3, 41))


def test_pass_comes_back_as_it_was_signed():
    made = new_pass(3, 41)
    assert read_pass(sign_pass(made)) == made
    assert (made.event_id, made.attendee_id) == (3, 41)


def test_pass_holds_for_thirty_days():
    assert abs(new_pass(1, 1).expires_at - time.time() - PASS_LIFETIME_S) < 60
    now = int(time.time())
    assert read_pass(sign_pass(AttendeePass(1, 1, "a" * 32, now + 60)))
    assert read_pass(sign_pass(AttendeePass(1, 1, "a" * 32, now - 1))) is None


@pytest.mark.parametrize("place", range(5))
def test_pass_with_any_part_changed_is_not_ours(signed, place):
    parts = signed.split(".")
    parts[place] = (
        "1" + parts[place] if place < 3 else ("0" if parts[place][0] != "0" else "1") + parts[place][1:]
    )
    assert read_pass(signed)
    assert read_pass(".".join(parts)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "....",
        "x",
        "1.2.3.4.5",
        "1.2.3.4",
        "é.1",
        "\0",
        "\ud800",
        "1" * (MAX_PASS_LENGTH + 1),
        "1.2.9999999999.a.",
    ],
)
def test_text_that_is_no_pass_is_none(text):
    assert read_pass(text) is None


def test_pass_cut_short_or_with_more_behind_it_is_not_ours(signed):
    assert read_pass(signed[:-1]) is None
    assert read_pass(signed + "0") is None
    assert read_pass(" " + signed) is None
    assert read_pass(signed.upper()) is None


def test_pass_signed_by_another_key_is_ours_only_while_that_is_a_fallback(settings, signed):
    settings.SECRET_KEY = OTHER_KEY
    assert read_pass(signed) is None
    settings.SECRET_KEY_FALLBACKS = [KEY]
    assert read_pass(signed)
    settings.SECRET_KEY_FALLBACKS = ["x" * 50]
    assert read_pass(signed) is None


def test_new_passes_are_signed_by_the_first_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER_KEY, [KEY]
    made = sign_pass(new_pass(1, 1))
    settings.SECRET_KEY_FALLBACKS = []
    assert read_pass(made)


def test_device_secrets_are_random_128_bits():
    secrets = {new_pass(1, 1).device_secret for _ in range(100)}
    assert len(secrets) == 100
    assert {len(bytes.fromhex(secret)) for secret in secrets} == {16}


def test_ballot_secret_differs_by_poll_and_device_and_stays_the_same():
    one, two = new_pass(1, 1), new_pass(1, 1)
    assert one.ballot_secret(1) == one.ballot_secret(1)
    assert len({one.ballot_secret(1), one.ballot_secret(2), two.ballot_secret(1)}) == 3
    assert len(one.ballot_secret(1)) == 32


def test_caller_is_an_attendee_of_the_passes_event_alone():
    caller = Caller(attendee=new_pass(3, 41))
    assert caller.attendee_of(3) is caller.attendee
    assert caller.attendee_of(4) is None
    assert Caller().attendee_of(3) is None


def test_device_can_attend_several_events():
    assert pass_cookie_name(1) != pass_cookie_name(2)
