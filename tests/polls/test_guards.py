"""What must always hold is refused by the database itself, on the migrated schema, whoever writes."""

import secrets
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

import polls.migrations
from polls.guards import (
    POSTGRES_FROZEN,
    POSTGRES_KEYS,
    POSTGRES_ROWS,
    POSTGRES_TRIGGERS,
    SQLITE_TRIGGERS,
    install_guards,
)
from tests.factories import make_attendee, make_poll, make_session, options_of, record, vote_for
from tests.factories.sessions import NOW


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql, *values):
    """The name of the rule by which the database refuses this."""
    with pytest.raises(DatabaseError) as error:
        run(sql, *values)
    return str(error.value)


class Rows:
    """A session with a single-choice and a multiple-choice poll, a named one, and raw rows for them."""

    def __init__(self):
        self.session = make_session()
        self.single, self.multiple = make_poll(self.session), make_poll(self.session, kind="multiple")
        self.named = make_poll(self.session, anonymous=False)
        self.attendee = make_attendee(self.session).attendee_id

    def ballot(self, poll, *, key=None, single=None, attendee=None, seq=1, insert=run):
        """Insert a ballot; its id, or what `insert` says."""
        row = secrets.randbits(62)
        said = insert(
            "INSERT INTO polls_ballot (id, poll_id, single, key, seq, attendee_id) VALUES (%s, %s, %s, %s, %s, %s)",
            row,
            poll.pk,
            poll.single if single is None else single,
            key or secrets.token_bytes(32),
            seq,
            attendee,
        )
        return said or row

    def selection(self, ballot, option, poll, *, single=None, insert=run):
        return insert(
            "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single) VALUES (%s, %s, %s, %s)",
            ballot,
            option,
            poll.pk,
            poll.single if single is None else single,
        )

    def mark(self, poll, mark, insert=run):
        return insert("INSERT INTO polls_participation (poll_id, mark) VALUES (%s, %s)", poll.pk, mark)

    def poll(self, insert=run, **columns):
        row = {
            "session_id": self.session.pk,
            "question": "Which?",
            "kind": "single",
            "family": "pick",
            "single": columns.get("kind", "single") == "single",
            "rules": "{}",
            "min": 1,
            "max": 1,
            "anonymous": True,
            "may_change": True,
            "visibility": "always",
            "state": "draft",
            "position": 1,
            "round": 1,
            "version": 1,
            "ballots": 0,
            "created_at": NOW,
            **columns,
        }
        names = ", ".join(row)
        return insert(
            f"INSERT INTO polls_poll ({names}) VALUES ({', '.join(['%s'] * len(row))})", *row.values()
        )


@pytest.fixture
def rows(database):
    return Rows()


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("poll_state_is_known", {"state": "paused", "launched_at": NOW}, {"state": "draft"}),
        ("poll_family_is_known", {"family": "draw"}, {"family": "pick", "kind": "of a later release"}),
        ("poll_family_is_known", {"family": "heavy"}, {"family": "weigh", "single": False, "max": 3}),
        ("poll_visibility_is_known", {"visibility": "nobody"}, {"visibility": "moderators"}),
        ("poll_min_to_max", {"min": 0}, {"min": 1}),
        (
            "poll_min_to_max",
            {"kind": "multiple", "min": 3, "max": 2},
            {"kind": "multiple", "min": 3, "max": 3},
        ),
        ("poll_single_means_one", {"max": 2}, {"kind": "multiple", "max": 2}),
        ("poll_is_launched_or_draft", {"state": "live"}, {"state": "live", "launched_at": NOW}),
        (
            "poll_closed_at_is_known",
            {"state": "closed", "launched_at": NOW},
            {"state": "closed", "launched_at": NOW, "closed_at": NOW},
        ),
        ("poll_round_counts", {"round": 0}, {"round": 1}),
    ],
)
def test_poll_that_breaks_a_rule_is_refused(rows, rule, wrong, right):
    assert rule in rows.poll(insert=refused, **wrong)
    rows.poll(**right)


def test_round_of_a_poll_exists_once(rows):
    rows.poll(rerun_of_id=rows.single.pk, round=2)
    rows.poll(rerun_of_id=rows.multiple.pk, round=2)
    said = rows.poll(insert=refused, rerun_of_id=rows.single.pk, round=2)
    assert "poll_round_once" in said or "polls_poll.rerun_of_id, polls_poll.round" in said


def test_option_position_exists_once_a_poll(rows):
    add = "INSERT INTO polls_option (poll_id, position, text, count) VALUES (%s, %s, 'x', 0)"
    said = refused(add, rows.single.pk, 1)
    assert "option_position_once_a_poll" in said or "polls_option.poll_id, polls_option.position" in said
    run(add, rows.single.pk, 4)


def test_ballot_key_exists_once_a_poll(rows):
    key = secrets.token_bytes(32)
    rows.ballot(rows.single, key=key)
    rows.ballot(rows.multiple, key=key)
    said = rows.ballot(rows.single, key=key, insert=refused)
    assert "ballot_key_once_a_poll" in said or "polls_ballot.poll_id, polls_ballot.key" in said


def test_ballot_of_an_attendee_exists_once_a_named_poll(rows):
    rows.ballot(rows.named, attendee=rows.attendee)
    said = rows.ballot(rows.named, attendee=rows.attendee, insert=refused)
    assert "ballot_attendee_once_a_poll" in said or "polls_ballot.poll_id, polls_ballot.attendee_id" in said
    rows.ballot(rows.named, attendee=make_attendee(rows.session).attendee_id)


def test_ballot_names_an_attendee_exactly_in_named_polls(rows):
    assert "guard_ballot" in rows.ballot(rows.single, attendee=rows.attendee, insert=refused)
    assert "guard_ballot" in rows.ballot(rows.named, insert=refused)
    secret, named = rows.ballot(rows.single), rows.ballot(rows.named, attendee=rows.attendee)
    run("UPDATE polls_ballot SET attendee_id = NULL WHERE id = %s", named)  # whoever is erased
    said = refused("UPDATE polls_ballot SET attendee_id = %s WHERE id = %s", rows.attendee, secret)
    assert "guard_ballot" in said


def test_ballot_seq_is_not_negative(rows):
    assert "ballot_seq_counts_up" in rows.ballot(rows.single, seq=-1, insert=refused)
    rows.ballot(rows.single, seq=0)


def test_ballot_is_single_as_its_poll_is(rows):
    assert "guard_ballot_is_as_its_poll" in rows.ballot(rows.single, single=False, insert=refused)
    assert "guard_ballot_is_as_its_poll" in rows.ballot(rows.multiple, single=True, insert=refused)


def test_second_selection_is_for_polls_with_several_choices(rows):
    for poll, allowed in ((rows.multiple, True), (rows.single, False)):
        first, second, _third = options_of(poll).values()
        ballot = rows.ballot(poll)
        rows.selection(ballot, first, poll)
        if allowed:
            rows.selection(ballot, second, poll)
        else:
            said = rows.selection(ballot, second, poll, insert=refused)
            assert "selection_once_in_single_choice" in said or "polls_selection.ballot_id" in said
            assert "guard_selection_is_as_its_ballot" in rows.selection(
                ballot, second, poll, single=False, insert=refused
            )


def test_selection_exists_once(rows):
    ballot, option = rows.ballot(rows.multiple), options_of(rows.multiple)["a"]
    rows.selection(ballot, option, rows.multiple)
    said = rows.selection(ballot, option, rows.multiple, insert=refused)
    assert "polls_selection_pkey" in said or "polls_selection.ballot_id, polls_selection.option_id" in said


def test_selection_is_of_its_ballots_poll(rows):
    other = make_poll(rows.session)
    ballot, strange = rows.ballot(rows.single), options_of(other)["a"]
    assert "guard_selection" in rows.selection(ballot, strange, rows.single, insert=refused)
    assert "guard_selection" in rows.selection(ballot, strange, other, insert=refused)
    assert "guard_selection" in rows.selection(12345, strange, other, insert=refused)
    rows.selection(ballot, options_of(rows.single)["a"], rows.single)


def test_mark_exists_once_and_in_anonymous_polls_alone(rows):
    mark = secrets.token_bytes(16)
    assert "guard_participation_is_anonymous" in rows.mark(rows.named, mark, insert=refused)
    rows.mark(rows.single, mark)
    rows.mark(rows.multiple, mark)
    said = rows.mark(rows.single, mark, insert=refused)
    assert (
        "polls_participation_pkey" in said or "polls_participation.poll_id, polls_participation.mark" in said
    )


def test_update_cannot_break_what_an_insert_cannot(rows):
    ballot, option = rows.ballot(rows.single), options_of(rows.single)["a"]
    rows.selection(ballot, option, rows.single)
    stray = options_of(rows.multiple)["a"]
    assert "guard_selection" in refused(
        "UPDATE polls_selection SET option_id = %s WHERE ballot_id = %s", stray, ballot
    )
    assert "guard_selection" in refused(
        "UPDATE polls_selection SET single = NOT single WHERE ballot_id = %s", ballot
    )
    assert "guard_ballot" in refused(
        "UPDATE polls_ballot SET attendee_id = %s WHERE id = %s", rows.attendee, ballot
    )
    assert "guard" in refused("UPDATE polls_ballot SET single = NOT single WHERE id = %s", ballot)
    rows.mark(rows.single, b"m" * 16)
    assert "guard_participation" in refused("UPDATE polls_participation SET poll_id = %s", rows.named.pk)
    run("UPDATE polls_ballot SET seq = 5 WHERE id = %s", ballot)


def test_what_holds_votes_cannot_be_deleted(rows):
    attendee = make_attendee(rows.session)
    assert record(vote_for(rows.single, attendee, "a")) == ["a"]
    options = options_of(rows.single)
    assert "guard" in refused("DELETE FROM polls_option WHERE id = %s", options["a"])
    assert "guard" in refused("DELETE FROM polls_ballot WHERE poll_id = %s", rows.single.pk)
    run("DELETE FROM polls_option WHERE id = %s", options["b"])
    run("DELETE FROM polls_selection WHERE poll_id = %s", rows.single.pk)
    run("DELETE FROM polls_option WHERE id = %s", options["a"])
    run("DELETE FROM polls_participation WHERE poll_id = %s", rows.single.pk)
    run("DELETE FROM polls_markkey WHERE poll_id = %s", rows.single.pk)
    run("DELETE FROM polls_option WHERE poll_id = %s", rows.single.pk)
    assert "guard" in refused("DELETE FROM polls_poll WHERE id = %s", rows.single.pk)
    run("DELETE FROM polls_ballot WHERE poll_id = %s", rows.single.pk)
    run("DELETE FROM polls_poll WHERE id = %s", rows.single.pk)


def test_what_others_lean_on_keeps_its_place(rows):
    ballot, option = rows.ballot(rows.single), options_of(rows.single)["a"]
    rows.selection(ballot, option, rows.single)
    assert "guard" in refused("UPDATE polls_ballot SET poll_id = %s WHERE id = %s", rows.multiple.pk, ballot)
    assert "guard" in refused(
        "UPDATE polls_option SET position = 9, poll_id = %s WHERE id = %s", rows.multiple.pk, option
    )
    for change in ("kind = 'multiple'", "single = NOT single", "anonymous = NOT anonymous"):
        assert "guard" in refused(f"UPDATE polls_poll SET {change} WHERE id = %s", rows.single.pk)
    run("UPDATE polls_poll SET kind = kind, question = 'Who?' WHERE id = %s", rows.single.pk)


# --- each is there by its name, and comes back


def guards_present():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conname LIKE 'guard%%' AND convalidated"
                " UNION SELECT tgname FROM pg_trigger WHERE tgname LIKE 'guard%%' AND tgenabled = 'O'"
            )
        found = {name for (name,) in cursor.fetchall()}
    return {
        name for name in found if not name.startswith(("guard_timeline", "guard_audit"))
    }  # of tests/sessions/timeline and tests/sessions/audit


def guards_wanted():
    if connection.vendor == "sqlite":
        events = {"WRITE": ("insert", "update")} | {
            word.upper(): (word,) for word in ("insert", "update", "delete")
        }
        return {
            f"{name}_{event}"
            for name, (_table, moment, _when) in SQLITE_TRIGGERS.items()
            for event in events[moment.split()[0]]
        }
    return (
        set(POSTGRES_KEYS)
        | {f"{name}_{event}" for name in POSTGRES_TRIGGERS for event in ("insert", "update")}
        | {f"{name}_update" for name in POSTGRES_FROZEN}
        | {f"{name}_{event}" for name in POSTGRES_ROWS for event in ("insert", "update")}
    )


def test_every_guard_is_in_the_migrated_schema_by_its_name(database):
    assert len(guards_wanted()) > 8
    assert guards_present() == guards_wanted()


def test_installing_again_changes_nothing(database):
    install_guards(using="default")
    install_guards(using="default")
    assert guards_present() == guards_wanted()


LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("polls", "{last}")]
    operations = [
        migrations.AddConstraint(model, models.CheckConstraint(condition=rule, name="later_" + model))
        for model, rule in dict(
            dict.fromkeys(("option", "ballot", "selection", "participation"), models.Q(poll__gte=0)),
            poll=models.Q(version__gte=0),
        ).items()
    ]
"""


@pytest.fixture
def later_migration(committing_sqlite, tmp_path, monkeypatch, settings):
    """One more migration of the polls, which has Django remake every table on SQLite; the name of the last real one."""
    folder = tmp_path / "later_polls"
    shutil.copytree(Path(polls.migrations.__file__).parent, folder)
    last = max(path.stem for path in folder.glob("0*.py"))
    (folder / "9999_later.py").write_text(LATER.format(last=last))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"polls": "later_polls"}
    return last


@pytest.mark.usefixtures("committing_sqlite")
def test_next_migration_may_remake_any_table_and_the_guards_come_back(later_migration):
    call_command("migrate", verbosity=0)
    assert constraint_is_known("later_ballot")
    assert guards_present() == guards_wanted()
    call_command("migrate", "polls", later_migration, verbosity=0)
    assert not constraint_is_known("later_ballot")
    assert guards_present() == guards_wanted()


def constraint_is_known(name):
    with connection.cursor() as cursor:
        return name in connection.introspection.get_constraints(cursor, "polls_ballot")


@pytest.mark.usefixtures("committing_postgres")
def test_guards_dropped_on_postgresql_come_back_with_the_next_migrate():
    for name in guards_present() & set(POSTGRES_KEYS):
        table, _rule = POSTGRES_KEYS[name]
        run(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE")
    for name, (table, _rule) in POSTGRES_TRIGGERS.items():
        run(f"DROP TRIGGER {name}_insert ON {table}")
    for name, (table, _columns, _stay) in POSTGRES_FROZEN.items():
        run(f"DROP TRIGGER {name}_update ON {table}")
    for name, (table, _columns, _refused) in POSTGRES_ROWS.items():
        for event in ("insert", "update"):
            run(f"DROP TRIGGER {name}_{event} ON {table}")
    assert guards_present() == {f"{name}_update" for name in POSTGRES_TRIGGERS}
    call_command("migrate", verbosity=0)
    assert guards_present() == guards_wanted()
