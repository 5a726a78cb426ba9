"""Lists of registrations: what is wrong is told by row and field, the rest comes in or nothing does, as chosen."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from opendev.core.attendance import pass_cookie_name, read_pass
from opendev.core.errors import Malformed, NotFound
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_pass
from sessions.registrations.links import personal_link, registration_of
from sessions.registrations.models import Registration, RegistrationImport, RegistrationRow
from sessions.registrations.selectors import bad_rows_of, figures_of
from sessions.registrations.services import files as registration_files
from sessions.registrations.services import importing as service
from sessions.registrations.services.files import rows_of
from sessions.registrations.services.importing import (
    NotUnfinished,
    finish_import,
    import_registrations,
    set_figure,
)
from tests.factories import NOW, make_attendee, make_event, make_poll, make_session, record, vote_for
from tests.factories.polls import votes_counted
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, text_of

pytestmark = pytest.mark.django_db
HEAD = "Email Address,Full Name,Organisation,Country/Region,Join URL\n"
GOOD = "ada@example.org,Ada,Engines,United Kingdom,https://call.example/1\nbo@example.org,Bo,Boats,KR,\n"
LONG_LIST = "email,remarks\n" + "".join(f"person-{n}@example.org,{'n' * 1_000}\n" for n in range(300))
BAD = f"no-address,Cy,,,\neve@example.org,{'E' * 121},,,\nfay@example.org,Fay,,,not a link\n"


@pytest.fixture
def event():
    return make_event()


def bring(event, text, *, skips_bad=False):
    content = text if isinstance(text, bytes) else text.encode()
    given = {"event_id": event.pk, "caller": organiser_of(event), "name": "list.csv", "now": NOW}
    return import_registrations(content=content, skips_bad=skips_bad, **given)


def kept(event):
    return list(
        Registration.objects.filter(event=event).order_by("email").values_list("email", "name", "country")
    )


# --- bringing a list


def join_by_link(client, registration, session):
    """The pass that a device holds after joining by somebody's personal link."""
    answer = client.post(personal_link(registration.pk), {"session": session.slug})
    assert answer.status_code == 302
    return read_pass(client.cookies[pass_cookie_name(session.event_id)].value)


def test_three_bad_rows_are_named_and_nothing_comes_in_unless_the_rest_is_asked_for(event):
    refused = bring(event, HEAD + GOOD + BAD)
    assert (refused.state, refused.total, refused.bad) == ("refused", 5, 3)
    assert kept(event) == []
    told = [(row.number, row.wrong_field, row.value[:10]) for row in bad_rows_of(refused.pk)]
    assert told == [(4, "email", "no-address"), (5, "name", "EEEEEEEEEE"), (6, "call_url", "not a link")]
    assert all(row.reason for row in bad_rows_of(refused.pk))
    done = bring(event, HEAD + GOOD + BAD, skips_bad=True)
    assert (done.state, done.added, done.bad) == ("done", 2, 3)
    assert kept(event) == [("ada@example.org", "Ada", "GB"), ("bo@example.org", "Bo", "KR")]
    assert RegistrationRow.objects.filter(brought=done, wrong_field="").count() == 0


def test_rows_of_one_address_are_merged_and_keep_what_the_newer_leaves_open(event):
    bring(event, HEAD + GOOD)
    again = bring(event, "email,name,company\nADA@example.org,Ada Lovelace,\nada@Example.org,,Analytical\n")
    assert (again.added, again.merged, again.changed) == (0, 2, 2)
    ada = Registration.objects.get(email="ada@example.org")
    assert (ada.name, ada.company, ada.country, ada.call_url) == (
        "Ada Lovelace",
        "Analytical",
        "GB",
        "https://call.example/1",
    )


def test_list_longer_than_a_chunk_comes_in_whole_and_says_how_far_it_is(event, monkeypatch):
    monkeypatch.setattr(service, "CHUNK", 3)
    heard = []
    take_over = service._take_over_rows

    def listening(brought, rows, now):
        take_over(brought, rows, now)
        heard.append((brought.read, RegistrationImport.objects.get(pk=brought.pk).taken_over))

    monkeypatch.setattr(service, "_take_over_rows", listening)
    done = bring(event, "email\n" + "".join(f"p{n}@example.org\n" for n in range(8)))
    assert heard == [(8, 3), (8, 6), (8, 8)]
    assert (done.added, Registration.objects.filter(event=event).count()) == (8, 8)


def test_import_that_was_cut_off_is_finished_and_one_that_was_read_in_part_is_refused(event, monkeypatch):
    def cut_off(brought, now):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(service, "_take_over", cut_off)
        with pytest.raises(RuntimeError):
            bring(event, HEAD + GOOD)
    by_right = {"caller": organiser_of(event), "now": NOW}
    cut = RegistrationImport.objects.get(event=event)
    assert kept(event) == []
    assert finish_import(import_id=cut.pk, **by_right).state == "done"
    assert len(kept(event)) == 2
    with pytest.raises(NotUnfinished):
        finish_import(import_id=cut.pk, **by_right)
    part = RegistrationImport.objects.create(event=event, total=9, read=3, began_at=NOW)
    assert finish_import(import_id=part.pk, **by_right).state == "refused"


# --- files


def as_xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "email;first name;last name;company;country\nada@example.org;Ada;Lovelace;Ünikum;gbr\n".encode(),
        "\ufeffE-Mail\tName\tCompany\tCountry\r\nada@example.org\tAda Lovelace\tÜnikum\tUK\r\n".encode(),
        "email,name,company,country\nada@example.org,Ada Lovelace,Ünikum,GB\n".encode("cp1252"),
        as_xlsx(
            ["Email", "Name", "Company", "Country", 7],
            ["ada@example.org", "Ada Lovelace", "Ünikum", "GB"],
            [None],
        ),
    ],
    ids=["semicolons", "tabs", "windows", "xlsx"],
)
def test_list_is_read_in_the_forms_in_which_they_come(content):
    (row,) = rows_of(content)
    assert row.said == {
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "company": "Ünikum",
        "country": "GB",
        "call_url": "",
    }
    assert row.number == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name\nAda\n",
        b"email\n",
        b'email\n"ada\n',
        b"\x00\x01",
        b"PK\x03\x04 no spreadsheet",
        b"email\n" + b"a@example.org\n" * 6,
    ],
    ids=["empty", "no email", "no rows", "open quote", "binary", "broken xlsx", "too long"],
)
def test_file_that_cannot_be_read_is_refused_by_its_field(content, monkeypatch):
    monkeypatch.setattr(registration_files, "MOST_ROWS", 5)
    with pytest.raises(Malformed) as refusal:
        rows_of(content)
    assert list(refusal.value.fields) == ["file"]


def test_row_with_signs_that_cannot_be_shown_is_wrong():
    (row,) = rows_of(b"email,name\nada@example.org,A\x07da\n")
    assert (row.number, row.wrong_field) == (2, "name")


def test_control_characters_of_a_workbook_are_read_as_those_of_text():
    """A workbook spells them out: a carriage return is `_x000D_`."""
    names = ["Ada_x000D_\nLovelace", "Ada _x000a_Lovelace", "A_x0007_da", "Ada_x0100_"]
    content = as_xlsx(
        ["email", "name"], *([f"{number}@example.org", name] for number, name in enumerate(names))
    )
    first, second, third, fourth = rows_of(content)
    assert first.said["name"] == second.said["name"] == "Ada Lovelace"
    assert third.wrong_field == "name"
    assert fourth.said["name"] == "Ada_x0100_"


# --- figures


def test_figures_are_counted_and_can_be_printed_otherwise_with_their_source(event):
    bring(event, HEAD + GOOD + "cy@example.org,Cy,engines,GB,\n")
    figures = figures_of(event)
    assert [(name, one.counted) for name, one in figures.items()] == [
        ("registered", 3),
        ("joined", 0),
        ("companies", 2),
        ("countries", 2),
    ]
    by_right = {"event_id": event.pk, "caller": organiser_of(event), "figure": "registered"}
    set_figure(shown="700+", source="The foundation’s report", **by_right)
    assert (figures_of(event)["registered"].shown, figures_of(event)["registered"].counted) == ("700+", 3)
    with pytest.raises(Malformed) as refusal:
        set_figure(shown="700+", source="", **by_right)
    assert list(refusal.value.fields) == ["source"]
    set_figure(shown="", source="", **by_right)
    assert figures_of(event)["registered"].shown == "3"


# --- pages


@pytest.fixture
def organiser(browser_of, event):
    organiser_of(event)
    return browser_of(user=event.organisers.first())


def test_organiser_brings_a_list_by_the_page_and_reads_what_is_wrong(organiser, event):
    address = f"/{event.slug}/registrations/"

    def post(content, **said):
        file = SimpleUploadedFile("list.csv", content.encode())
        return organiser.post(f"{address}import/", {"file": file, **said})

    assert code_of(organiser.post(f"{address}import/", {})) == "malformed"
    assert code_of(post("name\nAda\n")) == "malformed"
    assert post(HEAD + GOOD + BAD).status_code == 302
    page = text_of(organiser.get(address))
    assert "Nothing taken over" in page
    assert "not a link" in page
    post(HEAD + GOOD + BAD, bad_rows="skip")
    assert "2 added, 0 merged (0 of them changed), 3 with errors." in text_of(organiser.get(address))
    organiser.post(f"{address}figures/", {"shown-registered": "700+", "source-registered": "The report"})
    assert "700+" in text_of(organiser.get(address))


def test_large_list_comes_in_where_lists_are_taken_and_nowhere_else(organiser, event):
    content = LONG_LIST.encode()
    assert len(content) > 256 * 1024
    for page, status in (("import/", 302), ("figures/", 413)):
        answer = organiser.post(
            f"/{event.slug}/registrations/{page}", {"file": SimpleUploadedFile("list.csv", content)}
        )
        assert answer.status_code == status


def test_personal_link_joins_with_what_was_registered_and_only_by_post(client, event):
    session = make_session(event)
    bring(event, HEAD + GOOD)
    ada = Registration.objects.get(email="ada@example.org")
    address = personal_link(ada.pk)
    before = Attendee.objects.count()
    page = text_of(client.get(address))
    assert "Welcome, Ada" in page
    assert "https://call.example/1" in page
    assert Attendee.objects.count() == before
    answer = client.post(address, {"session": session.slug})
    assert answer.headers["location"] == session.get_absolute_url()
    attendee = Attendee.objects.latest("pk")
    assert (attendee.name, attendee.company, attendee.country) == ("Ada", "Engines", "GB")
    ada.refresh_from_db()
    assert ada.attendee == attendee


def test_personal_link_is_one_attendee_on_every_device_with_one_ballot(event):
    session = make_session(event)
    bring(event, HEAD + GOOD)
    ada, other = Registration.objects.filter(event=event)
    before = Attendee.objects.count()
    passes = [join_by_link(Client(), ada, session) for _device in range(3)]
    assert Attendee.objects.count() == before + 1
    assert {one.attendee_id for one in passes} == {passes[0].attendee_id}
    assert len({one.device_secret for one in passes}) == 3
    secret, named = make_poll(session), make_poll(session, anonymous=False)
    first, second, third = passes
    assert record(vote_for(secret, first, "a"), vote_for(secret, second, "b")) == ["a", "already_voted"]
    assert record(vote_for(secret, third, "b", secret=b"a secret of its own")) == ["already_voted"]
    assert record(vote_for(named, first, "a"), vote_for(named, third, "b")) == ["a", "b"]
    assert (votes_counted(secret), votes_counted(named)) == ({"a": 1, "": 1}, {"b": 1, "": 1})
    neighbour = join_by_link(Client(), other, session)  # of the same company, in the same room
    assert record(vote_for(secret, neighbour, "b")) == ["b"]


def test_device_that_joined_by_the_code_stays_who_it_is_with_its_own_personal_link(client, event):
    session = make_session(event)
    bring(event, HEAD + GOOD)
    ada, other = Registration.objects.filter(event=event)
    client.post(f"/j/{session.code}/", {"name": "Augusta"})
    known = Attendee.objects.latest("pk")
    assert join_by_link(client, ada, session).attendee_id == known.pk
    known.refresh_from_db()
    assert (known.name, known.company) == ("Augusta", "Engines")
    # Somebody else's link on the same device is somebody else.
    assert join_by_link(client, other, session).attendee_id != known.pk
    assert join_by_link(client, ada, session).attendee_id == known.pk


def test_link_that_was_made_up_leads_nowhere(client, event):
    bring(event, HEAD + GOOD)
    one, other = Registration.objects.filter(event=event)
    number, _dot, sign = personal_link(one.pk).rstrip("/").rpartition("/")[2].partition(".")
    for token in (f"{other.pk}.{sign}", number, f"{number}.", "x"):
        with pytest.raises(NotFound):
            registration_of(token)
        assert client.get(f"/join/{token}/").status_code == 404


def test_revoked_link_answers_as_an_unknown_one_and_the_others_go_on(client, organiser, event):
    bring(event, HEAD + GOOD)
    one, other = Registration.objects.filter(event=event)
    address = f"/{event.slug}/registrations/links/"
    refused = organiser.post(address, {"email": "nobody@example.org"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    organiser.post(address, {"email": one.email.upper()})
    unknown = client.get("/join/1.made-up/")
    for method in (client.get, client.post):
        answer = method(personal_link(one.pk))
        assert (answer.status_code, code_of(answer)) == (404, code_of(unknown))
    assert client.get(personal_link(other.pk)).status_code == 200
    answer = organiser.get(f"/{event.slug}/export.csv?people=1&table=registrations")
    exported = b"".join(answer.streaming_content).decode()
    assert (personal_link(one.pk) in exported, personal_link(other.pk) in exported) == (False, True)
    bring(event, HEAD + GOOD)
    assert client.get(personal_link(one.pk)).status_code == 404
    assert one.email in text_of(organiser.get(f"/{event.slug}/registrations/"))
    organiser.post(address, {"email": one.email, "do": "restore"})
    assert client.get(personal_link(one.pk)).status_code == 200


def test_link_is_revoked_with_or_without_what_it_opened_and_brings_it_back(organiser, event):
    session = make_session(event)
    bring(event, HEAD + GOOD)
    ada, bo = Registration.objects.filter(event=event)
    poll, address = make_poll(session, anonymous=False), f"/{event.slug}/registrations/links/"
    ada_pass, bo_pass = (join_by_link(Client(), one, session) for one in (ada, bo))
    organiser.post(address, {"email": ada.email})
    organiser.post(address, {"email": bo.email, "passes_too": "on"})
    assert record(vote_for(poll, ada_pass, "a"), vote_for(poll, bo_pass, "b")) == ["a", "not_joined"]
    organiser.post(address, {"do": f"restore:{bo.email}"})
    assert record(vote_for(poll, bo_pass, "b")) == ["b"]
    by_enter = {"email": bo.email, "passes_too": "on", "do": "typed"}
    organiser.post(f"/{event.slug}/registrations/figures/", by_enter)
    assert record(vote_for(poll, bo_pass, "a")) == ["not_joined"]


def test_restored_link_does_not_let_in_whom_a_moderator_put_out(organiser, event):
    session = make_session(event)
    bring(event, HEAD + GOOD)
    ada = Registration.objects.filter(event=event).first()
    poll, address = make_poll(session, anonymous=False), f"/{event.slug}/registrations/links/"
    ada_pass = join_by_link(Client(), ada, session)
    set_pass(attendee_id=ada_pass.attendee_id, caller=organiser_of(event), revoked=True, now=NOW)
    organiser.post(address, {"email": ada.email, "passes_too": "on"})
    organiser.post(address, {"do": f"restore:{ada.email}"})
    assert record(vote_for(poll, ada_pass, "a")) == ["not_joined"]


def test_session_of_another_event_is_not_joined_by_a_personal_link(client, event):
    bring(event, HEAD + GOOD)
    elsewhere = make_session()
    make_attendee(elsewhere)
    address = personal_link(Registration.objects.filter(event=event).first().pk)
    assert client.post(address, {"session": elsewhere.slug}).status_code == 404


def test_large_list_comes_in_by_rest(event):
    organiser_of(event)
    token = make_api_token(
        user=event.organisers.first(), name="", lasts=timedelta(days=1), now=timezone.now()
    )
    answer = Client(headers={"Authorization": f"Bearer {token}"}).post(
        f"/api/v1/events/{event.slug}/registrations/imports/",
        {"csv": LONG_LIST, "bad_rows": "refuse"},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["added"]) == (201, 300)
