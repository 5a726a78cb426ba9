"""Display links: what opens the presenter screen without a sign-in, until it is revoked."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.room.consumers import DISPLAY_COOKIE
from sessions.displays.models import DisplayLink
from sessions.displays.services import make_display_link, revoke_display_link
from tests.factories import NOW, make_moderator, make_session
from tests.room.pages import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(session):
    return make_moderator(session)


def link_of(session, user, **said):
    return make_display_link(session_id=session.pk, caller=Caller(user_id=user.pk), now=NOW, **said)


def test_display_link_opens_the_screen_of_its_session_without_a_sign_in(session, moderator, poll):
    _link, token = link_of(session, moderator)
    page = Client().get(session.address("display", token=token))
    assert page.status_code == 200
    assert poll.question in page.text
    assert f'data-socket="/ws/sessions/{session.pk}/?view=display"' in page.text
    kept = page.cookies[DISPLAY_COOKIE]
    assert (kept["path"], kept["httponly"], kept["samesite"]) == (
        f"/ws/sessions/{session.pk}/",
        True,
        "Strict",
    )


def test_display_link_opens_no_other_session(session, moderator):
    other = make_session(session.event)
    _link, token = link_of(session, moderator)
    for address in (other.address("display", token=token), session.address("display", token=token + "x")):
        answer = Client().get(address)
        assert (answer.status_code, code_of(answer)) == (404, "link_is_revoked")


def test_display_link_is_kept_as_a_hash_alone(session, moderator):
    link, token = link_of(session, moderator, name="  Hall  B ")
    link.refresh_from_db()
    assert link.name == "Hall B"
    assert token not in str(DisplayLink.objects.values().get(pk=link.pk))


def test_revoked_display_link_opens_nothing_and_stays_revoked(session, moderator):
    link, token = link_of(session, moderator)
    for later in (NOW, NOW + timedelta(hours=1)):
        revoke_display_link(
            session_id=session.pk, link_id=link.pk, caller=Caller(user_id=moderator.pk), now=later
        )
    link.refresh_from_db()
    assert link.revoked_at == NOW
    answer = Client().get(session.address("display", token=token))
    assert (answer.status_code, code_of(answer)) == (404, "link_is_revoked")


def test_display_link_of_another_session_cannot_be_revoked_here(session, moderator):
    other = make_session(session.event)
    link, _token = link_of(other, make_moderator(other))
    with pytest.raises(NotFound):
        revoke_display_link(
            session_id=session.pk, link_id=link.pk, caller=Caller(user_id=moderator.pk), now=NOW
        )


def test_name_that_cannot_be_shown_makes_no_display_link(session, moderator):
    with pytest.raises(Malformed):
        link_of(session, moderator, name="a\x00b")
    assert not DisplayLink.objects.exists()


# --- the page of moderators


def test_moderator_makes_and_revokes_a_display_link_by_page(session, moderator, browser_of):
    browser = browser_of(user=moderator)
    made = browser.post(session.address("control-display-make"), {"display_name": "Hall <b>"})
    address = re.search(rf'href="http://[^"/]+({session.address("screen")}[^"]+/)"', made.text)[1]
    assert "Hall &lt;b&gt;" in made.text
    assert Client().get(address).status_code == 200
    link = DisplayLink.objects.get()
    browser.post(session.address("control-display-revoke"), {"display": str(link.pk)})
    assert Client().get(address).status_code == 404
    assert "Hall" not in browser.get(session.address("control-team")).text


@pytest.mark.parametrize("name", ["x" * 121, "a\x00b"])
def test_bad_name_of_a_display_is_refused_at_its_field_and_nothing_is_lost(
    session, moderator, browser_of, name
):
    answer = browser_of(user=moderator).post(session.address("control-display-make"), {"display_name": name})
    assert answer.status_code == 400
    assert 'id="display_name-error"' in answer.text
    assert 'id="name-error"' not in answer.text
    assert (name in answer.text) or "\x00" in name


def test_bad_name_of_a_token_is_refused_at_its_own_field(session, moderator, browser_of):
    answer = browser_of(user=moderator).post(session.address("control-token-make"), {"token_name": "x" * 121})
    assert answer.status_code == 400
    assert 'id="token_name-error"' in answer.text


@pytest.mark.parametrize(
    ("page", "fields"), [("control-display-revoke", {"display": "x"}), ("control-screen", {})]
)
def test_act_without_its_field_is_refused_with_a_sentence(session, moderator, browser_of, page, fields):
    answer = browser_of(user=moderator).post(session.address(page), fields)
    assert (answer.status_code, code_of(answer)) == (400, "malformed")


def test_screen_that_is_kept_to_displays_is_closed_to_others_and_opens_again(session, moderator, browser_of):
    _link, token = link_of(session, moderator)
    browser = browser_of(user=moderator)
    browser.post(session.address("control-screen"), {"open": "0"})
    answer = Client().get(session.address("screen"))
    assert (answer.status_code, code_of(answer)) == (403, "screen_is_closed")
    assert browser.get(session.address("screen")).status_code == 200
    assert Client().get(session.address("display", token=token)).status_code == 200
    browser.post(session.address("control-screen"), {"open": "1"})
    assert Client().get(session.address("screen")).status_code == 200
