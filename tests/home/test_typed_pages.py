"""Pages with boxes of several buttons: what was typed for another button is saved, or waits for its own."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sessions.programme.models import SessionRole
from sessions.registrations.models import FigureNote, Registration
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import items_of
from tests.factories import (
    make_event,
    make_line,
    make_moderator,
    make_organiser,
    make_session,
)
from tests.room.pages import code_of, form_of, text_of

pytestmark = pytest.mark.django_db
LIST = b"name,email\nAda Lovelace,ada@example.org\n"


@pytest.fixture
def session():
    return make_session(make_event(), state="upcoming", starts_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def organiser(session, browser_of):
    return browser_of(user=make_organiser(session.event))


# --- registrations


@pytest.fixture
def registrations(session, organiser):
    address = f"/{session.event.slug}/registrations/"
    organiser.post(f"{address}import/", {"file": SimpleUploadedFile("people.csv", LIST)})
    return address


@pytest.mark.parametrize("button", ["figures", "import", "restore", "enter"])
def test_figures_are_saved_with_every_button_and_an_address_waits(organiser, registrations, button):
    one = Registration.objects.get()
    organiser.post(f"{registrations}links/", {"email": one.email})
    typed = form_of(organiser.get(registrations)) | {
        "shown-joined": "20+",
        "source-joined": "The door",
        "email": "somebody@example.org",
    }
    match button:
        case "figures":
            answer = organiser.post(f"{registrations}figures/", typed)
        case "enter":
            answer = organiser.post(f"{registrations}figures/", typed | {"do": "typed"})
        case "import":
            file = SimpleUploadedFile("more.csv", LIST)
            answer = organiser.post(f"{registrations}import/", typed | {"file": file})
        case _:
            answer = organiser.post(f"{registrations}links/", typed | {"do": f"restore:{one.email}"})
            one.refresh_from_db()
            assert one.link_revoked_at is None
    assert answer.status_code == 302, code_of(answer)
    note = FigureNote.objects.get()
    assert (note.figure, note.shown, note.source) == ("joined", "20+", "The door")
    again = form_of(organiser.get(registrations))
    assert (again["email"], again["shown-joined"]) == ("somebody@example.org", "20+")
    assert form_of(organiser.get(registrations))["email"] == ""


def test_enter_behind_an_address_revokes_its_link(organiser, registrations):
    one = Registration.objects.get()
    typed = form_of(organiser.get(registrations)) | {"email": one.email, "do": "typed"}
    assert organiser.post(f"{registrations}figures/", typed).status_code == 302
    one.refresh_from_db()
    assert one.link_revoked_at is not None
    assert form_of(organiser.get(registrations))["email"] == ""


def test_refused_figure_is_named_by_its_box_and_nothing_typed_is_lost(organiser, registrations):
    typed = form_of(organiser.get(registrations)) | {"shown-joined": "20+", "email": "a@example.org"}
    refused = organiser.post(f"{registrations}links/", typed)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert 'id="source-joined-error"' in text_of(refused)
    again = form_of(refused)
    assert (again["shown-joined"], again["email"]) == ("20+", "a@example.org")
    assert not FigureNote.objects.exists()


def test_two_editors_of_a_figure_are_told(organiser, registrations):
    mine, theirs = form_of(organiser.get(registrations)), form_of(organiser.get(registrations))
    figure = {"shown-joined": "20+", "source-joined": "The door"}
    organiser.post(f"{registrations}figures/", theirs | figure)
    refused = organiser.post(
        f"{registrations}figures/", mine | {"shown-joined": "30+", "source-joined": "The list"}
    )
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "20+" in text_of(refused)
    assert organiser.post(f"{registrations}figures/", form_of(refused)).status_code == 302
    assert FigureNote.objects.get().shown == "30+"


# --- the team


def test_boxes_of_the_team_wait_for_their_own_buttons(session, organiser):
    page = session.address("control-team")
    typed = form_of(organiser.get(page)) | {
        "name": "Ada Byron",
        "company": "Analytical",
        "role": "helper",
        "display_name": "Hall",
        "token_name": "slides",
    }
    invited = organiser.post(session.address("control-team-invite"), typed)
    assert session.roles.get().role == SessionRole.Role.HELPER
    left = form_of(invited)
    assert (left["name"], left["display_name"], left["token_name"]) == ("", "Hall", "slides")
    left |= {"name": "Grace"}
    shown = organiser.post(session.address("control-display-make"), left)
    assert session.display_links.get().name == "Hall"
    left = form_of(shown)
    assert (left["name"], left["display_name"], left["token_name"]) == ("Grace", "", "slides")
    role = session.roles.get()
    again = organiser.post(session.address("control-team-invite"), left | {"again": str(role.pk)})
    assert text_of(again).count("/sign-in/") >= 1
    assert form_of(again)["name"] == "Grace"
    for address, button in (
        ("control-screen", {"open": "0"}),
        ("control-team-remove", {"person": f"helper:{role.person_id}"}),
    ):
        assert organiser.post(session.address(address), left | button).status_code == 302
        waiting = form_of(organiser.get(page))
        assert (waiting["name"], waiting["token_name"]) == ("Grace", "slides")
    assert not session.roles.exists()
    made = organiser.post(session.address("control-token-make"), left)
    assert (form_of(made)["name"], form_of(made)["token_name"]) == ("Grace", "")


@pytest.mark.parametrize(
    ("box", "sign"), [("name", "/sign-in/"), ("display_name", "/screen/"), ("token_name", "<code>odc_")]
)
def test_enter_does_what_belongs_to_the_box(session, organiser, box, sign):
    typed = form_of(organiser.get(session.address("control-team"))) | {box: "Somebody"}
    answer = organiser.post(session.address("control-team-typed"), typed)
    assert answer.status_code == 200
    assert sign in text_of(answer)


def test_role_of_another_session_is_not_invited_again(session, organiser):
    elsewhere = make_session(session.event)
    make_moderator(elsewhere)
    answer = organiser.post(session.address("control-team-invite"), {"again": str(elsewhere.roles.get().pk)})
    assert answer.status_code == 404


# --- the run sheet


@pytest.fixture
def plan(session, organiser):
    organiser.post(session.address("control-run-paste"), {"lines": "Prompt: Why? (5)\nHand over\nQuestions"})
    return items_of(session.pk)


def texts_of(session):
    return [item.text for item in items_of(session.pk)]


@pytest.mark.parametrize("act", ["up", "remove", "save", "add", "paste", "clock", "enter"])
def test_items_are_saved_with_every_button_of_the_run_sheet(session, organiser, plan, act):
    page, (first, second, third) = session.address("control-run-sheet"), plan
    typed = form_of(organiser.get(page)) | {
        f"text-{first.pk}": "Why not?",
        f"minutes-{second.pk}": "7",
        "lines": "A note",
        "kind": "note",
        "text": "Typed",
    }
    item = session.address("control-run-item", item=third.pk)
    address, button, left = {
        "up": (item, {"do": "up"}, ("Typed", "A note")),
        "remove": (item, {"do": "remove"}, ("Typed", "A note")),
        "save": (item, {"do": "save"}, ("Typed", "A note")),
        "add": (session.address("control-run-add"), {}, ("", "A note")),
        "enter": (session.address("control-run-add"), {"do": "typed"}, ("", "A note")),
        "paste": (session.address("control-run-paste"), {}, ("Typed", "")),
        "clock": (session.address("control-session-clock"), {"by_clock": "1"}, ("Typed", "A note")),
    }[act]
    answer = organiser.post(address, typed | button)
    assert answer.status_code == 302, text_of(answer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, second.text, second.minutes) == ("Why not?", "Hand over", 7)
    again = form_of(organiser.get(page))
    assert (again["text"], again["lines"]) == left
    assert len(texts_of(session)) == 3 + (act in {"add", "enter", "paste"}) - (act == "remove")


def test_enter_in_an_item_saves_it_and_adds_nothing(session, organiser, plan):
    typed = form_of(organiser.get(session.address("control-run-sheet")))
    typed |= {f"text-{plan[1].pk}": "Say thanks", "do": "typed"}
    organiser.post(session.address("control-run-add"), typed)
    assert texts_of(session) == ["Why?", "Say thanks", ""]


def test_refused_item_is_named_by_its_box_and_nothing_else_is_done(session, organiser, plan):
    typed = form_of(organiser.get(session.address("control-run-sheet")))
    typed |= {f"minutes-{plan[0].pk}": "5x", "kind": "note", "text": "Typed"}
    refused = organiser.post(session.address("control-run-add"), typed)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert f'id="minutes-error-{plan[0].pk}"' in text_of(refused)
    again = form_of(refused)
    assert (again[f"minutes-{plan[0].pk}"], again["text"], again["kind"]) == ("5x", "Typed", "note")
    assert RunSheetItem.objects.count() == 3


def test_two_editors_of_an_item_are_told(session, organiser, plan):
    page = session.address("control-run-sheet")
    item, box = session.address("control-run-item", item=plan[0].pk), f"text-{plan[0].pk}"
    mine, theirs = form_of(organiser.get(page)), form_of(organiser.get(page))
    organiser.post(item, theirs | {box: "Theirs", "do": "save"})
    refused = organiser.post(item, mine | {box: "Mine", "do": "save"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Theirs" in text_of(refused)
    assert organiser.post(item, form_of(refused) | {"do": "save"}).status_code == 302
    assert texts_of(session)[0] == "Mine"


# --- a follow-up group


def test_two_editors_of_a_follow_up_group_are_told(session, organiser):
    first, second = make_line(session, "Networking"), make_line(session, "Storage")
    page = f"/{session.event.slug}/follow-ups/"
    organiser.post(f"{page}groups/", {"title": "Both", "lines": [first.pk]})
    address = f"{page}groups/{first.session.event.follow_up_groups.get().pk}/"
    mine, theirs = form_of(organiser.get(address)), form_of(organiser.get(address))
    organiser.post(address, theirs | {"title": "Theirs", "lines": [first.pk, second.pk]})
    refused = organiser.post(address, mine | {"title": "Mine", "status": "met"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Theirs" in text_of(refused)
    again = form_of(refused)
    assert (again["title"], again["status"]) == ("Mine", "met")
    organiser.post(address, again | {"lines": [first.pk, second.pk]})
    group = session.event.follow_up_groups.get()
    assert (group.title, group.status, group.lines.count()) == ("Mine", "met", 2)


def test_page_of_a_group_is_for_its_owner_and_organisers(session, organiser, browser_of):
    line = make_line(session, "Networking")
    page = f"/{session.event.slug}/follow-ups/"
    organiser.post(f"{page}groups/", {"title": "Both", "lines": [line.pk]})
    address = f"{page}groups/{session.event.follow_up_groups.get().pk}/"
    assert organiser.get(address).status_code == 200
    assert code_of(browser_of(user=make_moderator(session)).get(address)) == "not_organiser"
    assert browser_of().get(address).status_code == 401


def test_refused_merge_keeps_what_was_ticked(session, organiser):
    first, second = make_line(session, "Networking"), make_line(session, "Storage")
    page = f"/{session.event.slug}/follow-ups/"
    refused = organiser.post(f"{page}groups/", {"title": " ", "lines": [second.pk]})
    assert f'value="{second.pk}" checked' in text_of(refused)
    assert f'value="{first.pk}" checked' not in text_of(refused)
