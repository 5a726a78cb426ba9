#!/usr/bin/env bash
# Expected: VACUUM INTO copies a database from any program, as SQLite's backup API does: it reads rows and checks no constraint.
# Instead:  it refuses a database of Django that has a CheckConstraint with a regular expression: "no such function: REGEXP".
#           The function is missing in the copying program, though no row is checked: a row that breaks the constraint is copied.
#           `sqlite3` of the command line has a REGEXP of its own, so the same statement works there.
# Version:  Django 5.2.19 with the SQLite of Python (seen with 3.40.1).
# Here:     opendev/backups/sqlite.py makes the copy by Django's connection, which has the function.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet Django==5.2.19 2>/dev/null

cat > see.py <<'PYTHON'
import sqlite3
import sys
from contextlib import closing

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}, INSTALLED_APPS=[]
)
django.setup()

from django.db import connection, models


class Session(models.Model):
    code = models.CharField(max_length=6)

    class Meta:
        app_label = "rooms"
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex="^[0-9]{6}$"), name="code_is_six_digits")
        ]


with connection.schema_editor() as editor:
    editor.create_model(Session)
Session.objects.create(code="123456")
with connection.cursor() as cursor:
    cursor.execute("PRAGMA ignore_check_constraints=ON")
    cursor.execute("INSERT INTO rooms_session (code) VALUES ('wrong')")
connection.close()


def rows(name):
    with closing(sqlite3.connect(name)) as copy:
        return [code for (code,) in copy.execute("SELECT code FROM rooms_session ORDER BY id")]


print("SQLite", sqlite3.sqlite_version)
with closing(sqlite3.connect("db.sqlite3", isolation_level=None)) as plain:
    try:
        plain.execute("VACUUM INTO 'vacuum.sqlite3'")
        said = "copied"
    except sqlite3.OperationalError as error:
        said = str(error)
    with closing(sqlite3.connect("backup.sqlite3")) as target:
        plain.backup(target)
print("VACUUM INTO by Python's sqlite3:", said)
print("the backup API by Python's sqlite3:", rows("backup.sqlite3"))
with connection.cursor() as cursor:
    cursor.execute("VACUUM INTO %s", ["django.sqlite3"])
connection.close()
print("VACUUM INTO by Django's connection:", rows("django.sqlite3"))
both = ["123456", "wrong"]
as_described = said == "no such function: REGEXP" and rows("backup.sqlite3") == rows("django.sqlite3") == both
sys.exit(0 if as_described else 1)
PYTHON
venv/bin/python see.py
