"""Pages of the recap: read by everybody once it is published, written by organisers."""

import pytest

from sessions.programme.models import Event
from sessions.recap.models import RecapDraft
from tests.factories import make_event, make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_session(make_event(name="A small event")).event


@pytest.fixture
def organiser(browser_of, event):
    organiser_of(event)
    return browser_of(user=event.organisers.first())


def post(client, event, page, **fields):
    return client.post(f"/{event.slug}/recap/{page}/", fields)


def test_recap_is_drafted_rewritten_previewed_published_and_withdrawn_by_forms(client, organiser, event):
    address = f"/{event.slug}/recap/"
    assert client.get(address).status_code == 404
    assert organiser.get(address).headers["location"] == f"{address}edit/"
    assert "There is no draft yet" in text_of(organiser.get(f"{address}edit/"))
    post(organiser, event, "draft")
    assert "A small event" in text_of(organiser.get(f"{address}edit/"))
    answer = post(organiser, event, "paragraph", key="event/title", text="What we learned", do="rewrite")
    assert answer.headers["location"] == f"{address}edit/#event-title"
    assert "What we learned" in text_of(organiser.get(f"{address}preview/"))
    assert client.get(address).status_code == 404
    assert code_of(post(organiser, event, "withdraw")) == "nothing_published"
    post(organiser, event, "publish")
    assert "What we learned" in text_of(client.get(address))
    assert f'href="{address}"' in text_of(client.get(f"/{event.slug}/"))
    post(organiser, event, "paragraph", key="event/title", do="take_draft")
    post(organiser, event, "publish")
    assert "What we learned" not in text_of(client.get(address))
    assert "What we learned" in text_of(organiser.get(f"{address}versions/1/"))
    organiser.post(f"{address}versions/1/publish/")
    assert "What we learned" in text_of(client.get(address))
    post(organiser, event, "withdraw")
    assert client.get(address).status_code == 404
    assert f'href="{address}"' not in text_of(client.get(f"/{event.slug}/"))


def test_paragraph_that_cannot_be_is_refused_and_nothing_that_was_typed_is_lost(organiser, event):
    assert code_of(post(organiser, event, "publish")) == "no_recap_draft"
    post(organiser, event, "draft")
    refused = post(organiser, event, "paragraph", key="event/title", text="Typed" + "x" * 6000, do="rewrite")
    assert refused.status_code == 400
    assert code_of(refused) == "malformed"
    assert "Typedx" in text_of(refused)
    assert post(organiser, event, "paragraph", key="event/no-such", text="x", do="rewrite").status_code == 404


@pytest.mark.parametrize("page", ["edit", "preview", "versions/1"])
def test_page_of_organisers_is_closed_to_others(client, event, page):
    assert client.get(f"/{event.slug}/recap/{page}/").status_code == 401


def test_words_of_an_editor_are_shown_as_words(client, organiser, event):
    post(organiser, event, "draft")
    post(organiser, event, "paragraph", key="event/title", text="<script>alert(1)</script>", do="rewrite")
    post(organiser, event, "publish")
    page = text_of(client.get(f"/{event.slug}/recap/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_file_shows_words_of_others_as_words_and_the_draft_to_organisers_alone(client, organiser, event):
    address = f"/{event.slug}/recap"
    assert client.get(f"{address}.md").status_code == 404
    post(organiser, event, "draft")
    post(organiser, event, "paragraph", key="event/title", text="# <b>1. [x](y)|*", do="rewrite")
    assert client.get(f"{address}.md?draft=1").status_code == 401
    markdown = organiser.get(f"{address}.md?draft=1").content.decode()
    assert markdown.startswith("# \\# \\<b\\>1. \\[x\\](y)\\|\\*\n")
    assert client.get(f"{address}.exe").status_code == 404
    post(organiser, event, "publish")
    answer = client.get(f"{address}.html")
    assert "&lt;b&gt;" in text_of(answer)
    assert answer.headers["content-disposition"] == f'attachment; filename="{event.slug}-recap.html"'


def test_next_steps_are_named_by_forms_and_come_into_the_draft(organiser, event):
    said = {
        "kind": "upcoming",
        "title": "Summit",
        "starts_on": "2020-10-19",
        "url": "https://summit.example/",
    }
    refused = post(organiser, event, "steps", **said, ends_on="2020-10-18")
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert 'value="Summit"' in text_of(refused)
    post(organiser, event, "steps", **said, ends_on="2020-10-23")
    Event.objects.filter(pk=event.pk).update(series="Small events")
    for name, on in (("Before", "2019-04-01"), ("After", "2021-04-01"), ("Summit", "2021-05-01")):
        make_event(name=name, series="Small events").days.update(date=on)
    post(organiser, event, "draft")
    steps = [p["facts"] for p in RecapDraft.objects.get(event=event).paragraphs if p["kind"] == "step"]
    assert [(step["title"], step["when"]) for step in steps] == [
        ("Summit", "19–23 Oct"),
        ("Before", ""),
        ("After", "1 Apr"),
    ]
    post(organiser, event, "steps/remove", step=str(event.next_steps.get().pk))
    assert not event.next_steps.exists()
