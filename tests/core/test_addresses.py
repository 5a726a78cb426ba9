"""Addresses in one form, and a PUBLIC_URL that could not work is refused at the start with a sentence."""

import subprocess
import sys

import pytest

from opendev.core.addresses import origin_of, public_origin
from tests.support.databases import ROOT
from tests.support.server import clean_environment


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Companion.Test", "https://companion.test"),
        ("HTTPS://companion.test:443/", "https://companion.test"),
        ("http://companion.test:80", "http://companion.test"),
        ("http://companion.test:443", "http://companion.test:443"),
        ("https://companion.test:8443/", "https://companion.test:8443"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_origin_has_one_form(address, origin):
    assert origin_of(address) == origin
    assert public_origin(address) == origin


@pytest.mark.parametrize(
    "address", ["", "companion.test", "ftp://a.example", "http://", "http://a:b", "http://[", "null"]
)
def test_what_is_no_origin_has_none(address):
    assert origin_of(address) is None
    with pytest.raises(ValueError, match="must be an http or https address"):
        public_origin(address)


@pytest.mark.parametrize(
    "address",
    ["https://a.example/room", "https://a.example/room/", "https://a.example/?x=1", "https://a.example#x"],
)
def test_public_url_with_a_path_is_refused(address):
    with pytest.raises(ValueError, match=r"must not have a path.*Use https://a\.example,"):
        public_origin(address)


def test_public_url_with_a_password_is_refused_without_saying_it():
    with pytest.raises(ValueError, match="user name") as refusal:
        public_origin("https://operator:hunter2@a.example")
    assert "hunter2" not in str(refusal.value)


def test_start_with_a_path_in_public_url_ends_with_that_sentence(tmp_path):
    ended = subprocess.run(
        [sys.executable, "manage.py", "serve", "--quiet"],
        cwd=ROOT,
        env=clean_environment(PUBLIC_URL="https://a.example/room", VAR_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "PUBLIC_URL must not have a path" in ended.stderr
