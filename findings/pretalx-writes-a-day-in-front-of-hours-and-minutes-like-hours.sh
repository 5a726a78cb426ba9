#!/usr/bin/env bash
# pretalx 2025.2.2 gives a session of two days the duration "2:00:00" in schedule.json and schedule.xml.
#
# Expected: HH:MM, as for every other session ("00:30", "23:59"), so 48:00; or three parts that are hours, minutes and
# seconds, as in every other file of three parts.
# Instead: from 24 hours on it is days:hours:minutes: "2:00:00" is two days, "1:06:30" thirty hours and a half, "1:00:01" a day
# and a minute. Only a missing zero tells it from H:MM:SS, and a workshop of exactly one day reads as one hour.
# Here: sessions/schedules/formats/times.py, by the generator that the file names; tests/sessions/schedules/test_dialects.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pretalx==2025.2.2 2> "$folder/noise" || { cat "$folder/noise"; exit 1; }
cat > "$folder/seen.py" <<'PYTHON'
import sys

from django.conf import settings

settings.configure()

from pretalx.common.text.serialize import serialize_duration

as_described = {30: "00:30", 1439: "23:59", 1440: "1:00:00", 1441: "1:00:01", 1830: "1:06:30", 2880: "2:00:00"}
seen = {minutes: serialize_duration(minutes) for minutes in as_described}
for minutes, text in seen.items():
    print(f"{minutes} minutes: {text}")
sys.exit(seen != as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
