"""What a refusal offers: a sign-in to those who are not signed in, and to the others who they are."""

import pytest

from tests.factories import make_moderator, make_session
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
SIGN_IN = 'href="/sign-in/">Sign in</a>'


def test_refusal_offers_no_sign_in_to_who_has_signed_in(browser_of, session):
    elsewhere = make_moderator(make_session(session.event), "Grace Hopper")
    page = browser_of(user=elsewhere).get(session.address("control"))
    assert page.status_code == 403
    assert SIGN_IN not in text_of(page)
    assert "You are signed in as <bdi>Grace Hopper</bdi>." in text_of(page)
    stranger = browser_of().get(session.address("control-team"))
    assert (stranger.status_code, SIGN_IN in text_of(stranger)) == (401, True)
