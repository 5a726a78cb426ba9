#!/usr/bin/env bash
# Firefox 140 ESR lets `new WebSocket` wait in silence after earlier ones failed, longer each time, up to a minute.
#
# Expected: a page that tries again by its own back-off is connected with the first try after the server's return, within
# milliseconds; so it is in Chromium.
# Instead: each failure to one address multiplies a pause by one and a half, and the next socket stays CONNECTING until the
# pause since the last failure is over: 0.2 s after the first, 5 to 10 s after the ninth. Nothing tells the page.
# Version: firefox-esr 140.12 (Debian).
# Here: opendev/static/companion/live.js asks by a request first, once four sockets have failed; tests/scripts/live.test.js.
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
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from websockets.sync.client import connect
from websockets.sync.server import serve

FAILURES = 9
TRYING = """new Promise((done) => {
  const from = performance.now()
  const end = (what) => done(JSON.stringify([what, Math.round(performance.now() - from)]))
  const socket = new WebSocket("ws://127.0.0.1:PORT/")
  socket.onopen = () => end("open")
  socket.onclose = (event) => end(event.code)
})"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

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
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
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
        ask("browsingContext.navigate", context=context, url=f"http://127.0.0.1:{pages.server_port}/", wait="complete")

        def attempt():
            expression = TRYING.replace("PORT", str(port))
            answer = ask("script.evaluate", expression=expression, target={"context": context}, awaitPromise=True)
            return tuple(json.loads(answer["result"]["value"]))

        failed = [attempt() for _ in range(FAILURES)]
        with serve(lambda member: None, "127.0.0.1", port) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            first, second = attempt(), attempt()
            server.shutdown()
finally:
    os.killpg(firefox.pid, signal.SIGTERM)
    firefox.wait(30)
    pages.shutdown()
print("no server, one try after the other, each with its ms:", *failed)
print("the server is there: ", first, "and once more:", second)
waits = [ms for _, ms in failed]
is_longer_each_time = all(earlier < later for earlier, later in zip(waits[1:], waits[2:], strict=False))
sys.exit(not (is_longer_each_time and first[0] == second[0] == "open" and first[1] > 3_000 and second[1] < 1_000))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder"
