"""A poll typed in one line while talking: "Question? / a / b / c"."""

import pytest

from opendev.room.forms import BadLine, read_line
from polls.models import Poll
from tests.factories import make_moderator, options_of
from tests.room.pages import at, code_of, followed, text_of


def read(line):
    given = read_line(line)
    return [given["question"], *(option["text"] for option in given["options"])]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Which? / a / b / c", ["Which?", "a", "b", "c"]),
        ("  Which?  /  a  /  b  ", ["Which?", "a", "b"]),
        ("Which?\n/ a\n/ b", ["Which?", "a", "b"]),
        ("Which?/ a/ b", ["Which?", "a", "b"]),
        ("Which? /a /b", ["Which?", "a", "b"]),
        ("Which? / a / / b /", ["Which?", "a", "b"]),
        ("CI/CD? / yes/no / TCP/IP", ["CI/CD?", "yes/no", "TCP/IP"]),
        ("Which? / a b / c, d / e?", ["Which?", "a b", "c, d", "e?"]),
        ("Где? / здесь / там", ["Где?", "здесь", "там"]),
        ("Full-width？ ／ はい ／ いいえ", ["Full-width？", "はい", "いいえ"]),
        ("どれ？／はい／いいえ", ["どれ？", "はい", "いいえ"]),
        ("どれ？　／　はい　／　いいえ", ["どれ？", "はい", "いいえ"]),
        ("Which? / a／b / c", ["Which?", "a／b", "c"]),
    ],
)
def test_line_is_parted_at_its_slashes(line, parts):
    assert read(line) == parts


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Do you run 24 / 7 support? / yes / no", ["Do you run 24 / 7 support?", "yes", "no"]),
        ("TCP/IP / UDP? / a / b", ["TCP/IP / UDP?", "a", "b"]),
        (
            "Is https://example.org/a / b down? / yes / no",
            ["Is https://example.org/a / b down?", "yes", "no"],
        ),
        ("Read / write / both? / a / b", ["Read / write / both?", "a", "b"]),
        ("Is it “24 / 7?” / yes / no / why?", ["Is it “24 / 7?”", "yes", "no", "why?"]),
        ("24 / 7？ ／ はい ／ いいえ", ["24 / 7？", "はい", "いいえ"]),
        ("Do you run 24 / 7 support? / / yes / no /", ["Do you run 24 / 7 support?", "yes", "no"]),
    ],
)
def test_question_that_holds_a_slash_ends_at_its_question_mark(line, parts):
    assert read(line) == parts


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Which? / really? / a / b", ["Which?", "really?", "a", "b"]),
        ("Which one: / really? / a / b", ["Which one:", "really?", "a", "b"]),
        ("Which one / a / b", ["Which one", "a", "b"]),
        ("Which one / a / b?", ["Which one", "a", "b?"]),
        ("Which one / a? / b", ["Which one", "a?", "b"]),
        ("Which one / a? / b? / c?", ["Which one", "a?", "b?", "c?"]),
        ("Which one [rank] / a? / b / c", ["Which one", "a?", "b", "c"]),
    ],
)
def test_options_may_ask_too(line, parts):
    assert read(line) == parts


def test_kind_in_brackets_stands_behind_a_question_that_holds_a_slash():
    given = read_line("Who runs 24 / 7 support? [rank] / a / b")
    assert (given["question"], given["kind"], len(given["options"])) == (
        "Who runs 24 / 7 support?", "ranking", 2,
    )  # fmt: skip
    assert (
        read_line("How well do 24 / 7 shifts work? [scale 1-5]")["question"]
        == "How well do 24 / 7 shifts work?"
    )


@pytest.mark.parametrize("kind", ["scale", "words"])
def test_question_that_holds_a_slash_needs_no_options_where_its_kind_makes_them(desk, session, kind):
    assert add(desk, session, "How well do 24 / 7 shifts work?", kind=kind).status_code == 302
    assert Poll.objects.get().question == "How well do 24 / 7 shifts work?"


@pytest.mark.parametrize(
    "line",
    ["", " ", "/", "Which?", "Which? / a", "Which? / a /", "/ a / b", "Which? a b", "/ / /", "／", "24 / 7?"],
)
def test_line_without_a_question_and_two_options_is_refused(line):
    with pytest.raises(BadLine) as refused:
        read(line)
    assert set(refused.value.fields) == {"line"}


@pytest.fixture
def desk(db, session, browser_of):
    return browser_of(user=make_moderator(session))


def add(desk, session, line, **form):
    usual = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
    return desk.post(at(session, "control-poll-add"), {**usual, "line": line, **form})


def test_quick_poll_is_launched_at_once(desk, session):
    room = followed(desk, add(desk, session, "Which? / a / b", launch="1"))
    poll = Poll.objects.get()
    assert (poll.question, poll.state, list(options_of(poll))) == ("Which?", "live", ["a", "b"])
    assert room.context["selected"].id == str(poll.pk)


def test_quick_poll_is_saved_as_a_draft(desk, session):
    room = followed(desk, add(desk, session, "Which? / a / b"))
    assert Poll.objects.get().state == "draft"
    assert room.context["selected"].id == str(Poll.objects.get().pk)


def test_quick_poll_takes_its_rules_from_the_form(desk, session):
    followed(desk, add(desk, session, "Which? / a / b / c", kind="multiple", visibility="moderators"))
    assert (poll := Poll.objects.get()).kind == "multiple"
    assert (poll.min, poll.max, poll.visibility, poll.anonymous, poll.may_change) == (
        1,
        3,
        "moderators",
        True,
        True,
    )
    desk.post(
        at(session, "control-poll-add"), {"line": "Named? / a / b", "kind": "single", "visibility": "always"}
    )
    assert list(Poll.objects.values_list("anonymous", "may_change").order_by("pk"))[-1] == (False, False)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Which? / a", "bad_line"),
        ("Which? / a / a", "malformed"),
        ("Which? / " + "b" * 121 + " / c", "malformed"),
        ("W" * 301 + " / a / b", "malformed"),
        ("Which?\0 / a / b", "malformed"),
        ("Which? / " + " / ".join(map(str, range(21))), "malformed"),
        ("<script>? / a", "bad_line"),
    ],
)
@pytest.mark.parametrize("launch", [{}, {"launch": "1"}])
def test_line_that_is_refused_is_kept_to_be_mended(desk, session, line, code, launch):
    refused = add(desk, session, line, visibility="moderators", **launch)
    assert (refused.status_code, code_of(refused)) == (400, code)
    assert refused.context["quick"]["line"] == line
    assert refused.context["quick"]["visibility"] == "moderators"
    assert refused.context["quick_error"]
    assert "<script>" not in text_of(refused)
    assert not Poll.objects.exists()


def test_quick_poll_that_cannot_be_launched_leaves_no_draft_behind(desk, session):
    session.state = "over"
    session.save()
    refused = add(desk, session, "Which? / a / b", launch="1")
    assert (refused.status_code, code_of(refused)) == (409, "session_is_over")
    assert refused.context["quick"]["line"] == "Which? / a / b"
    assert not Poll.objects.exists()
    assert add(desk, session, "Which? / a / b").status_code == 302
