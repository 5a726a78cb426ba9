#!/usr/bin/env bash
# Django 5.2.19 and gettext 0.21: a new Polish or Arabic catalogue has two slots for plurals where its header says four or six.
#
# Expected: makemessages writes the header of Django's own catalogue (four forms in Polish, six in Arabic) and as many msgstr
# slots for each plural, so that a translator fills them all; or compilemessages refuses a catalogue that lacks some.
# Instead: there are msgstr[0] and msgstr[1], a second run adds none, and compilemessages, which calls msgfmt
# --check-format, is content. Who fills all that there is gets English for 5: "głos", "głosy", "5 votes". Only
# `msgfmt --check` complains.
# Here: English is the only language so far (LANGUAGES in opendev/settings.py).
set -euo pipefail
for program in msgfmt msginit xgettext; do
  command -v "$program" > /dev/null || { echo "needs Debian's gettext" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q Django==5.2.19
mkdir -p app/locale
cd app
cat > words.py <<'PYTHON'
import sys

import django
from django.conf import settings

settings.configure(USE_I18N=True, LOCALE_PATHS=["locale"], LANGUAGES=[("pl", "Polish"), ("ar", "Arabic"), ("en", "English")])
django.setup()

from django.utils.translation import ngettext, override

with override(sys.argv[1]):
    print([ngettext("%(count)d vote", "%(count)d votes", count) % {"count": count} for count in (1, 2, 5)])
PYTHON
for language in pl ar; do
  for run in 1 2; do
    ../venv/bin/python -m django makemessages --locale "$language" --verbosity 0
  done
  file=locale/$language/LC_MESSAGES/django.po
  echo "$language: $(grep -o 'nplurals=[0-9]' "$file"), $(grep -c '^msgstr\[' "$file") slots"
done
polish=locale/pl/LC_MESSAGES/django.po
sed -i -e 's/^msgstr\[0\] ""/msgstr[0] "%(count)d głos"/' -e 's/^msgstr\[1\] ""/msgstr[1] "%(count)d głosy"/' "$polish"
../venv/bin/python -m django compilemessages --locale pl --verbosity 0
echo "compilemessages: content"
seen=$(../venv/bin/python words.py pl)
echo "$seen"
if msgfmt --check --output-file=/dev/null "$polish" 2> complaint; then echo "msgfmt --check: content"; exit 1; fi
grep -o 'but some messages have only.*\|inconsistent.*\|nplurals = [0-9].*' complaint | head -1
[ "$seen" = "['1 głos', '2 głosy', '5 votes']" ]
[ "$(grep -c '^msgstr\[' locale/ar/LC_MESSAGES/django.po)" = 2 ]
grep -q 'nplurals=6' locale/ar/LC_MESSAGES/django.po
