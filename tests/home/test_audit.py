"""The audit log by page, file and REST, what reading and exporting leave in it, and sign-ins."""

import json
import socket

import pytest
from django.utils import timezone

from sessions.access.services import make_sign_in_link
from sessions.audit.models import AuditEntry, AuditKind
from sessions.audit.services import record
from tests.factories import make_attendee, make_event, make_line, make_organiser, make_session, put_name
from tests.factories.sessions import make_user
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def user(event):
    return make_organiser(event)


@pytest.fixture
def organiser(user, browser_of):
    return browser_of(user=user)


def audit(event, query=""):
    return f"/{event.slug}/organise/audit/{query}"


def kinds(**wanted):
    return list(AuditEntry.objects.filter(**wanted).order_by("pk").values_list("kind", flat=True))


def test_page_shows_who_did_what_and_filters_by_kind_and_person(event, user, organiser):
    other = make_organiser(event)
    record(AuditKind.INVITED, caller=user.pk, event_id=event.pk, subject=f"user {other.pk}", role="helper")
    record(AuditKind.EXPORTED, caller=other.pk, event_id=event.pk, subject="event", people=True)
    record(AuditKind.EXPORTED, caller=other.pk, event_id=make_event().pk, subject="elsewhere")
    whole = text_of(organiser.get(audit(event)))
    assert "Invited somebody" in whole
    assert "role helper" in whole
    assert "Exported data" in whole
    assert "elsewhere" not in whole
    assert whole.index("<strong>Exported data") < whole.index("<strong>Invited somebody")
    rights = text_of(organiser.get(audit(event, "?kind=rights")))
    assert "<strong>Invited somebody" in rights
    assert "<strong>Exported data" not in rights
    hers = text_of(organiser.get(audit(event, f"?person={other.pk}")))
    assert "<strong>Exported data" in hers
    assert "<strong>Invited somebody" not in hers
    for odd in ("?kind=nonsense", "?person=%00", "?before=99999999999999999999", "?person=-1"):
        assert organiser.get(audit(event, odd)).status_code == 200


def test_long_log_comes_in_parts_by_page_and_rest(event, user, organiser):
    for number in range(230):
        record(AuditKind.SETTINGS_CHANGED, caller=user.pk, event_id=event.pk, subject=f"session {number}")
    page, seen = organiser.get(audit(event, "?kind=settings")), []
    while True:
        text = page.content.decode()
        seen += [int(part.partition("<")[0]) for part in text.split("<bdi>session ")[1:]]
        if "Older entries" not in text:
            break
        query = text.partition('href="?kind=settings')[2].partition('"')[0].replace("&amp;", "&")
        page = organiser.get(audit(event, "?kind=settings" + query))
    assert seen == list(range(229, -1, -1))
    numbers, address = [], f"/api/v1/events/{event.slug}/audit/"
    while address:
        body = organiser.get(address).json()
        numbers += [one["subject"] for one in body["results"] if one["kind"] == "settings.changed"]
        address = body["next"] and "/api/" + body["next"].partition("/api/")[2]
    assert numbers == [f"session {number}" for number in range(229, -1, -1)]


def test_download_has_every_entry_and_is_one_itself(event, user, organiser):
    record(AuditKind.INVITED, caller=user.pk, event_id=event.pk)
    file = organiser.get(audit(event, "entries.jsonl"))
    told = [json.loads(line) for line in b"".join(file.streaming_content).splitlines()]
    assert [one["kind"] for one in told][-2:] == ["rights.invited", "people.exported"]
    assert told[-1]["actor"] == str(user.pk)


def test_exports_by_page_and_rest_are_recorded_with_what_was_asked_for(event, user, organiser):
    session = make_session(event)
    organiser.get(f"/{event.slug}/export.csv?people=1")
    organiser.get(f"/api/v1/sessions/{session.pk}/export/?hidden=1")
    entries = AuditEntry.objects.filter(kind="people.exported").order_by("pk")
    assert [(one.actor, one.event, one.subject, one.details) for one in entries] == [
        (user.pk, event.pk, "event", {"format": "csv", "people": True, "hidden": False}),
        (user.pk, event.pk, f"session {session.pk}", {"format": "json", "people": False, "hidden": True}),
    ]


def test_reading_addresses_is_recorded_and_reading_a_page_without_any_is_not(event, user, organiser):
    session = make_session(event)
    line = make_line(session)
    organiser.get(line.get_absolute_url())
    assert kinds(kind="people.addresses_read") == []
    put_name(
        line, make_attendee(session), now=timezone.now(), name="Ada", email="ada@example.org", consent=True
    )
    put_name(line, make_attendee(session), name="Bo")
    organiser.get(f"/api/v1/sign-up-lines/{line.pk}/sign-ups/")
    entry = AuditEntry.objects.get(kind="people.addresses_read")
    assert (entry.actor, entry.event, entry.subject) == (user.pk, event.pk, f"line {line.pk}")
    assert entry.details == {"addresses": 1}


def test_sign_ins_and_failures_are_recorded_with_the_network_they_came_from(browser_of):
    user = make_user("Ada Lovelace")
    user.username = "ada"
    user.set_password("correct horse battery")
    user.save()
    browser = browser_of()
    came_from = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    for password in ("wrong", "correct horse battery"):
        browser.post("/sign-in/", {"username": "ada", "password": password}, **came_from)
    browser.post("/sign-out/", **came_from)
    browser.post("/sign-in/", {"username": "my password", "password": "x"}, **came_from)
    link = make_sign_in_link(user=user, now=timezone.now())
    browser.post(f"/sign-in/{link}/")
    browser_of().post(f"/sign-in/{link}/")
    entries = AuditEntry.objects.filter(kind__startswith="sign_in.").order_by("pk")
    assert [(one.kind, one.actor, one.subject, one.details.get("method")) for one in entries] == [
        ("sign_in.failed", None, f"user {user.pk}", "password"),
        ("sign_in.done", user.pk, f"user {user.pk}", "password"),
        ("sign_in.out", user.pk, f"user {user.pk}", None),
        ("sign_in.failed", None, "no such user", "password"),
        ("sign_in.link_made", None, f"user {user.pk}", None),
        ("sign_in.done", user.pk, f"user {user.pk}", "link"),
        ("sign_in.failed", None, "", "link"),
    ]
    assert {one.network for one in entries[:4]} == {"203.0.113.7"}


def test_change_in_the_administration_is_recorded_by_its_fields(event, browser_of):
    admin = make_user("Root")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    browser = browser_of(user=admin)
    person = event.people.create(name="Ada Lovelace", slug="ada")
    browser.post(
        f"/admin/opendev_sessions/person/{person.pk}/change/",
        {"event": event.pk, "name": "Ada Byron", "slug": "ada"},
    )
    entry = AuditEntry.objects.get(kind="settings.admin")
    assert (entry.actor, entry.event, entry.subject) == (admin.pk, event.pk, f"person {person.pk}")
    assert entry.details == {"act": "changed", "fields": "Name"}


def test_entries_reach_syslog_and_standard_output(start_server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(60)
        place = f"syslog://127.0.0.1:{syslog.getsockname()[1]}"
        server = start_server(demo=True, start=False, AUDIT_TO=place)
        server.manage("sign_in_link", "organiser")
        received = syslog.recv(4096).decode()
    head, brace, rest = received.partition("{")
    assert head.endswith("opendev-companion: ")
    assert json.loads(brace + rest)["kind"] == "sign_in.link_made"
    printed = start_server(demo=True, start=False, AUDIT_TO="stdout").manage("sign_in_link", "organiser")
    told = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert [one["kind"] for one in told] == ["sign_in.link_made"]
