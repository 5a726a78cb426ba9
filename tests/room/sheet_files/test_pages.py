"""The page on which run sheets are imported and exported."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.room.run_sheets import paste_plan
from polls.kinds import KINDS
from polls.models import Poll
from polls.services import run_again
from polls.services.drafts import draft_of
from sessions.audit.models import AuditEntry
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import items_of
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_helper,
    make_moderator,
    make_poll,
    make_session,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, followed, text_of

PLAN = "Prompt: Why? (5)\nPoll: Which? / a / b (4)\nQuestions (10)\nFollow-up: Keep talking\nBreathe (2)\n"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def address(session):
    return session.address("control-sheet-files")


def plan_of(session):
    """The run sheet with its polls, without ids."""
    polls = {
        poll.pk: draft_of(poll, list(poll.options.all())) for poll in Poll.objects.filter(session=session)
    }
    bare = [
        draft
        and (
            draft.question,
            draft.kind,
            draft.rules,
            [text for _id, text in draft.options],
            draft.right_answer,
        )
        for draft in (polls.get(item.subject or 0) for item in items_of(session.pk))
    ]
    said = [(item.kind, item.text, item.minutes) for item in items_of(session.pk)]
    return list(zip(said, bare, strict=True))


def paste(session, text):
    return paste_plan(session_id=session.pk, caller=organiser_of(session.event), text=text, now=NOW)


def test_pasted_plan_is_previewed_and_then_added(desk, session):
    make_poll(session, state="draft")
    shown = desk.post(address(session), {"content": PLAN, "do": "preview"})
    assert shown.status_code == 200
    assert [entry["line"] for entry in shown.context["rows"]] == [
        *("Prompt: Why? (5)", "Poll: Which? / a / b (4)", "Questions (10)", "Follow-up: Keep talking"),
        "Note: Breathe (2)",
    ]
    text = text_of(shown)
    assert "5 items can be added" in text
    assert "already in the session" in text
    assert items_of(session.pk) == []
    followed(desk, desk.post(address(session), {"content": shown.context["content"], "do": "add"}))
    assert [(item.kind, item.minutes) for item in items_of(session.pk)] == [
        *(("prompt", 5), ("poll", 4), ("questions", 10), ("line", 0), ("note", 2)),
    ]


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("control-sheet-files", "Items travel with their minutes"),
        ("control-poll-files", "Polls travel as questions"),
    ],
)
def test_page_says_once_what_travels_and_below_its_heading(desk, session, page, sentence):
    """The base of all pages has blocks of its own, one of which stands above everything."""
    shown = text_of(desk.get(session.address(page)))
    assert shown.count(sentence) == 1
    assert shown.index("<h1") < shown.index(sentence)


def test_wrong_rows_are_named_and_nothing_is_half_taken(desk, session):
    wrong = f"{PLAN}Poll: Only a question\n"
    for deed in ("preview", "add"):
        shown = desk.post(address(session), {"content": wrong, "do": deed})
        assert [row.number for row in shown.context["file"].refused] == [6]
        assert 'data-row="6"' in text_of(shown)
        assert 'data-field="line"' in text_of(shown)
        assert shown.context["content"] == wrong
    assert (shown.status_code, code_of(shown)) == (400, "items_refused")
    assert (items_of(session.pk), Poll.objects.filter(session=session).exists()) == ([], False)


def test_run_sheet_that_would_be_too_long_is_refused_whole(desk, session):
    paste(session, "Note: x\n" * 98)
    shown = desk.post(address(session), {"content": PLAN, "do": "add"})
    assert (shown.status_code, code_of(shown), shown.context["content"]) == (409, "too_many_items", PLAN)
    assert (len(items_of(session.pk)), Poll.objects.filter(session=session).exists()) == (98, False)


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_run_sheet_is_exported_and_imported_into_another_session(desk, session, browser_of, form):
    paste(session, PLAN)
    polls = [make_poll(session, kind=kind, question=f"What {kind}?", state="draft") for kind in KINDS]
    for poll in polls:
        paste(session, f"Poll: {poll.question} (3)")
    Poll.objects.filter(session=session, question="Which?").update(right_answer=[2], anonymous=False)
    file = desk.get(session.address("control-sheet-file", form=form))
    assert file["Content-Disposition"].startswith(f'attachment; filename="{session.slug}-run-sheet.')
    entry = AuditEntry.objects.filter(kind="people.exported").first()
    assert (entry.subject, entry.details["format"]) == (f"run sheet of session {session.pk}", form)
    other = make_session(make_event())
    mine = browser_of(user=make_moderator(other))
    upload = SimpleUploadedFile("plan", file.content)
    followed(mine, mine.post(address(other), {"file": upload, "do": "add"}))
    assert plan_of(other) == plan_of(session)
    assert set(Poll.objects.filter(session=other).values_list("state", flat=True)) == {"draft"}
    assert mine.get(other.address("control-sheet-file", form=form)).content == file.content


def test_polls_of_several_rounds_are_one_and_archived_ones_stay(desk, session):
    paste(session, "Poll: Which? / a / b (4)\nPoll: Gone? / a / b\nBreathe")
    which, gone = Poll.objects.filter(session=session).order_by("position")
    again = run_again(poll_id=which.pk, caller=organiser_of(session.event), now=NOW)
    RunSheetItem.objects.create(session=session, position=9, kind="poll", text="Which?", subject=again.pk)
    Poll.objects.filter(pk=gone.pk).update(state="archived", launched_at=NOW)
    file = desk.get(session.address("control-sheet-file", form="text"))
    assert file.content.decode() == "Poll: Which? / a / b (4)\nNote: Breathe\nPoll: Which? / a / b\n"
    desk.post(address(session), {"content": file.content.decode(), "do": "add"})
    first, second = RunSheetItem.objects.filter(session=session, kind="poll").order_by("position")[3:]
    assert first.subject == second.subject


def test_rows_of_a_workbook_stay_in_the_box_and_wrong_ones_hold_up_the_import(desk, session):
    book = openpyxl.Workbook()
    for row in (
        ("Item", "Minutes", "Text"),
        ("prompt", 5, "Why?"),
        ("note", 999, "Breathe"),
        ("dance", 1, ""),
    ):
        book.active.append(row)
    book.save(written := io.BytesIO())
    upload = SimpleUploadedFile("plan.xlsx", written.getvalue())
    content = desk.post(address(session), {"file": upload, "do": "preview"}).context["content"]
    assert content == "Prompt: Why? (5)\nPoll: Breathe\nPoll: ?\n"
    refused = desk.post(address(session), {"content": content, "do": "add"})
    assert (refused.status_code, [row.number for row in refused.context["file"].refused]) == (400, [2, 3])
    assert items_of(session.pk) == []


def test_what_is_no_run_sheet_is_refused_and_kept(desk, session):
    shown = desk.post(address(session), {"content": '{"items": [', "do": "add"})
    assert (shown.status_code, code_of(shown)) == (400, "wrong_run_sheet_file")
    assert shown.context["content"] == '{"items": ['


def test_export_asks_no_more_for_more_items(session, desk):
    counts = []
    for _round in range(2):
        paste(session, "Poll: Which? / a / b\nPoll: How? / a / b\nBreathe")
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(session.address("control-sheet-file", form="json")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_others_are_led_away(session, browser_of):
    paste(session, PLAN)
    for browser in (browser_of(user=make_helper(session)), browser_of(make_attendee(session)), browser_of()):
        for page in (address(session), session.address("control-sheet-file", form="csv")):
            response = browser.get(page)
            assert response.status_code in {302, 401, 403}
            assert b"Breathe" not in response.content
        assert browser.post(address(session), {"content": PLAN, "do": "add"}).status_code in {302, 401, 403}
    assert len(items_of(session.pk)) == 5


def test_form_that_is_none_is_not_found(desk, session):
    assert desk.get(session.address("control-sheet-file", form="pdf")).status_code == 404
