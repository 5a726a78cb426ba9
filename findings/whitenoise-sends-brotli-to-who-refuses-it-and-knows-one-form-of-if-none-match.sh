#!/usr/bin/env bash
# WhiteNoise 6.12.0 sends Brotli to `Accept-Encoding: br;q=0`, and the whole file to a cache that has it.
#
# Expected: q=0 means "not acceptable" (RFC 9110, 12.4.2), so that the plain file is sent; If-None-Match compares weakly and
# takes a list (13.1.2), so that W/"tag", which a proxy makes of a tag when it compresses, and a list with the tag get 304.
# Instead: the coding's name is looked for anywhere in the header, so br;q=0 and even x-br get Brotli, and among several the
# client's preference does not count. Only the very text of the tag is a match; all other forms get 200 and the whole body.
# Here: opendev/door/files.py and opendev/door/coding.py answer for static files, by both rules.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q whitenoise==6.12.0 brotli==1.2.1
cat > "$folder/seen.py" <<'PYTHON'
import sys
from pathlib import Path

import brotli
from whitenoise import WhiteNoise

files = Path(sys.argv[1]) / "files"
files.mkdir()
sheet = b"a { color: red }\n" * 400
(files / "a.css").write_bytes(sheet)
(files / "a.css.br").write_bytes(brotli.compress(sheet))
server = WhiteNoise(None)
server.add_files(str(files), prefix="/")


def ask(**headers):
    """The status and the coding of the answer, and its tag."""
    answer = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/a.css", **headers}
    b"".join(server(environ, lambda status, headers, *more: answer.extend([status[:3], dict(headers)])))
    status, sent = answer
    return status, sent.get("Content-Encoding", "plain"), sent["ETag"]


tag = ask()[2]
codings = {header: ask(HTTP_ACCEPT_ENCODING=header)[1] for header in ("", "br", "br;q=0", "x-br", "identity, br;q=0.1")}
forms = {"the tag": tag, "the weak tag": f"W/{tag}", "a list with the tag": f'"other", {tag}', "any": "*"}
statuses = {form: ask(HTTP_IF_NONE_MATCH=header)[0] for form, header in forms.items()}
print("Accept-Encoding:", codings)
print("If-None-Match:", statuses)
brotli_for_all = list(codings.values()) == ["plain", *["br"] * 4]
sys.exit(not (brotli_for_all and list(statuses.values()) == ["304", "200", "200", "200"]))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder"
