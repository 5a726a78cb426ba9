"""Rules across tables that Django's constraints cannot express, enforced by the database itself.

- A ballot's `single` is its poll's. It never names an attendee in anonymous polls; in named ones it does from the
start, until the attendee is erased (docs/adr/0071).
- A selection's option, ballot and `single` are of one poll. With the unique index on (ballot) where single, which
models.py declares, a single-choice ballot has at most one selection.
- Selections have values in polls of the family `weigh` and in no others. If values are places, a ballot has no place
twice; if they have a maximum sum, they do not exceed it.
- Participations belong to anonymous polls. An option with votes, and a poll with ballots, cannot be deleted.
- Voters write options in polls of the family `write`, where nobody else does, and in those that have "Other". A
spelling can only be merged into an option of its own poll, which is not merged itself.

PostgreSQL enforces the references with composite foreign keys, the cheapest way that was measured, the rules about
anonymity with statement triggers, and a poll's kind with a row trigger on changes. SQLite has no ALTER TABLE for
foreign keys, so everything is a trigger there. For many migrations Django rebuilds a SQLite table and silently drops
its triggers: hence they are installed again, idempotently, after every migrate, and tests/polls/test_guards.py looks
for each by name. Before a migrate they are dropped on SQLite, which parses the triggers of other tables again when a
table is renamed, and a rebuild renames tables.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections

from opendev.core.guards import drop_on_sqlite, refuse_on_sqlite, refusing_function

POSTGRES_KEYS = {
    # name: (table, the condition that must hold)
    "guard_poll_id_single": ("polls_poll", "UNIQUE (id, single)"),
    "guard_ballot_id_poll_single": ("polls_ballot", "UNIQUE (id, poll_id, single)"),
    "guard_option_id_poll": ("polls_option", "UNIQUE (id, poll_id)"),
    "guard_ballot_is_as_its_poll": (
        "polls_ballot",
        "FOREIGN KEY (poll_id, single) REFERENCES polls_poll (id, single)",
    ),
    "guard_selection_is_as_its_ballot": (
        "polls_selection",
        "FOREIGN KEY (ballot_id, poll_id, single) REFERENCES polls_ballot (id, poll_id, single)",
    ),
    "guard_selection_is_of_its_poll": (
        "polls_selection",
        "FOREIGN KEY (option_id, poll_id) REFERENCES polls_option (id, poll_id)",
    ),
    "guard_option_merges_in_its_poll": (
        "polls_option",
        "FOREIGN KEY (merged_into_id, poll_id) REFERENCES polls_option (id, poll_id)",
    ),
}

# Columns that ANALYZE would copy into pg_statistic, from where finalising cannot delete them. The hot path joins on
# pairs by index and was measured without statistics.
POSTGRES_SECRETS = (("polls_markkey", "key"), ("polls_participation", "mark"), ("polls_ballot", "key"))

POSTGRES_TRIGGERS = {
    # name: (table, forbidden condition on a new row r)
    "guard_ballot_names_by_kind": (
        "polls_ballot",
        "EXISTS (SELECT 1 FROM rows r JOIN polls_poll p ON p.id = r.poll_id"
        " WHERE p.anonymous = (r.attendee_id IS NOT NULL) AND (p.anonymous OR TG_OP = 'INSERT'))",
    ),
    "guard_participation_is_anonymous": (
        "polls_participation",
        "EXISTS (SELECT 1 FROM rows r JOIN polls_poll p ON p.id = r.poll_id WHERE NOT p.anonymous)",
    ),
    "guard_selection_value_is_of_its_family": (
        "polls_selection",
        "EXISTS (SELECT 1 FROM rows r JOIN polls_poll p ON p.id = r.poll_id"
        " WHERE (p.family = 'weigh') <> (r.value IS NOT NULL))",
    ),
    "guard_selection_values_fit_their_ballot": (
        "polls_selection",
        "EXISTS (SELECT 1 FROM (SELECT DISTINCT ballot_id, poll_id FROM rows WHERE value IS NOT NULL) r"
        " JOIN polls_poll p ON p.id = r.poll_id"
        " WHERE (SELECT (p.has_places AND count(DISTINCT s.value) < count(*))"
        " OR coalesce(sum(s.value) > p.value_sum, false) FROM polls_selection s WHERE s.ballot_id = r.ballot_id))",
    ),
}

POSTGRES_FROZEN = {
    # name: (table, columns, condition on OLD under which they must not change). Per row; votes write none of these.
    "guard_poll_with_ballots_keeps_its_rules": (
        "polls_poll",
        ("kind", "family", "single", "has_places", "has_other", "value_sum", "anonymous"),
        "EXISTS (SELECT 1 FROM polls_ballot b WHERE b.poll_id = OLD.id)",
    ),
}

# Rules about options, enforced per row: votes write none of these columns.
OPTION_FITS_FAMILY = (
    "NOT EXISTS (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id"
    " AND ((NEW.author_kind = 'voter' AND (p.family = 'write' OR p.has_other))"
    " OR (NEW.author_kind = 'moderator' AND p.family <> 'write' AND (p.has_other OR NOT NEW.is_other))))"
)
OPTION_MERGES_ONCE = (
    "NEW.merged_into_id IS NOT NULL AND (NEW.merged_into_id = NEW.id"
    " OR EXISTS (SELECT 1 FROM polls_option o WHERE o.id = NEW.merged_into_id AND o.merged_into_id IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM polls_option o WHERE o.merged_into_id = NEW.id))"
)

POSTGRES_ROWS = {
    # name: (table, columns, condition under which NEW is refused)
    "guard_option_author_fits_family": (
        "polls_option",
        ("poll_id", "author_kind", "is_other"),
        OPTION_FITS_FAMILY,
    ),
    "guard_option_merges_once": ("polls_option", ("merged_into_id",), OPTION_MERGES_ONCE),
}

SQLITE_TRIGGERS = {
    # name: (table, moment, condition under which the row is refused)
    "guard_ballot_is_as_its_poll": (
        "polls_ballot",
        "WRITE",
        "NOT EXISTS (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id AND p.single = NEW.single"
        " AND (NOT p.anonymous OR NEW.attendee_id IS NULL))",
    ),
    "guard_ballot_names_by_kind": (
        "polls_ballot",
        "INSERT",
        "NEW.attendee_id IS NULL AND EXISTS"
        " (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id AND NOT p.anonymous)",
    ),
    "guard_selection_is_as_its_ballot": (
        "polls_selection",
        "WRITE",
        "NOT EXISTS (SELECT 1 FROM polls_ballot b WHERE b.id = NEW.ballot_id AND b.poll_id = NEW.poll_id"
        " AND b.single = NEW.single)"
        " OR NOT EXISTS (SELECT 1 FROM polls_option o WHERE o.id = NEW.option_id AND o.poll_id = NEW.poll_id)",
    ),
    "guard_selection_value_is_of_its_family": (
        "polls_selection",
        "WRITE",
        "NOT EXISTS (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id"
        " AND (p.family = 'weigh') = (NEW.value IS NOT NULL))",
    ),
    "guard_selection_values_fit_their_ballot": (
        "polls_selection",
        "WRITE",
        "NEW.value IS NOT NULL AND EXISTS (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id AND ("
        "(p.has_places AND EXISTS (SELECT 1 FROM polls_selection s WHERE s.ballot_id = NEW.ballot_id"
        " AND s.value = NEW.value AND s.option_id <> NEW.option_id))"
        " OR NEW.value + (SELECT coalesce(sum(s.value), 0) FROM polls_selection s"
        " WHERE s.ballot_id = NEW.ballot_id AND s.option_id <> NEW.option_id) > p.value_sum))",
    ),
    "guard_participation_is_anonymous": (
        "polls_participation",
        "WRITE",
        "NOT EXISTS (SELECT 1 FROM polls_poll p WHERE p.id = NEW.poll_id AND p.anonymous)",
    ),
    "guard_ballot_keeps_its_poll": (
        "polls_ballot",
        "UPDATE OF poll_id, single",
        "NEW.poll_id <> OLD.poll_id OR NEW.single <> OLD.single",
    ),
    "guard_option_keeps_its_poll": ("polls_option", "UPDATE OF poll_id", "NEW.poll_id <> OLD.poll_id"),
    "guard_option_author_fits_family": (
        "polls_option",
        "WRITE OF poll_id, author_kind, is_other",
        OPTION_FITS_FAMILY,
    ),
    "guard_option_merges_once": ("polls_option", "WRITE OF merged_into_id", OPTION_MERGES_ONCE),
    "guard_option_merges_in_its_poll": (
        "polls_option",
        "WRITE OF merged_into_id",
        "NEW.merged_into_id IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM polls_option o WHERE o.id = NEW.merged_into_id AND o.poll_id = NEW.poll_id)",
    ),
    "guard_poll_with_ballots_keeps_its_rules": (
        "polls_poll",
        "UPDATE OF kind, family, single, has_places, has_other, value_sum, anonymous",
        "(NEW.kind <> OLD.kind OR NEW.family <> OLD.family OR NEW.single <> OLD.single"
        " OR NEW.has_places <> OLD.has_places OR NEW.has_other <> OLD.has_other OR NEW.value_sum IS NOT OLD.value_sum"
        " OR NEW.anonymous <> OLD.anonymous)"
        " AND EXISTS (SELECT 1 FROM polls_ballot b WHERE b.poll_id = OLD.id)",
    ),
    "guard_option_with_votes_stays": (
        "polls_option",
        "DELETE",
        "EXISTS (SELECT 1 FROM polls_selection s JOIN polls_ballot b ON b.id = s.ballot_id"
        " WHERE b.poll_id = OLD.poll_id AND s.option_id = OLD.id)",
    ),
    "guard_ballot_with_selections_stays": (
        "polls_ballot",
        "DELETE",
        "EXISTS (SELECT 1 FROM polls_selection s WHERE s.ballot_id = OLD.id)",
    ),
    "guard_poll_with_ballots_stays": (
        "polls_poll",
        "DELETE",
        "EXISTS (SELECT 1 FROM polls_ballot b WHERE b.poll_id = OLD.id)",
    ),
}


def install_guards(*, using: str, **_: Any) -> None:
    """Install all missing guards; a receiver of `post_migrate`, safe to call at any time."""
    connection = connections[using]
    if not {"polls_selection", "polls_participation"} <= set(connection.introspection.table_names()):
        return  # migrated back to before they existed
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _install_on_sqlite(cursor)
        elif connection.vendor == "postgresql":
            _install_on_postgres(cursor)


def remove_guards(*, using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    """Drop SQLite's triggers before migrations run; a receiver of `pre_migrate`."""
    events = (
        (name, event) for name, (_table, moment, _) in SQLITE_TRIGGERS.items() for event in _events(moment)
    )
    drop_on_sqlite((_trigger(name, event) for name, event in events), using=using, plan=plan)


def _events(moment: str) -> tuple[str, ...]:
    word, _, columns = moment.partition(" ")
    return ("INSERT", f"UPDATE {columns}".strip()) if word == "WRITE" else (moment,)


def _trigger(name: str, event: str) -> str:
    return f"{name}_{event.split()[0].lower()}"


def _install_on_sqlite(cursor: Any) -> None:
    for name, (table, moment, refused) in SQLITE_TRIGGERS.items():
        for event in _events(moment):
            refuse_on_sqlite(cursor, _trigger(name, event), event, table, refused, says=name)


def _install_on_postgres(cursor: Any) -> None:
    cursor.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conname LIKE 'guard%' AND connamespace = current_schema()::regnamespace"
    )
    present = {name for (name,) in cursor.fetchall()}
    for name, (table, rule) in POSTGRES_KEYS.items():
        if name not in present:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")
    for table, column in POSTGRES_SECRETS:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    for name, (table, refused) in POSTGRES_TRIGGERS.items():
        cursor.execute(refusing_function(name, refused, passes="NULL"))
        for event in ("INSERT", "UPDATE"):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name}_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
    _install_rows_on_postgres(cursor)
    for name, (table, columns, stay) in POSTGRES_FROZEN.items():
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        cursor.execute(refusing_function(name, stay, passes="NEW"))
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name}_update BEFORE UPDATE OF {', '.join(columns)} ON {table}"
            f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {name}()"
        )


def _install_rows_on_postgres(cursor: Any) -> None:
    for name, (table, columns, refused) in POSTGRES_ROWS.items():
        cursor.execute(refusing_function(name, refused, passes="NEW"))
        for event in ("INSERT", f"UPDATE OF {', '.join(columns)}"):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name}_{event.split()[0].lower()} BEFORE {event} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
