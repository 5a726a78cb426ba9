#!/usr/bin/env bash
# SQLite: the copy that VACUUM INTO makes of a database in WAL mode is not in WAL mode; that of the backup API is.
#
# Expected: WAL is a lasting property of the file ("persistent", says its documentation), and VACUUM INTO keeps what such
# properties there are: user_version, application_id, auto_vacuum. Both copies behave as the source.
# Instead: the file of VACUUM INTO begins in the mode "delete", where a reader that has not ended holds up every writer. Who
# restores it into a server that set WAL once, when the database was made, gets "database is locked" under load
# from a file that passes integrity_check. (The page size changes too, if one was asked for in the source before WAL.)
# Version: the SQLite of Python (seen with 3.40.1).
# Here: opendev/databases.py sets the mode with each connection; opendev/backups/sqlite.py states it of a copy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/seen.py" <<'PYTHON'
import sqlite3
import sys
from pathlib import Path

folder = Path(sys.argv[1])


def opened(name):
    return sqlite3.connect(folder / f"{name}.sqlite3", timeout=0.2, isolation_level=None)


def writes_beside_a_reader(name):
    """Return True if somebody can write while a reader's transaction is open, without a word about the mode."""
    reader, writer = opened(name), opened(name)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM ballot").fetchall()
    try:
        writer.execute("INSERT INTO ballot DEFAULT VALUES")
    except sqlite3.OperationalError:
        return False
    finally:
        reader.close()
        writer.close()
    return True


source = opened("source")
for words in ("auto_vacuum = INCREMENTAL", "journal_mode = WAL", "user_version = 7"):
    source.execute(f"PRAGMA {words}")
source.execute("CREATE TABLE ballot (id INTEGER PRIMARY KEY)")
source.execute("VACUUM INTO ?", [str(folder / "vacuum.sqlite3")])
source.backup(opened("backup"))
seen = {}
for name in ("source", "backup", "vacuum"):
    copy = opened(name)
    mode, *others = (copy.execute(f"PRAGMA {word}").fetchone()[0] for word in ("journal_mode", "auto_vacuum", "user_version"))
    copy.close()
    seen[name] = (mode, others, writes_beside_a_reader(name))
print("SQLite", sqlite3.sqlite_version)
for name, (mode, others, writes) in seen.items():
    print(f"{name}: journal_mode {mode}; auto_vacuum, user_version {others}; writes beside a reader: {writes}")
kept = ("wal", [2, 7], True)
sys.exit(seen != {"source": kept, "backup": kept, "vacuum": ("delete", [2, 7], False)})
PYTHON
python3 "$folder/seen.py" "$folder"
