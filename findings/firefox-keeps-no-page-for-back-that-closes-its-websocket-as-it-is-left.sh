#!/usr/bin/env bash
# Firefox 140 ESR loads a page anew on Back if it had a WebSocket when it was left, closed in `pagehide` or not.
#
# Expected: an open socket keeps a page out of the back/forward cache, and the remedy is to close it in `pagehide`, as the
# guides of browsers say; the page then comes back at once, with all that was typed.
# Instead: close() begins a handshake, and the page is judged before its end: `beforeunload` is too late as well. Only a page
# whose socket has been closed for a while is kept. What brings pages back in other engines does nothing here, and
# nothing says so: a page that relies on `pageshow` with `persisted` is simply another page.
# Version: firefox-esr 140.12 (Debian).
# Here: opendev/static/companion/live.js closes the socket in `pagehide`, for the other engines; in Firefox the room is loaded again,
# which its ETag makes cheap: docs/adr/0045-pages-of-one-person-are-compressed-and-asked-for-again.md.
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
from websockets.sync.server import serve

SOCKET = "const socket = new WebSocket('ws://127.0.0.1:PORT/');"
PAGES = {
    "/no-socket": "",
    "/open": SOCKET,
    "/closed-in-pagehide": f"{SOCKET} addEventListener('pagehide', () => socket.close())",
    "/closed-in-beforeunload": f"{SOCKET} addEventListener('beforeunload', () => socket.close())",
    "/closed-before": f"{SOCKET} setTimeout(() => socket.close(), 300)",
}


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        script = PAGES.get(self.path, "").replace("PORT", str(sockets.socket.getsockname()[1]))
        remember = "addEventListener('pageshow', (event) => { window.isKept = event.persisted });"
        body = f"<!doctype html><script>{remember} {script}</script>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def listen(member):
    try:
        for _ in member:
            pass
    except OSError:
        pass


home = Path(sys.argv[1]) / "home"
(home / "profile").mkdir(parents=True)
quiet = {"network.proxy.type": 0, "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False}
quiet |= {"app.normandy.enabled": False, "services.settings.server": "http://127.0.0.1:9/", "toolkit.telemetry.enabled": False}
lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in quiet.items()]
(home / "profile" / "user.js").write_text("".join(lines))
pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
sockets = serve(listen, "127.0.0.1", 0)
for server in (pages, sockets):
    threading.Thread(target=server.serve_forever, daemon=True).start()
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

        def is_kept(path):
            """Return True if Back brings the page itself and not a new one."""
            address = f"http://127.0.0.1:{pages.server_port}"
            ask("browsingContext.navigate", context=context, url=f"{address}{path}", wait="complete")
            time.sleep(1)
            ask("browsingContext.navigate", context=context, url=f"{address}/next", wait="complete")
            time.sleep(0.5)
            ask("browsingContext.traverseHistory", context=context, delta=-1)
            time.sleep(1)
            script = "JSON.stringify([location.pathname, isKept])"
            answer = ask("script.evaluate", expression=script, target={"context": context}, awaitPromise=False)
            where, kept = json.loads(answer["result"]["value"])
            assert where == path
            return kept

        seen = {path: is_kept(path) for path in PAGES}
finally:
    os.killpg(firefox.pid, signal.SIGTERM)
    firefox.wait(30)
    pages.shutdown()
    sockets.shutdown()
for path, kept in seen.items():
    print(f"{path}: Back brings {'the page as it was' if kept else 'a new page'}")
sys.exit(list(seen.values()) != [True, False, False, False, True])
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" 2> "$folder/noise" || { cat "$folder/noise"; exit 1; }
