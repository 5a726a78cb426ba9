#!/usr/bin/env bash
# WebKit 2.50 (the engine of Safari 26.0) fails every fetch of a page from the moment that its form is sent.
#
# Expected: the page lives until the answer to the form comes; until then its script may ask how far the server is and
# show progress. Chromium and Firefox do so.
# Instead: each fetch fails at once, "TypeError: Load failed", and never reaches the server. sendBeacon does: the page and
# its timers run on, only the answers are out of reach.
# Version: webkit2gtk-driver 2.50.6 (Debian).
# Here: forms with progress are sent by fetch, and the page is left afterwards: opendev/static/companion/import_progress.js.
set -euo pipefail
for program in WebKitWebDriver Xvfb; do
  command -v "$program" > /dev/null || { echo "needs Debian's webkit2gtk-driver and xvfb" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }' EXIT  # a browser's last helper may still write
cat > "$folder/seen.py" <<'PYTHON'
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from urllib.request import ProxyHandler, Request, build_opener


@contextmanager
def webkit(home):
    """A window of WebKit on a display of its own, by WebDriver."""
    display, screen = os.pipe()
    words = ["Xvfb", "-displayfd", str(screen), "-screen", "0", "1200x900x24", "-nolisten", "tcp"]
    processes = [subprocess.Popen(words, pass_fds=[screen], stderr=subprocess.DEVNULL)]
    session = ""
    try:
        number = os.read(display, 9).decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        environment = {**os.environ, **own, "DISPLAY": f":{number}", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        words = ["WebKitWebDriver", "--host=127.0.0.1", f"--port={port}"]
        processes.insert(0, subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL))

        def ask(method, path, **body):
            content = None if method == "DELETE" else json.dumps(body).encode()
            request = Request(f"http://127.0.0.1:{port}{session}{path}", content, method=method)
            return json.load(build_opener(ProxyHandler({})).open(request, timeout=30))["value"]

        for _ in range(200):
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        opened = ask("POST", "/session", capabilities={"alwaysMatch": {}})
        session = f"/session/{opened['sessionId']}"
        print("WebKit", opened["capabilities"]["browserVersion"])
        yield ask
    finally:
        if session:
            ask("DELETE", "")
        for process in processes:
            process.terminate()
            process.wait(10)


PAGE = b"""<!doctype html><form method=post action=/import><button>Import</button></form><script>
const ask = (when) => fetch(`/progress?${when}`).then(() => "answered", (error) => error.message)
  .then((outcome) => navigator.sendBeacon(`/outcome?${when}: ${outcome}`))
const begin = () => {
  document.querySelector("form").requestSubmit()
  setInterval(() => ask("form under way"), 300)
}
ask("before")
</script>"""
outcomes, progress = [], []


class Server(BaseHTTPRequestHandler):
    def answer(self, body=b"<!doctype html><p>imported"):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/progress"):
            progress.append(unquote(self.path.partition("?")[2]))
        self.answer(PAGE)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/outcome"):
            outcomes.append(unquote(self.path.partition("?")[2]))
        else:
            time.sleep(2)
        self.answer()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
with webkit(Path(sys.argv[1])) as ask:
    ask("POST", "/url", url=f"http://127.0.0.1:{server.server_port}/")
    time.sleep(1)
    ask("POST", "/execute/sync", script="setTimeout(begin, 10)", args=[])
    time.sleep(4)
server.shutdown()
print("fetches that reached the server:", progress)
print("what the page heard:", outcomes)
failed = outcomes.count("form under way: Load failed")
sys.exit(not (progress == ["before"] and outcomes[0] == "before: answered" and failed == len(outcomes) - 1 > 2))
PYTHON
python3 "$folder/seen.py" "$folder"
