"""What stays is in nobody's own language: drafts, published recaps, results in pads. Consent is kept as it was read."""

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from opendev.core.punctuation import in_figures, join_words
from opendev.recap.services import draft_recap, publish_recap, republish_recap
from opendev.recap.wording import in_words
from opendev.room.pad_results import PollResults
from polls.models import Poll
from sessions.models import Event, Session
from sessions.recap.models import RecapDraft, RecapVersion
from tests.factories import NOW, make_attendee, make_line, make_poll, make_session, put_name
from tests.factories.polls import record, vote_for
from tests.factories.sessions import organiser_of
from tests.support import pseudo
from tools.messages.sources import all_sources

pytestmark = pytest.mark.django_db
ODD_LETTERS = set(pseudo.ODD) - {"é", "ç", "ñ", "á", "í", "ó", "ú"}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[None]:
    """Somebody at work whose language nobody else reads."""
    pseudo.write_catalogue(tmp_path, pseudo.LANGUAGE, all_sources())
    with pseudo.offered(tmp_path, pseudo.LANGUAGE), translation.override(pseudo.LANGUAGE):
        yield


@pytest.fixture
def session(db: None) -> Session:
    session = make_session(state="live")
    poll = make_poll(session, state="live", visibility="always")
    record(*(vote_for(poll, make_attendee(session), "a") for _number in range(6)))
    return session


def is_english(text: str) -> bool:
    return not ODD_LETTERS & set(text)


def test_the_reader_of_these_tests_reads_something_else(reader: None):
    assert not is_english(translation.gettext("Nobody voted."))


def test_a_recap_is_drafted_and_published_in_its_events_language(session: Session, reader: None):
    event = session.event
    draft_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    publish_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    kept: list[RecapDraft | RecapVersion] = [
        RecapDraft.objects.get(event=event),
        RecapVersion.objects.get(event=event),
    ]
    for paragraphs in [row.paragraphs for row in kept]:
        assert paragraphs
        assert is_english(json.dumps(paragraphs, ensure_ascii=False))


def test_results_in_a_pad_are_in_the_sessions_language(db: None, reader: None):
    session = make_session(state="live")
    make_poll(session, state="published", visibility="always")
    lines = [line for passage in PollResults().read(session.pk) for line in passage.lines]
    assert any("voted" in line for line in lines)
    assert all(is_english(line) for line in lines)


def test_consent_is_kept_in_the_words_that_its_giver_read(db: None, reader: None):
    session = make_session(state="live")
    line = make_line(session)
    given = {"email": "ada@example.org", "consent": True, "name": "Ada"}
    assert not is_english(put_name(line, make_attendee(session), **given).consent)
    with translation.override("en-gb"):
        assert is_english(put_name(line, make_attendee(session), **given).consent)


def drafted_in(event: Event, language: str) -> RecapVersion:
    """Change the event's language, draft its recap anew and publish it."""
    Event.objects.filter(pk=event.pk).update(language=language)
    draft_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    return publish_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)


def said(text: str, language: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


ALL = "All %(voted)d who voted chose %(option)s."


def test_a_recap_speaks_its_events_language_whoever_reads_it(session: Session):
    event = session.event
    Poll.objects.filter(session=session).update(state="closed", closed_at=NOW)
    for number, language in enumerate(("de", "ja", "ar"), 1):
        drafted_in(event, language)
        address = f"/{event.slug}/recap/"
        quoted = said("“%(text)s”", language) % {"text": "a"}
        sentence = said(ALL, language) % {"voted": 6, "option": quoted}
        for reader in ("en", "pl"):
            page = Client(headers={"Accept-Language": reader}).get(address).content.decode()
            assert f'<article lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
            assert sentence in html.unescape(page)
            assert said("Sources", language) in page
            assert said("Download:", reader) in page
        answer = Client().get(f"/api/v1/events/{event.slug}/recap/").json()
        assert (answer["language"], answer["version"]) == (language, number)
        for form in ("md", "txt", "html"):
            file = Client(headers={"Accept-Language": "pl"}).get(f"/{event.slug}/recap.{form}")
            assert file.headers["Content-Language"] == language
            assert sentence in html.unescape(file.content.decode())
        assert f'<html lang="{language}"' in file.content.decode()


def test_what_is_written_stays_in_its_language_until_it_is_drafted_anew(session: Session):
    event = session.event
    drafted_in(event, "de")
    Event.objects.filter(pk=event.pk).update(language="fr")
    again = publish_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    assert (again.number, again.language) == (1, "de")
    assert drafted_in(event, "fr").language == "fr"
    old = republish_recap(event_id=event.pk, number=1, caller=organiser_of(event), now=NOW)
    assert (old.number, old.language) == (3, "de")


def test_figures_and_lists_are_written_as_the_language_does():
    written = {}
    for language in ("en-gb", "de", "ja"):
        with translation.override(language):
            written[language] = (in_figures(12345), join_words(["a", "b", "c"]), in_words(2))
    assert written == {
        "en-gb": ("12,345", "a, b and c", "two"),
        "de": ("12.345", "a, b und c", "zwei"),
        "ja": ("12,345", "a、b、c", "2"),
    }
