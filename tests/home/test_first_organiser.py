"""A new installation: from an empty database to the first event."""

import io
import os
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from opendev.core.logs import without_secrets
from opendev.home.management.commands.serve import Command
from opendev.home.served import note_address, served_address
from sessions.programme.models import Event
from tests.factories import make_event, make_organiser
from tests.room.pages import code_of, text_of

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self):
        return True


def path():
    """The path of the printed link."""
    out = io.StringIO()
    call_command("first_organiser", stdout=out)
    return re.search(r"https?://[^/]+(/\S+)", out.getvalue())[1]


def said_by_serve(stream):
    command = Command(stdout=stream, no_color=True)
    command.print_ways_in(shows_links=stream.isatty())
    return stream.getvalue()


def test_link_leads_from_nothing_to_the_first_event_and_works_once():
    address = path()
    first, second = Client(), Client()
    assert "Become the first organiser" in text_of(first.get(address))
    assert not User.objects.exists()  # a look makes nobody
    assert first.post(address).headers["location"] == "/organise/"
    made = first.post("/organise/", {"name": "Our days", "time_zone": "Europe/Berlin"})
    assert made.status_code == 302
    assert list(Event.objects.get().organisers.all()) == [User.objects.get()]
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)
    for answer in (second.get(address), second.post(address)):
        assert (answer.status_code, code_of(answer)) == (404, "link_is_spent")
    assert User.objects.count() == 1


@pytest.mark.parametrize("how", ["superuser", "organiser", "late", "forged"])
def test_link_dies_with_any_organiser_with_time_and_with_a_wrong_sign(how):
    address, later = path(), timezone.now()
    if how == "superuser":
        User.objects.create_superuser("root")
    elif how == "organiser":
        make_organiser(make_event())
    elif how == "forged":
        address = address[:-3] + "AA/"
    else:
        later += timedelta(hours=25)
    before = User.objects.count()
    with time_machine.travel(later):
        assert code_of(Client().post(address)) == "link_is_spent"
    assert User.objects.count() == before


def test_link_is_printed_at_a_terminal_alone_and_a_log_names_the_command():
    assert "/sign-in/first." in said_by_serve(Terminal())
    log = said_by_serve(io.StringIO())
    assert "manage.py first_organiser" in log
    assert "/sign-in/" not in log
    make_organiser(make_event())
    assert "/sign-in/first." not in said_by_serve(Terminal())
    with pytest.raises(CommandError, match="There is an organiser already"):
        call_command("first_organiser")


def test_log_does_not_hold_the_link():
    address = path()
    assert address.split("first.")[1].strip("/") not in without_secrets(f"Forbidden: {address}")


def test_home_leads_those_who_may_to_their_first_event_and_to_their_own(browser_of):
    assert "Create your first event" not in text_of(Client().get("/"))
    operator = browser_of(user=User.objects.create_superuser("root"))
    assert re.search(r'href="/organise/"[^>]*>Create your first event', text_of(operator.get("/")))
    mine, other = make_event(), make_event()
    page = text_of(browser_of(user=make_organiser(mine)).get("/"))
    assert 'href="/organise/"' in page
    assert f'href="/{mine.slug}/organise/"' in page
    assert f'href="/{other.slug}/organise/"' not in page
    assert "/organise/" not in text_of(Client().get("/"))


def test_links_name_the_port_in_use(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    settings.VAR_DIR, settings.PUBLIC_URL = tmp_path, "http://127.0.0.1:9321"
    note_address()
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert served_address() == "http://127.0.0.1:9321"
    (tmp_path / "served-at").write_text(f"{2**22 + 5} http://127.0.0.1:9321")  # no process has this number
    assert served_address() == "http://127.0.0.1:8000"
    monkeypatch.setenv("PORT", "8000")
    (tmp_path / "served-at").write_text(f"{os.getpid()} http://127.0.0.1:9321")
    assert served_address() == "http://127.0.0.1:8000"
