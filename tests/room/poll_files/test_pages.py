"""The page on which polls are imported and exported."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opendev.room.poll_files.reading import read_text
from polls.models import Poll
from sessions.audit.models import AuditEntry
from tests.factories import make_attendee, make_helper, make_moderator, make_poll, make_session
from tests.room.pages import code_of, followed, text_of

TWO = "Which? / a / b\nOne word? [words 1]\n"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def address(session):
    return session.address("control-poll-files")


def questions(session):
    return list(Poll.objects.filter(session=session).order_by("position").values_list("question", "state"))


def test_pasted_polls_are_previewed_and_then_added(desk, session):
    shown = desk.post(address(session), {"content": TWO, "do": "preview"})
    assert shown.status_code == 200
    assert [entry["line"] for entry in shown.context["rows"]] == ["Which? / a / b", "One word? [words 1]"]
    assert "Add 2 drafts" in text_of(shown)
    assert questions(session) == []
    room = followed(desk, desk.post(address(session), {"content": shown.context["content"], "do": "add"}))
    assert questions(session) == [("Which?", "draft"), ("One word?", "draft")]
    assert room.context["selected"].poll["question"] == "Which?"
    assert "already in the session" in text_of(desk.post(address(session), {"content": TWO, "do": "preview"}))


def test_ready_made_polls_are_added_with_one_tap(desk, session):
    lines = desk.get(address(session)).context["library"]
    assert read_text("\n".join(lines)).refused == []
    for line in lines:
        followed(desk, desk.post(address(session), {"content": line, "do": "add"}))
    assert len(questions(session)) == len(lines) == 10


def test_wrong_rows_are_named_and_nothing_is_half_taken(desk, session):
    wrong = f"{TWO}Which? / only one\n"
    for deed in ("preview", "add"):
        shown = desk.post(address(session), {"content": wrong, "do": deed})
        assert [row.number for row in shown.context["file"].refused] == [3]
        assert 'data-row="3"' in text_of(shown)
        assert 'data-field="line"' in text_of(shown)
        assert shown.context["content"] == wrong
        assert "Add 2" not in text_of(shown)
    assert (shown.status_code, shown.context["error_code"]) == (400, "polls_refused")
    assert questions(session) == []


def test_file_is_read_and_stays_in_the_box(desk, session):
    upload = SimpleUploadedFile("polls.csv", b"question,kind,option_1,option_2\nWhich?,,a,b\n")
    shown = desk.post(address(session), {"file": upload, "content": "", "do": "preview"})
    assert shown.context["content"].startswith("question,kind")
    assert followed(desk, desk.post(address(session), {"content": shown.context["content"], "do": "add"}))
    assert questions(session) == [("Which?", "draft")]


def test_workbook_is_put_into_the_box_as_lines(desk, session):
    book = openpyxl.Workbook()
    for row in (("Question", "Kind", "Option 1", "Option 2"), ("Which?", "several", "a", 2)):
        book.active.append(row)
    book.save(written := io.BytesIO())
    upload = SimpleUploadedFile("polls.xlsx", written.getvalue())
    shown = desk.post(address(session), {"file": upload, "do": "preview"})
    assert shown.context["content"] == "Which? [several] / a / 2\n"


def test_wrong_rows_of_a_workbook_stay_in_the_box_and_hold_up_the_import(desk, session):
    book = openpyxl.Workbook()
    rows = (("Which?", "", "a", "b"), ("TCP / UDP / both [text]", "", "a", ""), ("", "", "a", "b"))
    for row in (("Question", "Kind", "Option 1", "Option 2"), *rows):
        book.active.append(row)
    book.save(written := io.BytesIO())
    upload = SimpleUploadedFile("polls.xlsx", written.getvalue())
    content = desk.post(address(session), {"file": upload, "do": "preview"}).context["content"]
    assert content == "Which? / a / b\nTCP \\/ UDP \\/ both \\[text\\]\n?\n"
    refused = desk.post(address(session), {"content": content, "do": "add"})
    assert (refused.status_code, [row.number for row in refused.context["file"].refused]) == (400, [2, 3])
    assert questions(session) == []


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_text_of_an_older_program_stays_in_the_box_as_it_is(desk, session, encoding):
    text = "question,option_1,option_2\nWürde?,ja,nein\nGrüße?,ja,\n"
    upload = SimpleUploadedFile("polls.csv", text.encode(encoding))
    shown = desk.post(address(session), {"file": upload, "do": "preview"})
    assert shown.context["content"] == text
    assert [row.number for row in shown.context["file"].refused] == [3]


def test_what_is_no_file_of_polls_is_refused_and_kept(desk, session):
    shown = desk.post(address(session), {"content": '{"polls": [', "do": "add"})
    assert (shown.status_code, code_of(shown)) == (400, "wrong_poll_file")
    assert shown.context["content"] == '{"polls": ['
    assert desk.post(address(session), {"content": " ", "do": "preview"}).status_code == 400


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_polls_are_exported_and_imported_into_another_session(desk, session, browser_of, form):
    make_poll(session, state="draft", question="Draft?", right_answer={"options": [2]})
    make_poll(session, state="published", question="Published?", anonymous=False)
    make_poll(session, state="archived", question="Archived?")
    make_poll(session, kind="words", state="draft", max=3)
    file = desk.get(session.address("control-poll-file", form=form))
    assert file["Content-Disposition"].startswith(f'attachment; filename="{session.slug}-polls.')
    drafts = desk.get(session.address("control-poll-file", form=form) + "?polls=drafts").content.decode()
    assert "Draft?" in drafts
    assert "Published?" not in drafts
    entry = AuditEntry.objects.filter(kind="people.exported").first()
    assert (entry.subject, entry.details["format"]) == (f"polls of session {session.pk}", form)
    other = make_session()
    mine = browser_of(user=make_moderator(other))
    upload = SimpleUploadedFile("polls", file.content)
    followed(mine, mine.post(address(other), {"file": upload, "do": "add"}))
    assert questions(other) == [("Draft?", "draft"), ("Published?", "draft"), ("Which?", "draft")]
    draft, published, words = Poll.objects.filter(session=other).order_by("position")
    assert (draft.right_answer, published.anonymous, words.max) == ([2], False, 3)
    again = mine.get(other.address("control-poll-file", form=form))
    assert again.content == file.content


def test_export_asks_no_more_for_more_polls(session, desk):
    address = session.address("control-poll-file", form="json")
    counts = []
    for _round in range(2):
        for _poll in range(3):
            make_poll(session, state="draft")
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_others_are_led_away(session, browser_of):
    for browser in (browser_of(user=make_helper(session)), browser_of(make_attendee(session)), browser_of()):
        for page in (address(session), session.address("control-poll-file", form="csv")):
            assert browser.get(page).status_code in {302, 401, 403}
        assert browser.post(address(session), {"content": TWO, "do": "add"}).status_code in {302, 401, 403}
    assert questions(session) == []


def test_form_that_is_none_is_not_found(desk, session):
    assert desk.get(session.address("control-poll-file", form="pdf")).status_code == 404
    assert desk.get(session.address("control-poll-file", form="csv") + "?polls=some").status_code == 400
