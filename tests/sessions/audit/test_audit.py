"""The audit log: every act that it promises is in it, in the act's own transaction, and stays."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.core.audit import current_network
from opendev.core.errors import DomainError
from opendev.erasure.services import erase_attendee
from polls.models import Option
from polls.services import edit_poll, moderating, set_poll_state
from sessions.access.services import make_api_token, revoke_api_token
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_pass
from sessions.audit.guards import install_audit_guards
from sessions.audit.models import AuditEntry, AuditKind
from sessions.audit.services import forget_old_entries, record, record_reading
from sessions.displays.services import make_display_link, revoke_display_link, set_screen_access
from sessions.follow_ups.services.lines import remove_name, restore_name
from sessions.programme.services.events import create_event, edit_event, set_committee
from sessions.programme.services.team import invite_moderator, remove_moderator
from sessions.questions.services.asking import set_question_rules
from sessions.registrations.services.importing import (
    import_registrations,
    set_figure,
    set_personal_link,
)
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_organiser,
    make_poll,
    make_session,
    put_name,
    vote_for,
    write_in,
)
from tests.factories import (
    record as record_vote,
)
from tests.factories.databases import rolled_back

AGO = timedelta(days=500)


@pytest.fixture
def event(db):
    return make_event()


@pytest.fixture
def caller(event):
    return Caller(user_id=make_organiser(event).pk)


@pytest.fixture
def session(event):
    return make_session(event)


def kinds(**wanted):
    entries = AuditEntry.objects.filter(**wanted).order_by("pk")
    return [entry.kind for entry in entries]


def test_rights_tokens_and_links_are_recorded_with_who_did_it_and_in_which_event(event, session, caller):
    before = AuditEntry.objects.count()
    person, _token = invite_moderator(session_id=session.pk, caller=caller, name="Ada Lovelace", now=NOW)
    remove_moderator(session_id=session.pk, caller=caller, person_id=person.pk)
    link, _token = make_display_link(session_id=session.pk, caller=caller, now=NOW)
    for _ in range(2):  # the second time nothing happens
        revoke_display_link(session_id=session.pk, link_id=link.pk, caller=caller, now=NOW)
        set_screen_access(session_id=session.pk, caller=caller, is_open=False)
    attendee = make_attendee(session)
    for revoked in (True, True, False):
        set_pass(attendee_id=attendee.attendee_id, caller=caller, revoked=revoked, now=NOW)
    entries = AuditEntry.objects.order_by("pk")[before:]
    assert [(entry.kind, entry.subject) for entry in entries] == [
        ("rights.invited", f"user {person.user.pk}"),
        ("sign_in.link_made", f"user {person.user.pk}"),
        ("rights.taken", f"user {person.user.pk}"),
        ("tokens.display_made", f"session {session.pk}"),
        ("tokens.display_revoked", f"session {session.pk}"),
        ("settings.changed", f"session {session.pk}"),
        ("tokens.pass_revoked", f"attendee {attendee.attendee_id}"),
        ("tokens.pass_restored", f"attendee {attendee.attendee_id}"),
    ]
    assert {entry.actor for entry in entries} == {caller.user_id}
    assert {entry.event for entry in entries if entry.kind != "sign_in.link_made"} == {event.pk}


def test_tokens_of_one_s_own_are_recorded_once(caller):
    user = make_organiser(make_event())
    make_api_token(user=user, name="", lasts=timedelta(days=3), now=NOW)
    token = user.api_tokens.get()
    for _ in range(2):
        revoke_api_token(token_id=token.pk, caller=Caller(user_id=user.pk), now=NOW)
    made, revoked = AuditEntry.objects.filter(actor=user.pk, kind__startswith="tokens.").order_by("pk")
    assert (made.kind, made.details, revoked.kind) == (
        "tokens.made",
        {"days": 3, "scope": "organise"},
        "tokens.revoked",
    )


def test_polls_names_and_people_are_recorded_without_what_they_say(event, session, caller):
    poll = make_poll(session, anonymous=False)
    record_vote(vote_for(poll, make_attendee(session), "a"))
    edit_poll(poll_id=poll.pk, caller=caller, given={"question": "Which lamp, then?"}, now=NOW)
    for state in ("closed", "published"):
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    set_poll_state(poll_id=poll.pk, caller=caller, state="closed", now=NOW)
    ada = make_attendee(session)
    sign_up = put_name(make_line(session), ada, name="Ada Byron", email="ada@example.org", consent=True)
    for _ in range(2):
        remove_name(sign_up_id=sign_up.pk, caller=caller, now=NOW)
    restore_name(sign_up_id=sign_up.pk, caller=caller)
    erase_attendee(attendee=Attendee.objects.get(pk=ada.attendee_id), now=NOW, caller=caller)
    assert kinds(event=event.pk, actor=caller.user_id) == [
        "polls.reworded",
        "polls.published",
        "polls.withdrawn",
        "people.name_removed",
        "people.name_restored",
        "people.erased",
    ]
    whole = json.dumps(list(AuditEntry.objects.values("subject", "details")))
    assert not [word for word in ("Ada", "ada@", "lamp") if word in whole]


def test_moderating_what_people_wrote_is_recorded_by_poll_and_number_without_their_words(
    event, session, caller
):
    poll = make_poll(session, kind="words", rules={"approve": True})
    for word in ("alpha", "beta", "gamma", "delta"):
        record_vote(write_in(poll, make_attendee(session), word))
    alpha, beta, gamma, delta = (
        Option.objects.get(poll=poll, text=text).pk for text in ("alpha", "beta", "gamma", "delta")
    )
    acts = {"poll_id": poll.pk, "caller": caller}
    for _ in range(2):  # the second time nothing happens, but for a merge of what is no answer any more
        moderating.set_answer_states(**acts, option_ids=[alpha, beta], state="shown")
        moderating.approve_all(**acts)
        moderating.set_answer_states(**acts, option_ids=[delta], state="hidden")
    moderating.merge_answers(**acts, option_ids=[alpha, beta], into_id=gamma, now=NOW)
    for _ in range(2):
        moderating.split_answer(**acts, option_id=gamma, now=NOW)
    for words in (["omega", "sigma"], ["Sigma", "omega"], ["sigma"]):  # the second list is the first one
        moderating.set_blocked_words(session_id=session.pk, caller=caller, words=words)
    entries = AuditEntry.objects.filter(event=event.pk, actor=caller.user_id).order_by("pk")
    assert [(entry.kind, entry.subject, entry.details) for entry in entries] == [
        ("polls.written_shown", f"poll {poll.pk}", {"answers": 2}),
        ("polls.written_shown", f"poll {poll.pk}", {"answers": 2}),
        ("polls.written_hidden", f"poll {poll.pk}", {"answers": 1}),
        ("polls.written_merged", f"poll {poll.pk}", {"answers": 2}),
        ("polls.written_split", f"poll {poll.pk}", {"answers": 2}),
        ("polls.blocked_words", f"session {session.pk}", {"added": 2, "removed": 0}),
        ("polls.blocked_words", f"session {session.pk}", {"added": 0, "removed": 1}),
    ]
    whole = json.dumps(list(entries.values("subject", "details")))
    words = ("alpha", "beta", "gamma", "delta", "sigma", "omega")
    assert not [word for word in words if word in whole.lower()]


def test_refused_moderating_leaves_no_entry(event, session):
    poll = make_poll(session, kind="words")
    record_vote(write_in(poll, make_attendee(session), "alpha"))
    word, before = Option.objects.get(poll=poll).pk, AuditEntry.objects.count()
    stranger = Caller(user_id=make_organiser(make_event()).pk)
    for act in (
        lambda: moderating.set_answer_states(
            poll_id=poll.pk, caller=stranger, option_ids=[word], state="hidden"
        ),
        lambda: moderating.set_blocked_words(session_id=session.pk, caller=stranger, words=["alpha"]),
    ):
        with pytest.raises(DomainError):
            act()
    assert AuditEntry.objects.count() == before


def test_settings_and_imports_are_recorded(event, session, caller):
    made = create_event(caller=caller, given={"name": "Another"})
    edit_event(event_id=event.pk, caller=caller, given={"name": "Renamed"})
    set_committee(event_id=event.pk, caller=caller, names="Ada Lovelace")
    set_question_rules(session_id=session.pk, caller=caller, moderated=True)
    set_question_rules(session_id=session.pk, caller=caller, moderated=True)  # as it is: no entry
    set_figure(event_id=event.pk, caller=caller, figure="registered", shown="1,000+", source="Zoom")
    import_registrations(
        event_id=event.pk,
        caller=caller,
        content=b"email\nada@example.org\n",
        name="list.csv",
        skips_bad=False,
        now=NOW,
    )
    set_personal_link(event_id=event.pk, caller=caller, email="ada@example.org", revoked=True, now=NOW)
    assert kinds(event=made.pk) == ["settings.event_made"]
    assert kinds(event=event.pk) == [
        "settings.changed",
        "settings.changed",
        "settings.changed",
        "settings.changed",
        "imports.registrations",
        "tokens.link_revoked",
    ]


def test_who_can_see_an_event_is_recorded_when_it_changes(event, caller):
    for visibility in ("draft", "draft", "public"):
        edit_event(event_id=event.pk, caller=caller, given={"visibility": visibility})
    entries = AuditEntry.objects.filter(event=event.pk, kind="settings.changed").order_by("pk")
    assert [entry.details for entry in entries] == [
        {"setting": "visibility", "visibility": "draft"},
        {"setting": "visibility", "visibility": "public"},
    ]


def test_act_that_is_refused_or_rolled_back_leaves_no_entry(session, caller):
    before = kinds()
    with pytest.raises(DomainError):
        invite_moderator(session_id=session.pk, caller=Caller(), name="Ada", now=NOW)
    with rolled_back():
        invite_moderator(session_id=session.pk, caller=caller, name="Ada", now=NOW)
        assert kinds() != before
    assert kinds() == before


def test_entry_says_from_which_network_and_is_told_once_after_the_commit(
    db, caplog, django_capture_on_commit_callbacks
):
    mark = current_network.set("203.0.113.9")
    caplog.set_level("INFO", "opendev.audit")
    caplog.handler.setLevel("INFO")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        entry = record(AuditKind.SIGNED_IN, caller=7, subject="user 7", method="link")
    current_network.reset(mark)
    assert len(callbacks) == 1
    assert (entry.network, entry.actor, entry.details) == ("203.0.113.9", 7, {"method": "link"})


def test_reading_the_same_addresses_again_is_one_entry_and_more_of_them_another(event, caller):
    for addresses in (0, 2, 2, 3):
        record_reading(caller=caller, event_id=event.pk, subject="line 1", addresses=addresses)
    assert [entry.details["addresses"] for entry in AuditEntry.objects.order_by("pk")] == [2, 3]


def refuses_to_change():
    """On the vendor at hand: neither by the ORM nor by SQL."""
    young = record(AuditKind.SIGNED_IN, caller=7)
    old = AuditEntry.objects.create(at=timezone.now() - AGO, kind="sign_in.done")
    entries, table = AuditEntry.objects.filter(pk=young.pk), AuditEntry._meta.db_table

    def sql(text):
        with connection.cursor() as cursor:
            cursor.execute(text)

    for change in (
        lambda: entries.update(actor=8),
        lambda: AuditEntry.objects.filter(pk=old.pk).update(actor=8),
        entries.delete,
        lambda: sql(f"UPDATE {table} SET at = at"),
        lambda: sql(f"DELETE FROM {table}"),
    ):
        with pytest.raises(DatabaseError, match="guard_audit"), transaction.atomic():
            change()
    assert forget_old_entries(timezone.now()) == 1
    assert list(AuditEntry.objects.filter(pk__in=[young.pk, old.pk])) == [young]


@pytest.mark.django_db
def test_entries_stay_and_old_ones_alone_go_on_sqlite():
    refuses_to_change()
    install_audit_guards(using="default")  # again does no harm
    refuses_to_change()


@pytest.mark.usefixtures("committing_postgres")
def test_entries_stay_and_old_ones_alone_go_on_postgres():
    refuses_to_change()
    with pytest.raises(DatabaseError, match="guard_audit"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {AuditEntry._meta.db_table}")
    install_audit_guards(using="default")
    refuses_to_change()


def test_command_prints_entries_as_lines_of_json_and_forgets_old_ones(event, caller, capsys, settings):
    record(AuditKind.EXPORTED, caller=caller, event_id=event.pk, people=True)
    record(AuditKind.SIGNED_IN, caller=caller)
    AuditEntry.objects.create(at=timezone.now() - AGO, kind="sign_in.done")
    call_command("audit_log", "--event", event.slug)
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["kind"] == "people.exported"
    assert (told["event"], told["actor"], told["details"]) == (
        str(event.pk),
        str(caller.user_id),
        {"people": True},
    )
    settings.AUDIT_DAYS = 501
    call_command("audit_log", "--forget-old")
    settings.AUDIT_DAYS = 499
    call_command("audit_log", "--forget-old")
    assert capsys.readouterr().out.splitlines() == ["0 entries deleted.", "1 entries deleted."]
