"""What is saved in the administration reaches those who have the room open."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from etherpad_links.models import EtherpadLink
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Person, Session, SessionRole
from tests.factories import make_session
from tests.factories.follow_ups import make_line
from tests.room.sockets import act, room_of

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


def save(kind, pk, **changed):
    """Save the form of one row in the administration, as it is shown but for what is changed."""
    client, address = Client(), f"/admin/opendev_sessions/{kind}/{pk}/change/"
    client.force_login(User.objects.filter(username="root").first() or User.objects.create_superuser("root"))
    shown = client.get(address).context
    fields = {bound.html_name: bound.value() for bound in shown["adminform"].form}
    fields |= {
        bound.html_initial_name: bound.value()
        for bound in shown["adminform"].form
        if bound.field.show_hidden_initial
    }
    for inline in shown["inline_admin_formsets"]:
        forms = (inline.formset.management_form, *inline.formset.initial_forms)
        fields |= {bound.html_name: bound.value() for form in forms for bound in form}
    for name in ("starts_at", "opened_at"):
        if name in fields:
            moment = fields.pop(name)
            fields |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S}"}
    answer = client.post(
        address, {name: v for name, v in {**fields, **changed}.items() if v is not None and v is not False}
    )
    assert answer.status_code == 302, re.findall(r"errorlist.*", answer.content.decode())


async def test_session_that_is_saved_is_told_to_its_open_room_and_to_calendars():
    session = await act(make_session, title="Old", state="upcoming")
    async with room_of(session) as visitor:
        await visitor.next("snapshot")
        await act(
            save, "session", session.pk, title="New", starts_at_0="2020-05-01", questions_moderated="on"
        )
        state = (await visitor.next("session.changed"))["session"]
        assert (state["starts_at"][:10], state["questions"]["moderated"]) == ("2020-05-01", True)
    saved = await act(Session.objects.get, pk=session.pk)
    assert (saved.title, saved.version, saved.calendar_sequence) == ("New", session.version + 1, 1)
    await act(save, "session", session.pk)
    assert (await act(Session.objects.get, pk=session.pk)).version == saved.version  # nothing was changed


async def test_rename_keeps_the_usual_short_title_and_one_that_somebody_wrote():
    usual = await act(make_session, title="Old", part="Part Two")
    await act(Session.objects.filter(pk=usual.pk).update, short_title=usual.usual_short_title)
    written = await act(make_session, title="Old", short_title="By hand")
    async with room_of(usual) as visitor:
        await visitor.next("snapshot")
        await act(save, "session", usual.pk, title="New")
        await visitor.next("session.changed")
    await act(save, "session", written.pk, title="New")
    saved = [await act(Session.objects.get, pk=session.pk) for session in (usual, written)]
    assert [(session.title, session.short_title) for session in saved] == [
        ("New", "Part Two: New"),
        ("New", "By hand"),
    ]
    await act(save, "session", usual.pk, part="Part Three")
    assert (await act(Session.objects.get, pk=usual.pk)).short_title == "Part Three: New"
    await act(save, "session", usual.pk, title="Newest", short_title="Mine")
    assert (await act(Session.objects.get, pk=usual.pk)).short_title == "Mine"


async def test_line_that_is_saved_is_told_to_its_open_room():
    session = await act(make_session)
    line = await act(make_line, session, "Old")
    async with room_of(session) as visitor:
        await visitor.next("snapshot")
        await act(save, "signupline", line.pk, title="New", announced_line="98")
        told = (await visitor.next("line.changed"))["line"]
        assert (told["title"], told["announced_line"], told["state"]) == ("New", 98, "open")
    assert (await act(SignUpLine.objects.get, pk=line.pk)).version == line.version + 1


async def test_person_who_is_renamed_is_told_where_they_lead_a_follow_up_and_in_calendars():
    session = await act(make_session)
    ada = await act(Person.objects.create, event=session.event, name="Ada", slug="ada")
    line = await act(make_line, session, owner=str(ada.pk))
    await act(SessionRole.objects.create, session=session, person=ada, role="moderator")
    async with room_of(session) as visitor:
        await visitor.next("snapshot")
        await act(save, "person", ada.pk, name="Ada Byron")
        told = (await visitor.next("line.changed"))["line"]
        assert (told["id"], told["owner"]["name"]) == (str(line.pk), "Ada Byron")
    saved = await act(Session.objects.get, pk=session.pk)
    assert saved.calendar_modified_at > session.calendar_modified_at


async def test_event_that_is_renamed_is_told_to_calendars():
    session = await act(make_session)
    await act(save, "event", session.event_id, name="Another name")
    saved = await act(Session.objects.get, pk=session.pk)
    assert saved.calendar_modified_at > session.calendar_modified_at


async def test_pads_and_lines_are_made_in_the_control_room_alone():
    session = await act(make_session)
    link = await act(EtherpadLink.objects.create, session=session, url="https://pad.example.org/p/one")

    def refused():
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        pads, lines = "/admin/etherpad_links/etherpadlink/", "/admin/opendev_sessions/signupline/"
        posted = [client.post(path, {"url": "https://pad.example.org/p/two"}) for path in (
            f"{pads}add/", f"{pads}{link.pk}/change/", f"{lines}add/",
        )]  # fmt: skip
        return [answer.status_code for answer in posted], client.get(f"{pads}{link.pk}/change/").status_code

    assert await act(refused) == ([403, 403, 403], 200)


async def test_language_of_an_event_is_chosen_among_those_that_are_offered():
    session = await act(make_session)
    await act(save, "event", session.event_id, language="ko")
    saved = await act(Session.objects.select_related("event").get, pk=session.pk)
    assert saved.spoken_language == "ko"
