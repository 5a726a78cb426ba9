"""Limits: who is counted, who is not, and what the answer says."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from opendev.core.errors import TooOften
from opendev.core.limits import (
    LIMITS,
    _limit,
    check_address,
    check_limit,
    check_settings,
    client_address,
    is_trusted,
)


@pytest.fixture
def strict(settings):
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    return settings


def request_from(address, **headers):
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def tries_until_refused(attempt):
    for count in range(10_000):
        try:
            attempt()
        except TooOften as refusal:
            return count, refusal
    return None


def test_one_attendee_is_refused_beyond_the_limit_and_another_is_not():
    count, refusal = tries_until_refused(lambda: check_limit("vote", "attendee-1"))
    assert count == 10
    assert refusal.retry_after >= 1
    check_limit("vote", "attendee-2")


def test_three_hundred_people_of_one_office_join_with_three_devices_each(strict):
    for _ in range(900):
        check_address("join", request_from("203.0.113.7"))
    with pytest.raises(TooOften):
        check_address("join", request_from("203.0.113.7"))


def test_wrong_codes_are_counted_by_address_and_not_for_trusted_ones(strict):
    count, _refusal = tries_until_refused(lambda: check_address("wrong_code", request_from("203.0.113.8")))
    assert count == 30
    check_address("wrong_code", request_from("203.0.113.9"))
    assert tries_until_refused(lambda: check_address("wrong_code", request_from("10.1.2.3"))) is None


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "nonsense"),
        ("10.0.0.1", "198.51.100.1:4001", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4001, 10.0.0.2:80", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", '"[2001:db8::1]:443"', "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1:443", "2001:db8::1:443"),  # without brackets it is all address
        ("10.0.0.1", ",, ,198.51.100.1,", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_client_is_the_last_hop_that_is_not_a_trusted_proxy(strict, remote, forwarded, client):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(request_from(remote, **headers)) == client


def test_ports_do_not_make_one_client_many(strict):
    for port in range(20):
        check_address(
            "sign_in", request_from("10.0.0.1", **{"X-Forwarded-For": f"203.0.113.7:{4000 + port}"})
        )
    with pytest.raises(TooOften):
        check_address("sign_in", request_from("10.0.0.1", **{"X-Forwarded-For": "203.0.113.7:9"}))


def test_other_networks_of_one_ipv6_site_get_eight_times_as_far_as_one_and_another_site_is_not_touched(
    strict,
):
    numbers = iter(range(10_000))
    count, refusal = tries_until_refused(
        lambda: check_address("sign_in", request_from(f"2001:db8:1:{next(numbers):x}::1"))
    )
    assert count == 20 * 8
    assert refusal.retry_after > 1
    check_address("sign_in", request_from("2001:db8:2::1"))
    count, _refusal = tries_until_refused(
        lambda: check_address("sign_in", request_from("2001:db8:3:4:5:6:7:8"))
    )
    assert count == 20


def test_what_is_no_address_is_not_trusted(strict):
    assert is_trusted("10.9.9.9")
    assert not is_trusted("")
    assert not is_trusted("localhost")


def test_every_limit_can_be_read():
    for kind in LIMITS:
        check_limit(kind, "somebody new")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"join": "often"}, "join=often must be like"),
        ({"dance": "3/minute"}, "no limit dance; there are wrong_code"),
    ],
)
def test_limits_of_the_environment_that_cannot_be_read_stop_the_start(settings, given, sentence):
    settings.LIMITS = given
    with pytest.raises(ImproperlyConfigured, match=sentence):
        check_settings()


def test_limits_of_the_environment_are_kept(settings):
    settings.LIMITS = {"vote": "2/second"}
    check_settings()
    _limit.cache_clear()
    try:
        assert tries_until_refused(lambda: check_limit("vote", "attendee-3"))[0] == 2
    finally:
        _limit.cache_clear()
