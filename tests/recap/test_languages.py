"""What stays is in nobody's own language: drafts, published recaps, results in pads. Consent is kept as it was read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from opendev.recap.services import draft_recap, publish_recap
from opendev.room.pad_results import PollResults
from sessions.models import Session
from sessions.recap.models import RecapDraft, RecapVersion
from tests.factories import NOW, make_attendee, make_line, make_poll, make_session, put_name
from tests.factories.polls import vote_for
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
    for _number in range(6):
        vote_for(poll, make_attendee(session), "a")
    return session


def is_english(text: str) -> bool:
    return not ODD_LETTERS & set(text)


def test_the_reader_of_these_tests_reads_something_else(reader: None):
    assert not is_english(translation.gettext("Nobody voted."))


def test_a_recap_is_drafted_and_published_in_everybodys_language(session: Session, reader: None):
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


def test_results_in_a_pad_are_in_everybodys_language(db: None, reader: None):
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
