"""Linking pads: which addresses are taken, who may, and what is kept how."""

import pytest
from django.test import Client

from etherpad_links.models import EtherpadLink, PadName
from etherpad_links.services import (
    NoPadServer,
    NotAPad,
    NotInAPad,
    PadNotAllowed,
    PadNotMade,
    link_pad,
    make_pad,
    point_to_heading,
    record_names,
    unlink_pad,
    write_heading_anew,
)
from etherpad_links.services.records import NameInPad
from opendev.core.attendance import Caller
from opendev.core.errors import Malformed
from sessions.programme.models import Session
from sessions.programme.services.rights import NotModerator
from tests.factories import NOW, make_attendee, make_line, make_moderator, make_session, put_name
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db
URL = "https://pads.example/p/agenda"


@pytest.fixture
def session() -> Session:
    return make_session()


def link(session: Session, url: str = URL, **more: str) -> EtherpadLink:
    return link_pad(session_id=session.pk, caller=organiser_of(session.event), url=url, **more)


def test_pasted_address_is_kept_as_the_pads_own(session: Session):
    assert (
        link(session, "https://PADS.example/p/My%20agenda/timeslider#L3").url
        == "https://pads.example/p/My_agenda"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://pads.example/", "https://u:p@pads.example/p/x"]
)
def test_what_is_no_pad_names_the_field(session: Session, url: str):
    with pytest.raises(NotAPad) as refusal:
        link(session, url)
    assert set(refusal.value.fields) == {"url"}
    assert not EtherpadLink.objects.exists()


def test_hosts_that_the_operator_did_not_name_are_refused(session: Session, settings):
    settings.ETHERPAD_HOSTS = ["pads.example"]
    with pytest.raises(PadNotAllowed):
        link(session, "https://elsewhere.example/p/x")
    assert link(session)


def test_key_is_sealed_and_shown_to_nobody(session: Session):
    link(session, key="a-very-secret-key")
    stored = EtherpadLink.objects.values().get()
    assert "a-very-secret-key" not in str(stored)
    client = Client()
    client.force_login(make_moderator(session), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(session.address("control-pad")).content.decode()
    assert stored["url"] in page
    assert "a-very-secret-key" not in page
    assert stored["sealed_key"] not in page


def test_another_pad_is_another_story(session: Session):
    made, line = link(session, key="key"), make_line(session)
    name = put_name(line, make_attendee(session, name="Ann"))
    record_names(link_id=made.pk, names=[NameInPad(name.pk, "written", "Ann")], revision=3, now=NOW)
    assert link(session, URL).sealed_key  # the same pad: nothing is forgotten
    assert PadName.objects.count() == 1
    again = link(session, "https://pads.example/p/other")
    assert (again.pk, again.sealed_key, again.health) == (made.pk, "", "unknown")
    assert not PadName.objects.exists()


def test_outsiders_link_and_unlink_nothing(session: Session):
    link(session)
    neighbour = Caller(user_id=make_moderator(make_session(session.event)).pk)
    with pytest.raises(NotModerator):
        link_pad(session_id=session.pk, caller=neighbour, url="https://pads.example/p/x")
    with pytest.raises(NotModerator):
        unlink_pad(session_id=session.pk, caller=neighbour)
    line = make_line(session)
    for work in (
        lambda: point_to_heading(line_id=line.pk, caller=neighbour, number=1),
        lambda: write_heading_anew(line_id=line.pk, caller=neighbour),
    ):
        with pytest.raises(NotModerator):
            work()
    assert EtherpadLink.objects.get().url == URL
    unlink_pad(session_id=session.pk, caller=organiser_of(session.event))
    assert not EtherpadLink.objects.exists()


def test_repairs_need_a_pad_and_a_line_of_it(session: Session):
    line, caller = make_line(session), organiser_of(session.event)
    with pytest.raises(NotInAPad):
        write_heading_anew(line_id=line.pk, caller=caller)
    link(session)
    for number in (None, 0, 7, True, "3"):
        with pytest.raises(Malformed) as refusal:
            point_to_heading(line_id=line.pk, caller=caller, number=number)
        assert set(refusal.value.fields) == {"number"}
    assert write_heading_anew(line_id=line.pk, caller=caller).wants_heading


def test_pads_are_made_only_where_a_server_is_set_up(settings):
    settings.ETHERPAD_URL = ""
    with pytest.raises(NoPadServer):
        make_pad(name="x", text="")


def test_pad_server_that_does_not_answer_made_no_pad(settings):
    settings.ETHERPAD_URL, settings.ETHERPAD_API_KEY = "http://127.0.0.1:9", "k" * 64
    settings.ETHERPAD_ALLOW_PRIVATE = True
    with pytest.raises(PadNotMade):
        make_pad(name="x", text="")


def test_page_refuses_a_bad_address_and_keeps_it(session: Session):
    client = Client()
    client.force_login(make_moderator(session), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(session.address("control-pad-link"), {"act": "link", "url": "https://pads.example/"})
    assert answer.status_code == 400
    assert 'data-code="not_a_pad"' in answer.content.decode()
    assert 'value="https://pads.example/"' in answer.content.decode()
    answer = client.post(session.address("control-pad-link"), {"act": "link", "url": URL})
    assert answer.status_code == 302
    assert EtherpadLink.objects.get().url == URL
