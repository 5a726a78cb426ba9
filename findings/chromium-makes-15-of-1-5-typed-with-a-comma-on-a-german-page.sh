#!/usr/bin/env bash
# Chromium 150 turns "1,5", typed into a number field of a German page, into 15: no mark, no message, valid.
#
# Expected: the field goes by the page's language (lang="de": 1.5), as Firefox does; or it refuses what it cannot read, as
# it does with a pattern: empty value, badInput, so that the form is not sent.
# Instead: the decimal mark is that of the browser's own menus. Where they speak English the comma is swallowed while one
# types, as are Arabic and Devanagari digits ("٣" is an empty field that is still valid); full-width digits are read.
# Version: chromium-headless-shell 150.0.7871 (Debian), which has no other language than English.
# Here: numbers are typed into text fields with an inputmode, and read on the server: polls/kinds/number.py.
set -euo pipefail
browser=$(command -v chromium-headless-shell || command -v chromium) || { echo "needs Debian's chromium" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }' EXIT  # a browser's last helper may still write
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q websockets==17.4
cat > "$folder/seen.py" <<'PYTHON'
import itertools
import json
import os
import re
import signal
import subprocess
import sys
from urllib.parse import quote

from websockets.sync.client import connect

browser, home = sys.argv[1:]
page = f"data:text/html,{quote('<!doctype html><html lang=de><form><input type=number id=field step=any required>')}"
words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={home}/profile"]
chromium = subprocess.Popen(
    [*words, "about:blank"], env={**os.environ, "HOME": home}, stderr=subprocess.PIPE, text=True, start_new_session=True
)
try:
    address = next(match[1] for line in chromium.stderr if (match := re.search(r"listening on (ws://\S+)", line)))
    numbers = itertools.count(1)
    with connect(address, max_size=None, proxy=None) as devtools:

        def ask(method, session=None, **params):
            number = next(numbers)
            more = {"sessionId": session} if session else {}
            devtools.send(json.dumps({"id": number, "method": method, "params": params, **more}))
            while (answer := json.loads(devtools.recv(30))).get("id") != number:
                pass
            return answer["result"]

        print(ask("Browser.getVersion")["product"])
        target = ask("Target.createTarget", url=page)["targetId"]
        tab = ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

        def evaluate(script):
            answer = ask("Runtime.evaluate", tab, expression=script, returnByValue=True)
            return answer["result"].get("value")

        while not evaluate("document.readyState === 'complete' && Boolean(window.field)"):
            pass

        def typed(text):
            evaluate("field.value = ''; field.focus()")
            for key in text:
                ask("Input.dispatchKeyEvent", tab, type="keyDown", key=key, text=key)
                ask("Input.dispatchKeyEvent", tab, type="keyUp", key=key)
            return evaluate("[field.value, field.validity.badInput]")

        seen = {text: typed(text) for text in ("1.5", "1,5", "1.234,5", "٣", "५", "５")}
finally:
    os.killpg(chromium.pid, signal.SIGTERM)
    chromium.wait(30)
for text, (value, is_bad) in seen.items():
    print(f"typed {text}: value {value!r}, bad input: {is_bad}")
values = {"1.5": "1.5", "1,5": "15", "1.234,5": "1.2345", "٣": "", "५": "", "５": "5"}
sys.exit(seen != {text: [value, False] for text, value in values.items()})
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$browser" "$folder"
