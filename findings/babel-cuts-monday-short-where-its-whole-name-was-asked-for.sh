#!/usr/bin/env bash
# Babel 2.19.0 writes "Mo., 10. August 2020" for the skeleton yMMMMEEEEd, which asks for the whole name of the day.
#
# Expected: UTS 35 (part 4, "Matching Skeletons") lets a library take the nearest pattern that the language has, and then
# widen its fields to what was asked: "Montag, 10. August 2020", as Intl writes it from the same data.
# Instead: `format_skeleton(…, fuzzy=True)` writes the pattern of yMMMMEd as it stands. Nothing is raised. In Japanese and in
# Arabic the day comes out whole, so that a test in one of these shows nothing; without `fuzzy` it is a KeyError.
# Here: opendev/core/dates.py takes Babel's pattern and widens the day itself; tests/core/test_dates.py has the languages.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Babel==2.19.0
cat > "$folder/seen.py" <<'PYTHON'
import json
import sys
from datetime import date

from babel import Locale, __version__
from babel.dates import format_skeleton, match_skeleton

asked, day, seen = "yMMMMEEEEd", date(2020, 8, 10), {}
for locale in ("de", "fr", "pl", "hi", "ja"):
    taken = match_skeleton(asked, Locale.parse(locale).datetime_skeletons)
    seen[locale] = [taken, format_skeleton(asked, day, locale=locale, fuzzy=True)]
print(f"Babel {__version__}: {json.dumps(seen, ensure_ascii=False)}", file=sys.stderr)
print("|".join(words for _taken, words in seen.values()))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/seen.py")
node -p '
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }
  const words = ["de", "fr", "pl", "hi", "ja"].map((locale) => new Date("2020-08-10").toLocaleDateString(locale, parts))
  "Intl of Node: " + words.join(" | ")'
[ "$seen" = "Mo., 10. August 2020|lun. 10 août 2020|pon., 10 sierpnia 2020|सोम, 10 अगस्त, 2020|2020年8月10日月曜日" ]
