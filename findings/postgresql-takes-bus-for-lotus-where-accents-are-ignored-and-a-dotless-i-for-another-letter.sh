#!/usr/bin/env bash
# PostgreSQL 15: UNIQUE by an ICU collation that ignores accents calls Japanese bus and lotus one word.
#
# Expected: strength "level1" ignores what Latin writes above its letters; other scripts' letters stay apart, or at least
# the Japanese collation knows which of its marks make another word.
# Instead: バス (bus) and ハス (lotus) are equal, with the root collation and with `ja` alike, and so are Hiragana and Katakana
# even at level2, which minds accents. But й and и, कुल and कल stay apart, and so do I and the Turkish ı, which every search
# is expected to merge. No strength is right for all languages of one column.
# Version: postgresql-15 15.18 with ICU 72 (Debian).
# Here: polls/kinds/merging.py makes the key under which words are one, and keeps it in a column of its own.
set -euo pipefail
programs=$(echo /usr/lib/postgresql/15/bin)
[ -x "$programs/initdb" ] || { echo "needs Debian's postgresql-15" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "psycopg[binary]==3.3.9"
cat > "$folder/seen.py" <<'PYTHON'
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

programs, folder = (Path(name) for name in sys.argv[1:])


@contextmanager
def postgres():
    """A new database server on a socket in the folder. PostgreSQL does not run as root."""
    root = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    data = folder / "database"
    data.mkdir()
    if root:
        folder.chmod(0o755)
        shutil.chown(data, **root)
    words = [programs / "initdb", "-D", data / "d", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(words, cwd=data, stdout=subprocess.DEVNULL, check=True, **root)
    words = [programs / "postgres", "-D", data / "d", "-k", data, "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(words, cwd=data, stderr=subprocess.DEVNULL, **root)
    address = f"host={data} user=postgres dbname=postgres"
    try:
        for _ in range(200):
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                time.sleep(0.1)
        yield lambda **more: psycopg.connect(address, **more)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


COLLATIONS = {"root, level1": "und-u-ks-level1", "ja, level1": "ja-u-ks-level1", "root, level2": "und-u-ks-level2"}
PAIRS = {
    "バス ハス": "110",
    "かき カキ": "111",
    "naïve naive": "110",
    "Łódź Lodz": "110",
    "й и": "000",
    "कुल कल": "000",
    "ISTANBUL ıstanbul": "000",
}
seen = dict.fromkeys(PAIRS, "")
with postgres() as connect, connect(autocommit=True) as connection:
    for number, locale in enumerate(COLLATIONS.values()):
        connection.execute(f"CREATE COLLATION c{number} (provider = icu, locale = '{locale}', deterministic = false)")
        for pair in PAIRS:
            connection.execute(f"CREATE TEMPORARY TABLE words (word text COLLATE c{number} UNIQUE)")
            for word in pair.split():
                connection.execute("INSERT INTO words VALUES (%s) ON CONFLICT DO NOTHING", [word])
            (count,) = connection.execute("SELECT count(*) FROM words").fetchone()
            seen[pair] += str(2 - count)
            connection.execute("DROP TABLE words")
print("1 where the second word of the pair is refused as a double, by", ", ".join(COLLATIONS))
for pair, marks in seen.items():
    print(f"{pair}: {' '.join(marks)}")
sys.exit(seen != PAIRS)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$programs" "$folder"
