"""How an event's new pads are called, and what organisers see of its pads."""

import pytest
from django.test import Client

from etherpad_links.models import EtherpadLink, PadLine, PadRules
from etherpad_links.selectors import pad_rules_of, pads_of_event
from etherpad_links.services import NoPadServer, make_pad_for, set_pad_rules
from opendev.core.attendance import Caller
from opendev.core.errors import Malformed
from sessions.programme.models import Session
from sessions.programme.services.rights import NotModerator, NotOrganiser
from tests.factories import make_line, make_moderator, make_organiser, make_session
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return make_session()


def test_rules_are_kept_and_given_back_to_the_operator(session: Session):
    event, caller = session.event, organiser_of(session.event)
    given = {"name_pattern": "opendev-{event}-{session}", "template": "minutes"}
    set_pad_rules(event_id=event.pk, caller=caller, given=given)
    kept = pad_rules_of(event.pk)
    assert (kept.name_pattern, kept.template) == ("opendev-{event}-{session}", "minutes")
    set_pad_rules(event_id=event.pk, caller=caller, given={"name_pattern": ""})
    kept = pad_rules_of(event.pk)
    assert (kept.name_pattern, kept.template) == ("", "minutes")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_pattern", "the-same-for-all"),
        ("name_pattern", "{session}-{day}"),
        ("name_pattern", "{session}}"),
        ("name_pattern", "{session!r}"),
        ("name_pattern", "a/{session}"),
        ("name_pattern", 7),
        ("template", "a/b"),
        ("template", "x" * 51),
    ],
)
def test_rule_that_makes_no_pad_names_its_field_and_changes_nothing(
    session: Session, field: str, value: object
):
    with pytest.raises(Malformed) as refusal:
        set_pad_rules(event_id=session.event_id, caller=organiser_of(session.event), given={field: value})
    assert set(refusal.value.fields) == {field}
    assert not PadRules.objects.exists()


def test_only_organisers_set_rules_and_only_moderators_make_pads(session: Session):
    moderator = Caller(user_id=make_moderator(session).pk)
    with pytest.raises(NotOrganiser):
        set_pad_rules(event_id=session.event_id, caller=moderator, given={})
    with pytest.raises(NoPadServer):
        make_pad_for(session=session, caller=moderator)
    with pytest.raises(NotModerator):
        make_pad_for(session=make_session(session.event), caller=moderator)


def test_overview_counts_lost_headings_in_the_programmes_order(session: Session, django_assert_num_queries):
    other = make_session(session.event)
    for one in (session, other):
        EtherpadLink.objects.create(session=one, url="https://pads.example/p/x", health="ok")
    for state in ("missing", "doubled", "ok", "new"):
        place = {"position": 3, "number": 1} if state == "ok" else {}
        PadLine.objects.create(line=make_line(session, state), heading=state, state=state, **place)
    bare = make_session(session.event)
    with django_assert_num_queries(2):
        found = pads_of_event(session.event_id)
    assert [(one.pk, getattr(link, "lost_lines", None)) for one, link in found] == [
        (session.pk, 2),
        (other.pk, 0),
        (bare.pk, None),
    ]


def test_page_shows_every_session_and_keeps_what_was_typed_wrong(session: Session):
    EtherpadLink.objects.create(session=session, url="https://pads.example/p/x", health="unreachable")
    make_session(session.event)
    client = Client()
    client.force_login(make_organiser(session.event), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/{session.event.slug}/pads/").content.decode()
    assert "The server does not answer" in page
    refused = client.post(
        f"/{session.event.slug}/pads/rules/", {"name_pattern": "all-alike", "template": "minutes"}
    )
    text = refused.content.decode()
    assert refused.status_code == 400
    assert 'value="all-alike"' in text
    assert 'id="name-pattern-error"' in text
    assert client.post(f"/{session.event.slug}/pads/make/").status_code == 409
    kept = client.post(f"/{session.event.slug}/pads/rules/", {"name_pattern": "{session}", "template": ""})
    assert kept.status_code == 302
    assert pad_rules_of(session.event_id).name_pattern == "{session}"
