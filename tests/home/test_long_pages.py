"""An event of hundreds of follow-ups and questions: its pages stay short, and everything is still to be reached."""

import re
from datetime import timedelta

import pytest

from opendev.core.parts import SHOWN_FIRST, SHOWN_MORE
from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.questions.models import Question
from tests.factories import NOW, make_event, make_session
from tests.factories.sessions import organiser_of
from tests.support.pages import squeezed

pytestmark = pytest.mark.django_db

MANY = 300
LONGEST_PAGE = 250_000  # characters


def text_of(answer):
    assert answer.status_code == 200
    return squeezed(answer.content.decode())


def more_of(text, words):
    """The address behind a link with these words, and what it leads to on its page."""
    [link] = re.findall(rf'<a class="link" href="([^"]+)">{words}', text)
    return link.replace("&amp;", "&").partition("#")[::2]


def make_lines(session, count):
    return SignUpLine.objects.bulk_create(
        SignUpLine(session=session, title=f"Line {n}", position=n, opened_at=NOW) for n in range(count)
    )


def put_names(lines, count):
    SignUp.objects.bulk_create(
        SignUp(line=line, name=f"Name {line.pk} {n}", signed_up_at=NOW, source="pad")
        for line in lines
        for n in range(count)
    )


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def organiser(event, browser_of):
    organiser_of(event)
    return browser_of(user=event.organisers.first())


@pytest.fixture
def lines(event):
    """Many lines of two sessions, in the order of the programme."""
    return [line for _ in range(2) for line in make_lines(make_session(event), MANY // 2)]


def follow_ups_on(text):
    return re.findall(r'data-follow-up data-state="plain" aria-label="([^"]+)"', text)


def ticks_on(text):
    return re.findall(r'name="lines" value="(\d+)"( checked)?', text)


# --- follow-ups


def test_first_follow_ups_are_shown_and_lead_to_the_rest(event, lines, browser_of):
    visitor, page = browser_of(), f"/{event.slug}/follow-ups/"
    seen, address, pages = [], page, 0
    while address:
        text = text_of(visitor.get(address))
        assert follow_ups_on(text)[: len(seen)] == seen
        seen, pages = follow_ups_on(text), pages + 1
        if len(seen) == MANY:
            break
        left = MANY - len(seen)
        address, place = more_of(text, f"Show more of {left} further follow-ups")
        assert f'id="{place}"' in text
    assert seen == [line.title for line in lines]
    assert pages == 4
    assert "further follow-ups" not in text
    assert len(visitor.get(page).content) < LONGEST_PAGE


def test_long_follow_up_shows_its_first_names_and_leads_to_the_rest(event, lines, browser_of):
    put_names(lines[:2], MANY)
    visitor, page = browser_of(), f"/{event.slug}/follow-ups/?shown=140"
    text = text_of(visitor.get(page))
    names = re.compile(rf"<bdi>(Name {lines[1].pk} \d+)</bdi>")
    assert len(names.findall(text)) == SHOWN_FIRST
    assert f">{MANY}</span>" in text
    [link] = re.findall(rf'href="([^"#]+)#follow-up-{lines[1].pk}">Show more of 260 further names', text)
    more = text_of(visitor.get(link.replace("&amp;", "&")))
    assert len(names.findall(more)) == SHOWN_FIRST + SHOWN_MORE
    assert len(follow_ups_on(more)) == 140
    address, _place = more_of(more, "Show more of 160 further follow-ups")
    assert len(names.findall(text_of(visitor.get(address)))) == SHOWN_FIRST + SHOWN_MORE
    assert len(names.findall(text_of(visitor.get(f"/{event.slug}/follow-ups/?names=9999")))) == MANY


def test_group_of_many_lines_is_cut_too(event, lines, browser_of):
    group = FollowUpGroup.objects.create(event=event, title="All of them", created_at=NOW)
    SignUpLine.objects.filter(session__event=event).update(group=group)
    visitor, page = browser_of(), f"/{event.slug}/follow-ups/"
    text = text_of(visitor.get(page))
    assert len(re.findall(r"<bdi>Line \d+</bdi>", text)) == SHOWN_FIRST
    address, _place = more_of(text, "Show more of 260 further sessions")
    assert len(re.findall(r"<bdi>Line \d+</bdi>", text_of(visitor.get(address)))) == SHOWN_FIRST + SHOWN_MORE


def test_more_lines_to_group_are_shown_with_what_is_ticked(event, lines, organiser):
    page, make = f"/{event.slug}/follow-ups/", f"/{event.slug}/follow-ups/groups/"
    first = text_of(organiser.get(page))
    assert len(ticks_on(first)) == SHOWN_FIRST
    [more] = re.findall(r'name="more" value="(\d+)"', first)
    second = text_of(organiser.post(make, {"title": "Both", "lines": [lines[3].pk], "more": more}))
    assert [pk for pk, tick in ticks_on(second) if tick] == [str(lines[3].pk)]
    assert len(ticks_on(second)) == SHOWN_FIRST + SHOWN_MORE
    assert 'value="Both"' in second
    assert 'data-unsaved="yes"' in second
    assert not FollowUpGroup.objects.exists()
    [shown] = re.findall(r'type="hidden" name="shown" value="(\d+)"', second)
    ticked = [lines[3].pk, lines[130].pk]
    refused = organiser.post(make, {"title": " ", "lines": ticked, "shown": shown})
    assert refused.status_code == 400
    again = squeezed(refused.content.decode())
    assert [int(pk) for pk, tick in ticks_on(again) if tick] == ticked
    organiser.post(make, {"title": "Both", "lines": ticked, "shown": shown})
    assert sorted(FollowUpGroup.objects.get().lines.values_list("pk", flat=True)) == ticked


def test_page_reads_the_names_of_what_it_shows_alone(
    event, lines, browser_of, django_assert_num_queries, monkeypatch
):
    put_names(lines, 2)
    visitor, page = browser_of(), f"/{event.slug}/follow-ups/"
    read = []
    monkeypatch.setattr(SignUp, "__init__", counting(SignUp.__init__, read))
    with django_assert_num_queries(6):
        visitor.get(page)
    assert len(read) == 2 * SHOWN_FIRST


def counting(make, made):
    def make_and_count(self, *args, **kwargs):
        made.append(self)
        make(self, *args, **kwargs)

    return make_and_count


# --- answered questions


@pytest.fixture
def answered(event):
    """Many answered questions of two sessions, in the order of the page."""
    return Question.objects.bulk_create(
        Question(session=session, text=f"Question {n} of {session.pk}?", state="answered", **asked(n))
        for session in (make_session(event), make_session(event))
        for n in range(MANY // 2)
    )


def asked(second):
    at = NOW + timedelta(seconds=second)
    return {"asked_at": at, "answered_at": at}


def questions_on(text):
    return re.findall(r'<h3 class="said">([^<]+)</h3>', text)


def test_first_answered_questions_are_shown_and_lead_to_the_rest(event, answered, browser_of):
    visitor, page = browser_of(), f"/{event.slug}/questions/"
    seen, address, sessions = [], page, []
    for left in (260, 160, 60):
        text = text_of(visitor.get(address))
        seen, sessions = questions_on(text), [*sessions, text.count("<section")]
        assert len(seen) == MANY - left
        query, place = more_of(text, f"Show more of {left} further questions")
        address = page + query
        assert f'id="{place}"' in text
    text = text_of(visitor.get(address))
    assert questions_on(text) == [question.text for question in answered]
    assert "further questions" not in text
    assert [*sessions, text.count("<section")] == [1, 1, 2, 2]
    assert len(visitor.get(page).content) < LONGEST_PAGE


def test_answered_questions_ask_the_same_number_of_queries(
    event, answered, browser_of, django_assert_num_queries
):
    visitor = browser_of()
    for shown in (0, 140, 9999):
        with django_assert_num_queries(5 if shown < MANY else 4):
            visitor.get(f"/{event.slug}/questions/?shown={shown}")


@pytest.mark.parametrize("shown", ["x", "-1", "9" * 30, "", "٤٠٠"])
def test_odd_number_of_rows_shows_the_first(event, answered, lines, browser_of, shown):
    for page in ("questions", "follow-ups"):
        text = text_of(browser_of().get(f"/{event.slug}/{page}/", {"shown": shown, "names": shown}))
        assert len(questions_on(text) or follow_ups_on(text)) == SHOWN_FIRST
