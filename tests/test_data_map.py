"""The data map of docs/privacy.md is about the tables that there are: each field of each model is on it, once."""

import re
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.db.models import Model

PAGE = Path(__file__).resolve().parents[1] / "docs" / "privacy.md"
OWN = {"opendev_sessions", "polls", "etherpad_links", "opendev_room"}
PERSONAL = ["table", "fields", "whose, and what for", "who can read it", "how it is deleted"]
OTHERS = ["table", "fields"]


def rows_under(page: str, head: list[str]) -> list[list[str]]:
    """Return the rows of the table with this head."""
    lines = iter(page.splitlines())
    for line in lines:
        if [cell.strip() for cell in line.strip("|").split("|")] == head:
            break
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def fields_of(rows: list[list[str]]) -> Counter[tuple[str, str]]:
    """Return (table, field) as the rows name them, each as often as it stands there."""
    return Counter((row[0], field) for row in rows for field in re.findall(r"`(\w+)`", row[1]))


def named(model: type[Model]) -> str:
    """Return a model's name on the page: with its app where it is not ours."""
    return model.__name__ if model._meta.app_label in OWN else model._meta.label


def fields_there() -> set[tuple[str, str]]:
    """Return (table, field) of every model; a number as the key says nothing."""
    return {
        (named(model), field.name)
        for model in apps.get_models()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.name != "id"
    }


def test_each_field_is_described_once_and_no_other():
    page = PAGE.read_text()
    personal, others = fields_of(rows_under(page, PERSONAL)), fields_of(rows_under(page, OTHERS))
    described = personal + others
    assert fields_there() - described.keys() == set(), "describe new fields in docs/privacy.md, Data map"
    keys = {(named(model), "id") for model in apps.get_models()}
    assert described.keys() - fields_there() - keys == set(), "the data map names fields that are gone"
    assert {field for field, times in described.items() if times > 1} == set()


def test_each_row_says_whose_it_is_who_reads_it_and_how_it_goes():
    rows = rows_under(PAGE.read_text(), PERSONAL)
    assert len(rows) > 40
    assert [row[0] for row in rows if len(row) != len(PERSONAL) or not all(row)] == []


def test_reference_to_a_person_is_never_called_nothing():
    """Whatever leads to an attendee, a registration or a user is of a person."""
    others = fields_of(rows_under(PAGE.read_text(), OTHERS))
    people = {"Attendee", "Registration", "SignUp", "auth.User"}
    leading = {
        (named(model), field.name)
        for model in apps.get_models()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.related_model and named(field.related_model) in people
    }
    assert leading & others.keys() == set()


def test_field_that_is_left_out_is_missed():
    page = PAGE.read_text().replace("`browser`", "")
    described = fields_of(rows_under(page, PERSONAL)) + fields_of(rows_under(page, OTHERS))
    assert fields_there() - described.keys() == {("SignIn", "browser")}
