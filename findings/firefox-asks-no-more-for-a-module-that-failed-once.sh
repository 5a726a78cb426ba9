#!/usr/bin/env bash
# Firefox 140 ESR never asks again for a module that failed to come once, for as long as the page lives.
#
# Expected: `import(address)` rejects while the network or the server is away, and a later `import(address)` tries again, as a
# later fetch does; what reports a failed load of a chunk suggests that to its users.
# Instead: the address is remembered as failed (the module map of the HTML standard holds a null for it). No later import of it
# reaches the server, which has been back for long. Another fragment is another address for that map, and the same for the
# server: with it the module comes.
# Version: firefox-esr 140.12 (Debian); Chromium 150 does the same.
# Here: opendev/static/companion/kinds/later.js counts its tries in the fragment (docs/adr/0072-rare-kinds-come-in-a-script-of-their-own.md).
set -euo pipefail
command -v firefox-esr > /dev/null || { echo "needs Debian's firefox-esr" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }' EXIT  # a browser's last helper may still write
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q websockets==17.4
cat > "$folder/seen.py" <<'PYTHON'
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from websockets.sync.client import connect

TRIES = """(async () => {
  const seen = []
  for (const address of ["/away.js", "/away.js", "/away.js#again", "/away.js"]) {
    seen.push(await import(address).then(() => "came", () => "failed"))
  }
  return JSON.stringify(seen)
})()"""
asked = []


class Page(http.server.BaseHTTPRequestHandler):
    """`/away.js` fails when it is asked for the first time, and comes from then on."""

    def do_GET(self):
        is_script = self.path == "/away.js"
        if is_script:
            asked.append(self.path)
        self.send_response(503 if is_script and len(asked) == 1 else 200)
        body = b"export default 1" if is_script else b"<!doctype html>"
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


home = Path(sys.argv[1]) / "home"
(home / "profile").mkdir(parents=True)
quiet = {"network.proxy.type": 0, "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False}
quiet |= {"app.normandy.enabled": False, "services.settings.server": "http://127.0.0.1:9/", "toolkit.telemetry.enabled": False}
lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in quiet.items()]
(home / "profile" / "user.js").write_text("".join(lines))
pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=pages.serve_forever, daemon=True).start()
command = ["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", home / "profile"]
with (home / "log").open("w") as log:
    environment = {**os.environ, "HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1"}
    firefox = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
try:
    deadline = time.monotonic() + 60
    while not (driver := re.search(r"BiDi listening on (ws://\S+)", (home / "log").read_text())):
        assert time.monotonic() < deadline, "Firefox did not start"
        time.sleep(0.1)
    with connect(f"{driver[1]}/session", max_size=None, proxy=None) as bidi:

        def ask(method, **params):
            bidi.send(json.dumps({"id": 1, "method": method, "params": params}))
            while (answer := json.loads(bidi.recv(60))).get("id") != 1:
                pass
            return answer["result"]

        print("Firefox", ask("session.new", capabilities={})["capabilities"]["browserVersion"])
        context = ask("browsingContext.getTree")["contexts"][0]["context"]
        address = f"http://127.0.0.1:{pages.server_port}/"
        ask("browsingContext.navigate", context=context, url=address, wait="complete")
        answer = ask("script.evaluate", expression=TRIES, target={"context": context}, awaitPromise=True)
        seen = json.loads(answer["result"]["value"])
finally:
    os.killpg(firefox.pid, signal.SIGTERM)
    firefox.wait(30)
    pages.shutdown()
print(f"first, again, with another fragment, again: {seen}; the server was asked {len(asked)} times")
sys.exit(seen != ["failed", "failed", "came", "failed"])
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" 2> "$folder/noise" || { cat "$folder/noise"; exit 1; }
