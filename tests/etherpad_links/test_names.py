"""What people type under a heading: who is a person, and what is said of them."""

import pytest

from etherpad_links.names import TypedName, read_name


@pytest.mark.parametrize(
    ("text", "name", "company"),
    [
        ("Jane Doe, Example Corp", "Jane Doe, Example Corp", ""),
        ("José Núñez (ACME)", "José Núñez", "ACME"),
        ("Ann  (Stack HPC,  Bristol)", "Ann", "Stack HPC, Bristol"),
        ("Alex Kim (she/her)", "Alex Kim (she/her)", ""),
        ("Sam (they/them)", "Sam (they/them)", ""),
        ("Erika M. <erika@example.org>", "Erika M.", ""),
        ("Erika M. (erika@example.org)", "Erika M.", ""),
        ("Jo Day https://example.org/jo", "Jo Day", ""),
        ("+1 Ann Lee", "Ann Lee", ""),
        ("李雷", "李雷", ""),
        ("3D", "3D", ""),
        ("O'Neill", "O'Neill", ""),
        ("No", "No", ""),  # a family name too
        ("Mei Na", "Mei Na", ""),
        ("Dr. No One-Eye", "Dr. No One-Eye", ""),
        ("T. B. Dekker", "T. B. Dekker", ""),
        ("J.Garbutt", "J.Garbutt", ""),
    ],
)
def test_person_is_read_with_their_company_and_without_their_addresses(text: str, name: str, company: str):
    assert read_name(text) == TypedName(name, company)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+1",
            "+1!",
            " +1 ",
            "+2",
            "++",
            "-1",
            "me too",
            "Me too!",
            "ME TOO",
            "+1 me too",
            "count me in",
            "I’m in",
        ),
        *(
            "???",
            "?",
            "-",
            "…",
            "---",
            "👍",
            "👍👍",
            "123",
            "TBD",
            "tbd.",
            "(TBD)",
            "TBA",
            "n/a",
            "N/A",
            "todo",
        ),
        *(
            "http://example.org/jd",
            "HTTPS://EXAMPLE.ORG",
            "www.example.org",
            "example.org/people",
            "<https://a.example>",
        ),
        *("jane2@example.org", "<jane@example.org>", "mailto:jane@example.org", "a@b.example, c@d.example"),
        *("add your name here", "Names:", "anyone else?", "nobody", "ditto", "??? (ACME)"),
    ],
)
def test_stand_in_for_a_name_is_no_person(text: str):
    assert read_name(text) is None
