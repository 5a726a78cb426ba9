"""People with second factors, for the tests of accounts."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from opendev.core.attendance import Caller
from sessions.access.services import make_sign_in_link


def caller_of_user(user: User) -> Caller:
    return Caller(user_id=user.pk)


def secret_on(browser: Client) -> str:
    """The key on the page that adds an authenticator app."""
    page = browser.get("/sign-in/account/app/").content.decode()
    found = re.search(r'authenticator_secret">(\w+)<', page)
    assert found, page
    return found[1]


def add_app(browser_of: Callable[..., Any], user: User) -> tuple[str, list[str]]:
    """Sign the user in and add an app; return its key and the recovery codes that the next page shows."""
    browser = browser_of()
    browser.post(f"/sign-in/{make_sign_in_link(user=user, now=timezone.now())}/")
    secret = secret_on(browser)
    answer = browser.post("/sign-in/account/app/", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"<code>(\w+)</code>", browser.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    return secret, codes
