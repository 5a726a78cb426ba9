"""Lists of registrations as other tools write them: no database.

The files are small and invented, in the shape that the tools export.
"""

import io
from pathlib import Path

import openpyxl
import pytest

from opendev.core.errors import Malformed
from sessions.registrations.services.files import read_list

FILES = Path(__file__).with_name("files")


def people(content):
    """Address, name, company and country of each row; none is wrong."""
    rows = read_list(content).rows
    assert [(row.number, row.wrong_field) for row in rows if row.wrong_field] == []
    return [tuple(row.said[name] for name in ("email", "name", "company", "country")) for row in rows]


def of_file(name):
    return (FILES / name).read_bytes()


def used(content):
    return {column.heading: column.field for column in read_list(content).columns if column.field}


def workbook(*sheets):
    """An XLSX file, each sheet a title and its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- files of other tools


def test_people_of_one_pretix_order_stay_people_with_their_own_company_and_country():
    assert people(of_file("pretix-positions-group.csv")) == [
        ("ada@example.org", "Ada X", "Example GmbH", "DE"),
        ("bo@example.org", "Bo X", "Foo Inc", "US"),
        ("zoe@example.org", "Zoe X", "Bar AB", "SE"),
    ]
    assert people(of_file("pretix-order-positions.csv")) == [
        ("ada@example.org", "Ada One", "Acme", "DE"),
        ("ben@example.org", "Ben Two", "Acme", "DE"),
    ]


def test_german_pretix_list_leaves_out_what_was_cancelled_and_says_where_the_buyer_stands_in():
    content = of_file("pretix-teilnehmer.csv")
    assert people(content) == [
        ("ada@example.org", "Ada Eins", "Motoren AG", "AT"),
        ("kasse@example.org", "Cy Drei", "Kasse GmbH", "TR"),
    ]
    read = read_list(content)
    assert read.left_out == 1
    assert [(one.row, one.field, one.value) for one in read.remarks] == [
        (3, "state", "storniert"),
        (4, "email", ""),
    ]
    assert any("“Teilnehmer-E-Mail” (J), “E-Mail-Adresse” (D)" in note for note in read.notes)


def test_report_of_zoom_is_read_from_its_part_about_attendees():
    assert people(of_file("zoom-registration-report.csv")) == [("ada@example.org", "Ada One", "", "")]
    content = of_file("zoom-attendee-report.csv")
    assert people(content) == [
        ("ada@example.org", "Ada One", "Engines Ltd", "TR"),
        ("ben@example.org", "Ben Two", "", ""),
    ]
    read = read_list(content)
    assert [row.number for row in read.rows] == [13, 14]
    assert read.left_out == 1
    assert any("“Host Details”, “Panelist Details”, “Other Attended”" in note for note in read.notes)


def test_guests_of_luma_are_those_who_were_approved():
    content = of_file("luma-guests.csv")
    assert people(content) == [
        ("ada@example.org", "Ada One", "Engines Ltd", "AE"),
        ("eve@example.org", "Eve Five", "", ""),
    ]
    read = read_list(content)
    assert read.left_out == 3
    assert [(one.row, one.field, one.value) for one in read.remarks] == [
        (3, "state", "declined"),
        (4, "state", "pending_approval"),
        (5, "state", "waitlist"),
        (6, "country", "Atlantis"),
    ]


def test_questions_of_a_form_are_understood_and_the_rest_is_passed_over():
    content = of_file("google-forms.csv")
    assert people(content) == [
        ("ada@example.org", "Ada Muster", "Example GmbH", "DE"),
        ("bo.li@example.com", "Bo Li", "Foo, Inc.", "US"),
        ("zoe@example.net", "Zoë Ångström", "Räksmörgås AB", "SE"),
    ]
    assert [column.heading for column in read_list(content).columns if not column.field] == ["Timestamp"]


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        ("Vorname;Name;E-Mail;Firma;Land", "Ada;Eins;a@example.org;Motoren;Schweiz", "Ada Eins|Motoren|CH"),
        ("Nom,Prénom,Courriel,Société,Pays", "Un,Ada,a@example.org,Moteurs,Allemagne", "Ada Un|Moteurs|DE"),
        (
            "Nombre,Apellidos,Correo electrónico,Empresa,País",
            "Ada,Uno,a@example.org,Motores,Países Bajos",
            "Ada Uno|Motores|NL",
        ),
        (
            "Zeitstempel,E-Mail-Adresse,Ihr Name?,Für welches Unternehmen arbeiten Sie?,Aus welchem Land kommen Sie?",
            "x,a@example.org,Ada Eins,Motoren,Türkei",
            "Ada Eins|Motoren|TR",
        ),
        ("Name *,Email *,Company (optional)", "Ada One,a@example.org,Engines", "Ada One|Engines|"),
        (
            "Attendee first name,Attendee Surname,Attendee email,Buyer email,Company name,Home Country",
            "Ada,One,a@example.org,b@example.org,Engines,England",
            "Ada One|Engines|GB",
        ),
        (
            "Name,Company size,Company,Emergency contact name,Email,Phone country code",
            "Ada One,10-50,Engines,Bo Two,a@example.org,+49",
            "Ada One|Engines|",
        ),
        (
            "guest_id,name,email,What organisation are you affiliated with?,What's your job title?",
            "g1,Ada One,a@example.org,Engines,Boss",
            "Ada One|Engines|",
        ),
        (
            "Firma,Kontakt-E-Mail,Vorname,Nachname,Teilnehmer-E-Mail",
            "Motoren,b@e.org,Ada,Eins,a@example.org",
            "Ada Eins|Motoren|",
        ),
        ("First Name,Name,Email", "Ada,Ada One,a@example.org", "Ada One||"),
    ],
    ids=[
        "German",
        "French",
        "Spanish",
        "German form",
        "stars",
        "Eventbrite",
        "look-alikes",
        "Luma",
        "contact",
        "both names",
    ],
)
def test_headings_are_known_in_several_languages_and_ways(headings, row, expected):
    ((email, *rest),) = people(f"{headings}\n{row}\n".encode())
    assert (email, "|".join(rest)) == ("a@example.org", expected)


# --- which column counts


def test_of_two_columns_the_first_that_says_something_counts_and_both_are_named():
    content = b"Email,Country/Region,Country/Region Name\na@example.org,Germany,\nb@example.org,,France\n"
    assert [country for *_rest, country in people(content)] == ["DE", "FR"]
    (note,) = read_list(content).notes
    assert "“Country/Region” (B), “Country/Region Name” (C)" in note


def test_column_of_addresses_that_is_called_otherwise_is_used_where_there_is_one():
    assert used(b"Username,Full name\na@example.org,Ada\nb@example.org,Bo\n") == {
        "Username": "email",
        "Full name": "name",
    }
    with pytest.raises(Malformed) as refusal:
        read_list(b"Username,Contact\na@example.org,b@example.org\n")
    assert "“Username”, “Contact”" in str(refusal.value.fields["file"])
    assert used(b"Username,Email\nada,a@example.org\n") == {"Username": "name", "Email": "email"}


def test_rows_of_one_address_with_two_names_are_remarked():
    read = read_list(b"Email,Name\na@example.org,Ada\na@example.org,Bo\nA@example.org,ada\n")
    assert [(one.row, one.field, one.value) for one in read.remarks] == [(3, "name", "")]


# --- states


@pytest.mark.parametrize(
    ("heading", "state", "is_one"),
    [
        ("Status", "paid", True),
        ("Status", "canceled", False),
        ("Order status", "Cancelled", False),
        ("Status", "partially refunded", True),
        ("Approval Status", "Cancelled by self", False),
        ("Approval Status", "denied", False),
        ("Attendee Status", "Not Attending", False),
        ("Attendee Status", "Checked In", True),
        ("Registration state", "Withdrawn", False),
        ("RSVP", "No", False),
        ("RSVP", "Yes", True),
        ("RSVP", "Waitlist", False),
        ("Cancelled", "no", True),
        ("Cancelled", "2026-11-01 10:00", False),
        ("Statut", "En attente", False),
        ("Statut", "Confirmé", True),
        ("Estado", "Lista de espera", False),
        ("State", "waitlisted", False),
        ("State", "Bavaria", True),
        ("Status", "not cancelled", True),
        ("Status", "", True),
    ],
)
def test_state_says_whether_a_row_is_a_registration(heading, state, is_one):
    read = read_list(f"Email,{heading}\na@example.org,{state}\nb@example.org,{state}\n".encode())
    assert (len(read.rows), read.left_out) == ((2, 0) if is_one else (0, 2))


# --- countries


def test_countries_are_known_as_people_write_them():
    assert [country for *_rest, country in people(of_file("countries-as-people-write-them.csv"))] == [
        *("TR", "RU", "HK", "MO", "GB", "NL", "AE", "CI", "DE", ""),
    ]
    assert read_list(of_file("countries-as-people-write-them.csv")).remarks == []


def test_unknown_country_costs_nobody_the_person_and_is_named():
    long = "x" * 300
    read = read_list(
        f"Email,Country\na@example.org,Atlantis\nb@example.org,{long}\nc@example.org,-\n".encode()
    )
    assert [row.said["country"] for row in read.rows] == ["", "", ""]
    assert [(one.row, one.field, one.value) for one in read.remarks] == [
        (2, "country", "Atlantis"),
        (3, "country", "x" * 200),
    ]


# --- the form of the file


@pytest.mark.parametrize(
    "content",
    [
        of_file("excel-sep-line.csv"),
        b"sep=\t\r\nName\tEmail\r\nAda One\tada@example.org\r\n",
        b"Registrations of Part One\n\nName,Email\nAda One,ada@example.org\n",
        b"\n\n,,\nList of 11 November,,\nmade by Bo,,\nName,Email,Remark\nAda One,ada@example.org,\n",
        "Name\tEmail\r\nAda One\tada@example.org\r\n".encode("utf-16"),
        "Name\tEmail\r\nAda One\tada@example.org\r\n".encode("utf-16-le"),
        b"Name|Email\nAda One|ada@example.org\n",
        b"Email;Name;Company\nada@example.org;Ada One;\n\nEmail;Name;Company\n",
        b"Name,Email\nAda One,Ada One <ADA@example.org>\n",
        b"Name,Email,Remark\nAda One,ada@example.org,\0" + b"x" * 100 + b"\n",
        "Name,Email\nAda One,\u200bada@example.org\u00a0\n".encode(),
        workbook(
            ("Read me", [["A list of people"]]),
            ("People", [["Name", "Email"], ["Ada One", "ada@example.org"]]),
        ),
        workbook(("A", [["Event:", "Part One"], [], ["Name", "Email"], ["Ada One", "ada@example.org"]])),
        workbook(
            (
                "A",
                [["Name", "Email"], ['="Ada One"', '=HYPERLINK("mailto:ada@example.org","ada@example.org")']],
            )
        ),
        workbook(("A", [["Name", "Email"], ["Ada One", '=HYPERLINK("mailto:ada@example.org")']])),
    ],
    ids=[
        *("sep", "sep tab", "title", "blank rows", "utf-16", "utf-16 without mark", "bars", "headings again"),
        *(
            "name and address",
            "a NUL",
            "invisible signs",
            "second sheet",
            "title in a sheet",
            "formulas",
            "link alone",
        ),
    ],
)
def test_list_is_found_in_the_file(content):
    assert people(content) == [("ada@example.org", "Ada One", "", "")]


def test_headings_below_the_twentieth_row_are_not_looked_for():
    assert len(people(b"about\n" * 19 + b"Email,Name\na@example.org,Ada\n")) == 1
    with pytest.raises(Malformed):
        read_list(b"about\n" * 20 + b"Email,Name\na@example.org,Ada\n")


def test_sheets_that_look_like_lists_too_are_named():
    list_of = [["Email", "Name"], ["ada@example.org", "Ada One"]]
    read = read_list(workbook(("Yes", [*list_of, ["bo@example.org", "Bo"]]), ("Maybe", list_of)))
    assert len(read.rows) == 2
    assert any("“Yes”" in note and "“Maybe”" in note for note in read.notes)


def test_formula_without_a_value_is_said():
    rows = [
        ["Email", "First", "Name"],
        ["a@example.org", "Ada", '=B2&" One"'],
        ['=B3&"@example.org"', "Bo", "Bo"],
    ]
    read = read_list(workbook(("A", rows)))
    assert [(one.row, one.field, one.value) for one in read.remarks] == [(2, "name", '=B2&" One"')]
    wrong = read.rows[1]
    assert (wrong.number, wrong.wrong_field, wrong.value) == (3, "email", '=B3&"@example.org"')
    assert "no stored value" in wrong.reason


@pytest.mark.parametrize(
    ("names", "encoding", "label"),
    [
        (["Анна", "Дмитрий", "Ольга Петрова"], "cp1251", "Windows-1251"),
        (["Ελένη", "Γιώργος", "Νίκος Παπαδόπουλος"], "cp1253", "Windows-1253"),
        (["Zoë", "Jürgen Müller", "José"], "cp1252", "Windows-1252"),
        (["O’Brien", "Ann – Marie"], "cp1252", "Windows-1252"),
        (["Łukasz", "Małgorzata", "Grażyna Wąs"], "cp1250", "Windows-1250"),
        (["Zoë", "Jürgen Müller", "José"], "mac_roman", "Mac Roman"),
        (["Анна", "Дмитрий", "Ольга Петрова"], "koi8_r", "KOI8-R"),
    ],
)
def test_encoding_is_guessed_from_the_words_and_said(names, encoding, label):
    rows = "".join(f"p{n}@example.org,{name}\n" for n, name in enumerate(names))
    content = f"Email,Name\n{rows}".encode(encoding)
    assert [name for _email, name, *_rest in people(content)] == names
    (note,) = read_list(content).notes
    assert label in note


def test_row_that_is_wrong_shows_its_value():
    read = read_list(b"Email,Name,Join link\nnot-an-address,Ada,\nb@example.org,Bo,example\n")
    assert [(row.number, row.wrong_field, row.value) for row in read.rows] == [
        (2, "email", "not-an-address"),
        (3, "call_url", "example"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Name,Phone\nAda,1\n", "“Name”, “Phone”"),
        (b"ada@example.org\nbo@example.org\n", "headings"),
        (b"\xd0\xcf\x11\xe0 old", "Excel 97"),
    ],
)
def test_file_that_is_no_list_is_refused_with_what_would_help(content, words):
    with pytest.raises(Malformed) as refusal:
        read_list(content)
    assert words in str(refusal.value.fields["file"])
