#!/usr/bin/env bash
# openpyxl 3.1.5 reads a line break of two characters as "_x000D_" and a line feed, and cannot tell it from those words.
#
# Expected: XLSX writes control characters as _xHHHH_, and what only looks so with _x005F_ for its first underscore
# (ECMA-376, ST_Xstring). A reader undoes both, as Excel does; or neither, so that it can be done afterwards.
# Instead: of shared texts it undoes the underscore alone: a carriage return and the very words "_x000D_" are the same text
# then. Of inline texts, which XlsxWriter writes with constant_memory, it undoes nothing, so that one book read from
# two writers' options holds other words. Answers with line breaks, typed on Windows or exported by web forms, come so.
# Here: opendev/core/sheets.py reads control characters as they were meant; tests/sessions/registrations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5 XlsxWriter==3.3.1
cat > "$folder/seen.py" <<'PYTHON'
import io
import sys

import openpyxl
import xlsxwriter

TEXTS = ["one\r\ntwo", "the words _x000D_"]


def read_back(**options):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        book.add_worksheet().write_column(0, 0, TEXTS)
    rows = openpyxl.load_workbook(file, read_only=True).active.iter_rows(values_only=True)
    return [text for (text,) in rows]


seen = {"shared": read_back(in_memory=True), "inline": read_back(constant_memory=True)}
print("written:", TEXTS)
for form, texts in seen.items():
    print(f"read from {form} texts:", texts)
shared = ["one_x000D_\ntwo", "the words _x000D_"]
sys.exit(seen != {"shared": shared, "inline": ["one_x000D_\ntwo", "the words _x005F_x000D_"]})
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
