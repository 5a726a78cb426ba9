#!/usr/bin/env bash
# Django 5.2.19: slugify(…, allow_unicode=True) drops the vowel signs of Hindi, Tamil and Thai: हिन्दी becomes हनद.
#
# Expected: allow_unicode keeps words of all scripts, letters with their marks, so that कुल (total) and कल (tomorrow) have
# two addresses, as é and e have.
# Instead: it keeps what `\w` matches, and that leaves out vowel signs and viramas, which are marks of their own (Mc, Mn) in these
# scripts. कुल and कल are one slug; the word for "Hindi" is three consonants. Latin, Cyrillic, Arabic without points,
# Chinese and Korean are whole, since NFKC joins their marks to the letters; a test with these is green.
# Here: sessions/programme/services/numbering.py takes ASCII alone, and a number where nothing is left.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Django==5.2.19
cat > "$folder/seen.py" <<'PYTHON'
import sys

from django.utils.text import slugify

as_described = {
    "हिन्दी": "हनद",
    "कुल": "कल",
    "कल": "कल",
    "தமிழ்": "தமழ",
    "กิน": "กน",
    "Élan": "élan",
    "Київ": "київ",
    "القاهرة": "القاهرة",
    "서울": "서울",
}
seen = {title: slugify(title, allow_unicode=True) for title in as_described}
for title, slug in seen.items():
    print(f"{title}: {slug}{'' if slug == title.lower() else '  (lost a sign)'}")
sys.exit(seen != as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
