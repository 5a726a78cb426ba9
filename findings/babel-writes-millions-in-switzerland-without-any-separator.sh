#!/usr/bin/env bash
# Babel 2.19.0 writes 12'345 for Switzerland as it should, and 1'234'567 as 1234567.
#
# Expected: CLDR 48 made the plain apostrophe the Swiss group separator: 1'234, 12'345, 1'234'567, as Intl writes them.
# Instead: from a million on, where there are two apostrophes, all of them are gone: they are taken for the quotation marks of
# a number pattern. Figures up to 999'999 look right in every test; Liechtenstein and the French, Italian and English of
# Switzerland are alike. 2.18 wrote the typographic apostrophe of older CLDR and was not touched.
# Here: no language of the product is Swiss; Babel is asked for names of countries alone: opendev/core/countries.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
python3 -m venv "$folder/before"
"$folder/venv/bin/pip" install -q Babel==2.19.0
"$folder/before/bin/pip" install -q Babel==2.18.0
cat > "$folder/seen.py" <<'PYTHON'
import json
import sys

from babel import __version__
from babel.numbers import format_currency, format_decimal

seen = {locale: [format_decimal(number, locale=locale) for number in (12345, 1234567)] for locale in ("de_CH", "fr_CH", "de")}
seen["de_CH, money"] = [format_currency(number, "CHF", locale="de_CH").replace("\xa0", " ") for number in (12345, 1234567)]
print(f"Babel {__version__}: {json.dumps(seen, ensure_ascii=False)}", file=sys.stderr)
print(json.dumps([seen["de_CH"], seen["fr_CH"], seen["de"]]))
PYTHON
now=$("$folder/venv/bin/python" "$folder/seen.py")
before=$("$folder/before/bin/python" "$folder/seen.py")
node -p '"Intl of Node: " + [12345, 1234567].map((number) => number.toLocaleString("de-CH"))'
[ "$now" = '[["12'"'"'345", "1234567"], ["12'"'"'345", "1234567"], ["12.345", "1.234.567"]]' ] && [ "$now" != "$before" ]
