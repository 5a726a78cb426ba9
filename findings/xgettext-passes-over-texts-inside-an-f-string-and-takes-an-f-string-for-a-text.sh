#!/usr/bin/env bash
# gettext 0.21 under Django 5.2.19: _('…') inside an f-string is in no catalogue, and _(f'…') is there in vain.
#
# Expected: makemessages finds each call of _ in Python, or warns of one that it cannot read, as it does elsewhere.
# Instead: an f-string is a text to xgettext and its braces are no code: what is marked inside is passed over without a word,
# and looks translated for as long as the same words stand marked somewhere else. The other way round it takes
# the text with its braces, "made by {name}", for which nobody ever asks. Neither makemessages nor compilemessages says
# anything; a catalogue in which nothing is missing shows English.
# Version: gettext 0.21 (Debian 12).
# Here: tests/tools/test_messages.py lets no mark stand inside or around an f-string.
set -euo pipefail
command -v xgettext > /dev/null || { echo "needs Debian's gettext" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q Django==5.2.19
mkdir -p app/locale
cd app
cat > words.py <<'PYTHON'
import django
from django.conf import settings

settings.configure(USE_I18N=True, LOCALE_PATHS=["locale"], LANGUAGES=[("de", "German"), ("en", "English")])
django.setup()

from django.utils.translation import gettext as _, override

name = "Ada"
with override("de"):
    print(_("votes"), "|", f"{_('drafted')}: 3", "|", _(f"made by {name}"))
PYTHON
../venv/bin/python -m django makemessages --locale de > said 2>&1
catalogue=locale/de/LC_MESSAGES/django.po
found=$(sed -n 's/^msgid "\(..*\)"$/\1/p' "$catalogue" | paste -sd ';')
sed -i -e '/^msgid "votes"/{n;s/""/"Stimmen"/}' -e '/^msgid "made by/{n;s/""/"von {name}"/}' -e '/^#, fuzzy/d' "$catalogue"
../venv/bin/python -m django compilemessages --locale de --verbosity 0
shown=$(../venv/bin/python words.py)
xgettext --version | head -1
cat said
echo "in the catalogue: $found"
echo "shown in German: $shown"
[ "$found" = "votes;made by {name}" ] && [ "$shown" = "Stimmen | drafted: 3 | made by Ada" ]
[ "$(cat said)" = "processing locale de" ]
