"""Exports: the same totals in every format, nothing hidden, nobody's name unless asked for, no formula."""

import csv
import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from opendev.core.text import csv_cell
from polls.kinds import kind_named
from polls.models import Poll
from sessions.follow_ups.models import SignUp
from sessions.programme.models import Event, Session
from sessions.programme.services.sessions import split_session
from sessions.registrations.models import Registration
from sessions.registrations.services.importing import import_registrations
from tests.factories import (
    NOW,
    make_attendee,
    make_line,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    put_name,
    support,
)
from tests.factories.polls import record, vote_for
from tests.factories.sessions import make_moderator, organiser_of

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "＝1"]


@pytest.fixture
def session():
    return make_session(title="=HYPERLINK(1)")


@pytest.fixture
def organiser(browser_of, session):
    organiser_of(session.event)
    return browser_of(user=session.event.organisers.first())


def voted_on(session, **rules):
    """A poll with five votes for a, two for b."""
    poll = make_poll(session, options=("a", "b | c"), **rules)
    voters = [make_attendee(session, name=f"Voter {n}") for n in range(7)]
    record(*(vote_for(poll, voter, "a" if n < 5 else "b | c") for n, voter in enumerate(voters)))
    Poll.objects.filter(pk=poll.pk).update(state="closed", closed_at=NOW)
    return poll


def read(client, path, form, **query):
    answer = client.get(f"{path}.{form}", query)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows_in(content, form):
    """The rows of the polls' table, as texts by column."""
    if form == "json":
        rows = json.loads(content)["polls"]
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    elif form == "xlsx":
        head, *lines = openpyxl.load_workbook(io.BytesIO(content))["polls"].iter_rows(values_only=True)
        rows = [dict(zip(head, line, strict=True)) for line in lines]
    else:
        lines = (
            content.decode()
            .partition("## Polls\n\n")[2]
            .partition("\n\n")[0]
            .replace(r"\|", "¦")
            .splitlines()
        )
        head, _, *cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        rows = [dict(zip([name.replace("\\", "") for name in head], line, strict=True)) for line in cells]
    return [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]


def path_of(session, poll=None):
    middle = f"/polls/{poll.pk}" if poll else ""
    return f"/{session.event.slug}/sessions/{session.slug}{middle}/export"


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_totals_are_equal_in_every_format_and_scope(organiser, session, form):
    poll = voted_on(session)
    for path in (path_of(session, poll), path_of(session), f"/{session.event.slug}/export"):
        rows = rows_in(read(organiser, path, form), form)
        assert [(row["votes"], row["share_percent"], row["voted"]) for row in rows] == [
            ("5", "71", "7"),
            ("2", "29", "7"),
        ]


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_hidden_result_is_in_no_file_unless_a_moderator_asks_for_it(organiser, session, form):
    voted_on(session, visibility="moderators")
    make_poll(session, state="draft", question="A draft?")
    path = path_of(session)
    rows = rows_in(read(organiser, path, form), form)
    assert [(row["votes"], row["result"]) for row in rows] == [("", "hidden"), ("", "hidden")]
    asked = rows_in(read(organiser, path, form, hidden="1"), form)
    assert [row["votes"] for row in asked] == ["5", "2", "0", "0", "0"]
    assert {row["question"] for row in asked} == {"Which?", "A draft?"}


def test_suggestions_are_told_without_their_authors_and_hidden_ones_where_asked(organiser, session):
    ada = make_attendee(session, name="Ada")
    support(make_suggestion(session, "Rancher", attendee=ada), make_attendee(session))
    make_suggestion(session, "Dismissed", state="dismissed")
    for query, titles in (({}, ["Rancher"]), ({"hidden": "1"}, ["Rancher", "Dismissed"])):
        rows = json.loads(read(organiser, path_of(session), "json", **query))["suggestions"]
        told = {row["title"]: (row["state"], row["supporters"]) for row in rows}
        assert sorted(told) == sorted(titles)  # made at one moment: either may be first
        assert told["Rancher"] == ("open", 1)
        assert "Ada" not in str(rows)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md"])
def test_nobody_is_named_unless_names_are_asked_for(organiser, session, form):
    voted_on(session, anonymous=False)
    line = make_line(session)
    put_name(
        line, make_attendee(session, name="Hidden Hanna"), shown=False, email="h@example.org", consent=True
    )
    Registration.objects.create(
        event=session.event, email="r@example.org", name="Reg Istered", registered_at=NOW
    )
    SignUp.objects.update(contact_until="2099-01-01")
    path = f"/{session.event.slug}/export"
    names = ["Voter 1", "Hidden Hanna", "h@example.org", "r@example.org", "Reg Istered"]

    def found(**query):
        content = read(organiser, path, form, **query)
        if form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            text = str([list(sheet.values) for sheet in book])
        else:
            text = content.decode()
        return [name for name in names if name in text]

    assert found() == []
    if form == "csv":
        assert found(people="1", table="answers") == ["Voter 1"]
        assert found(people="1", table="registrations") == ["r@example.org", "Reg Istered"]
        refused = organiser.get(f"{path}.csv", {"table": "registrations"})
        assert refused.status_code == 400
    elif form == "md":
        assert len(found(people="1")) == len(names)
    else:
        assert found(people="1") == names


@pytest.mark.parametrize("formula", FORMULAS)
def test_cell_is_no_formula_in_a_spreadsheet(formula):
    assert csv_cell(formula) == f"'{formula}"


def test_texts_of_others_are_no_formulas_in_csv_and_xlsx(organiser, session):
    voted_on(session)
    row = rows_in(read(organiser, path_of(session), "csv"), "csv")[0]
    assert row["session"] == "'=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(read(organiser, path_of(session), "xlsx")))
    assert {cell.data_type for sheet in book for line in sheet for cell in line} <= {"s", "n", "d"}
    assert book["polls"]["A2"].value == "=HYPERLINK(1)"


@pytest.mark.parametrize("text", [*FORMULAS[:4], "'t Hooft", "0123", "1e5", "https://x.example/"])
def test_workbook_says_texts_as_they_are_and_our_import_reads_them_so(organiser, session, text):
    one = Registration.objects.create(
        event=session.event, email="a@example.org", name=text.strip(), registered_at=NOW
    )
    content = read(organiser, f"/{session.event.slug}/export", "xlsx", people="1")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["registrations"]
    assert sheet["A2"].value == one.name
    assert sheet["A2"].data_type == "s"
    rows = openpyxl.Workbook()
    for line in sheet.iter_rows(values_only=True):
        rows.active.append(line)
    rows.active["A2"].data_type = "s"
    file = io.BytesIO()
    rows.save(file)
    Registration.objects.all().delete()
    import_registrations(
        event_id=session.event_id,
        caller=organiser_of(session.event),
        content=file.getvalue(),
        name="people.xlsx",
        skips_bad=False,
        now=NOW,
    )
    assert Registration.objects.get().name == one.name


# --- times, and sessions that look alike


def test_times_are_the_events_and_a_workbook_has_real_dates(organiser, session):
    Event.objects.filter(pk=session.event_id).update(time_zone="Asia/Tokyo")
    Session.objects.filter(pk=session.pk).update(starts_at=datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    path = path_of(session)
    book = openpyxl.load_workbook(io.BytesIO(read(organiser, path, "xlsx")))
    column = [cell.value for cell in book["sessions"][1]].index("starts_at")
    cell = book["sessions"][2][column]
    assert (cell.value, cell.is_date) == (datetime(2026, 11, 30, 9, 30), True)  # noqa: DTZ001  # a cell knows no zone
    assert "Asia/Tokyo" in book["sessions"][1][column].comment.text
    assert (
        json.loads(read(organiser, path, "json"))["sessions"][0]["starts_at"] == "2026-11-30T09:30:00+09:00"
    )
    assert "2026-11-30T09:30:00+09:00" in read(organiser, path, "md").decode()
    tables = organiser.get(f"/api/v1/sessions/{session.pk}/export/").json()
    assert tables["sessions"][0]["starts_at"] == "2026-11-30T00:30:00.000Z"


@pytest.mark.parametrize("form", ["xlsx", "json"])
def test_parts_of_a_split_session_are_told_apart_in_every_table(organiser, form):
    whole = make_session(title="Networking today", state="upcoming", minutes=40)
    caller = organiser_of(whole.event)
    parts = split_session(session_id=whole.pk, caller=caller, given={"minutes": "20"}, now=NOW)
    for part in parts:
        Session.objects.filter(pk=part.pk).update(state="live")
        voted_on(part, anonymous=False)
        make_question(part)
        put_name(make_line(part), make_attendee(part), name="Ada")
    client = Client()
    client.force_login(whole.event.organisers.first())
    content = read(client, f"/{whole.event.slug}/export", form, hidden="1", people="1")
    if form == "json":
        tables = json.loads(content)
    else:
        sheets = {
            sheet.title: list(sheet.iter_rows(values_only=True))
            for sheet in openpyxl.load_workbook(io.BytesIO(content))
        }
        tables = {
            name: [dict(zip(head, row, strict=True)) for row in rows]
            for name, (head, *rows) in sheets.items()
        }
    for name in ("polls", "questions", "follow_ups", "sessions", "answers", "sign_ups"):
        assert {row["session"] for row in tables[name]} == {
            "Part One: Networking today",
            "Part Two: Networking today",
        }, name
        assert {row["session_slug"] for row in tables[name]} == {part.slug for part in parts}, name


def test_moderator_exports_their_session_and_no_other(browser_of, session):
    moderator = browser_of(user=make_moderator(session))
    other = make_session(session.event)
    assert moderator.get(f"{path_of(session)}.csv").status_code == 200
    for path in (path_of(other), f"/{session.event.slug}/export"):
        assert moderator.get(f"{path}.csv").status_code == 403
    assert moderator.get(f"{path_of(session)}.exe").status_code == 404


def test_moderator_gets_no_registrations_with_the_names_of_a_session(browser_of, session):
    Registration.objects.create(event=session.event, email="r@example.org", registered_at=NOW)
    moderator = browser_of(user=make_moderator(session))
    assert b"r@example.org" not in read(moderator, path_of(session), "json", people="1")


def test_file_says_how_many_rows_come_and_the_page_offers_every_format(organiser, session):
    voted_on(session)
    make_question(session)
    assert organiser.get(f"{path_of(session)}.json").headers["Export-Rows"] == "4"
    page = organiser.get(f"/{session.event.slug}/export/?people=1").content.decode()
    for form in ("csv", "xlsx", "json", "md"):
        assert f"{path_of(session)}.{form}?people=1" in page


def test_export_asks_no_more_for_many_sessions_than_for_one(
    organiser, session, django_assert_max_num_queries
):
    def ask():
        with django_assert_max_num_queries(30) as asked:
            read(organiser, f"/{session.event.slug}/export", "json", hidden="1", people="1")
        return len(asked)

    voted_on(session)
    few = ask()
    for _ in range(2):
        voted_on(make_session(session.event))
    assert ask() == few
    assert Session.objects.filter(event=session.event).count() == 3


@pytest.mark.parametrize("form", ["csv", "xlsx", "md"])
def test_words_in_files_are_in_the_events_language_unless_one_has_chosen_another(organiser, session, form):
    scale = make_poll(session, kind="scale", options=None, rules={"from": 1, "to": 5})
    record(vote_for(scale, make_attendee(session), "5"))
    Poll.objects.filter(pk=scale.pk).update(state="closed", closed_at=NOW)
    session.event.__class__.objects.filter(pk=session.event_id).update(language="de")

    def assert_is_in(language, **asked):
        answer = organiser.get(f"{path_of(session)}.{form}", **asked)
        rows = rows_in(b"".join(answer.streaming_content), form)
        with translation.override(language):
            words = str(kind_named("scale").texts["scale_note_of"]).partition("{")[0].strip()
        assert answer.headers["Content-Language"] == language
        assert words in rows[-1]["summary"]

    assert_is_in("de", headers={"Accept-Language": "fr"})
    assert_is_in("pl", query_params={"lang": "pl"})
    organiser.cookies["lang"] = "ja"
    assert_is_in("ja")
