"""Passkeys, in Chromium with its virtual authenticator: added, asked for as second factor, and alone."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESKTOP, PHONE, open_page
from tests.support.server import Server

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def server(start_server) -> Server:
    """At the name localhost: browsers take no IP address for a passkey's owner."""
    made = start_server(demo=True, start=False, REQUIRE_MFA="1")
    made.environment["PUBLIC_URL"] = f"http://localhost:{made.port}"
    made.start()
    return made


def sign_in_link(server: Server) -> str:
    return server.manage("sign_in_link", "organiser").split()[-1]


@contextmanager
def window(chromium, size=DESKTOP):
    with open_page(chromium, **size) as page:
        page.set_default_timeout(60_000)
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page


def test_passkey_is_added_and_then_signs_in_alone(browser, server):
    base = f"http://localhost:{server.port}"
    link = sign_in_link(server)

    def visit(chromium):
        with window(chromium) as page:
            page.goto(link)
            page.get_by_role("button", name="Sign in as").click()
            expect(page.get_by_text("Organisers need a second factor here")).to_be_visible()
            page.get_by_role("link", name="Add a key").click()
            page.get_by_role("button", name="Add the key").click()
            expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
            page.get_by_role("link", name="Done").click()
            expect(page.get_by_text("1 key.")).to_be_visible()
            expect(page.get_by_text("Organisers need a second factor here")).to_have_count(0)
            page.get_by_role("button", name="Sign out").click()
            page.goto(f"{base}/sign-in/")
            page.get_by_role("button", name="Sign in with a passkey").click()
            page.wait_for_url("**/control/")
            page.goto(f"{base}/sign-in/account/")
            expect(page.get_by_text("this browser")).to_be_visible()

    browser(visit, seconds=250)
    assert '"method": "webauthn"' in server.manage("audit_log")


def test_passkey_is_the_second_factor_after_a_link(browser, server):
    first, second = sign_in_link(server), sign_in_link(server)

    def add(chromium):
        with window(chromium, PHONE) as page:
            page.goto(first)
            page.get_by_role("button", name="Sign in as").click()
            page.get_by_role("link", name="Add a key").click()
            page.get_by_label("Sign in with this key alone").uncheck()
            page.get_by_role("button", name="Add the key").click()
            expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
            page.get_by_role("link", name="Done").click()
            page.get_by_role("button", name="Sign out").click()
            page.goto(second)
            page.get_by_role("button", name="Sign in as").click()
            expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
            page.get_by_role("button", name="Use a passkey or security key").click()
            page.wait_for_url("**/control/")

    browser(add, seconds=250)
    assert '"method": "link+webauthn"' in server.manage("audit_log")
