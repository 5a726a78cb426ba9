"""A copy of the table of sign-ins signs nobody in."""

import pytest
from django.test import Client

from opendev.core.cookie_store import SessionStore
from sessions.programme.models import Session
from tests.factories import make_moderator, make_session

pytestmark = pytest.mark.django_db


def rows():
    return list(SessionStore.get_model_class().objects.values_list("session_key", flat=True))


def test_stored_key_is_no_cookie():
    session: Session = make_session()
    client = Client()
    client.force_login(make_moderator(session))
    cookie = client.cookies["sessionid"].value
    address = session.address("control")
    assert client.get(address).status_code == 200
    assert len(rows()) == 1
    assert cookie not in rows()[0]
    thief = Client()
    thief.cookies["sessionid"] = rows()[0]
    assert thief.get(address).status_code in {302, 401, 403}
    client.logout()
    assert rows() == []


def test_store_keeps_changes_deletes_and_cycles():
    store = SessionStore()
    store["colour"] = "blue"
    store.save()
    key = store.session_key
    assert store.exists(key)
    again = SessionStore(key)
    again["colour"] = "red"
    again.save()
    assert SessionStore(key)["colour"] == "red"
    again.cycle_key()
    assert (SessionStore(key).get("colour"), SessionStore(again.session_key).get("colour")) == (None, "red")
    assert len(rows()) == 1
    again.delete()
    assert (rows(), again.exists(again.session_key)) == ([], False)


@pytest.mark.parametrize("key", [None, "", "short", "a\0" * 16, "é" * 32])
def test_what_is_no_cookie_of_ours_opens_an_empty_store(key):
    assert SessionStore(key).get("colour") is None
