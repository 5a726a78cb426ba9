#!/usr/bin/env bash
# WebKit 2.50 (the engine of Safari 26.0) minds `Cache-Control: no-store` for Back over https alone.
#
# Expected: what a no-store page showed is gone when one has left it: Back asks the server again, over http as over https,
# so that a page of somebody who has signed out does not come back.
# Instead: over http the page returns whole from the back/forward cache, its scripts running on as they were (`persisted` is
# true, variables keep their values); over https it is asked for again. What is tried on a developer's machine or in
# a hall without TLS differs from what is shipped, in both directions.
# Version: webkit2gtk-driver 2.50.6 (Debian).
# Here: opendev/static/companion/signed_in.js loads a page again that is shown from that cache.
set -euo pipefail
for program in WebKitWebDriver Xvfb openssl; do
  command -v "$program" > /dev/null || { echo "needs Debian's webkit2gtk-driver, xvfb and openssl" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }' EXIT  # a browser's last helper may still write
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key.pem" -out "$folder/certificate.pem" -days 2 \
  -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2> /dev/null
cat > "$folder/seen.py" <<'PYTHON'
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
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
        opened = ask("POST", "/session", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        session = f"/session/{opened['sessionId']}"
        print("WebKit", opened["capabilities"]["browserVersion"])
        yield ask
    finally:
        if session:
            ask("DELETE", "")
        for process in processes:
            process.terminate()
            process.wait(10)


PAGE = b"<!doctype html><script>let typed = 'nothing'; addEventListener('pageshow', (event) => { kept = event.persisted })</script>"
folder = Path(sys.argv[1])


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *args):
        pass


def after_back(ask, scheme):
    """What the page says of itself after somebody left it and went back."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    if scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"{scheme}://127.0.0.1:{server.server_port}"
    ask("POST", "/url", url=f"{address}/control-room")
    ask("POST", "/execute/sync", script="typed = 'secret'", args=[])
    ask("POST", "/url", url=f"{address}/signed-out")
    ask("POST", "/back")
    time.sleep(0.5)
    path, *state = ask("POST", "/execute/sync", script="return [location.pathname, kept, typed]", args=[])
    server.shutdown()
    assert path == "/control-room"
    return state


with webkit(folder) as ask:
    seen = {scheme: after_back(ask, scheme) for scheme in ("http", "https")}
for scheme, (is_kept, typed) in seen.items():
    print(f"{scheme}: from the cache: {is_kept}; what was typed: {typed}")
sys.exit(seen != {"http": [True, "secret"], "https": [False, "nothing"]})
PYTHON
python3 "$folder/seen.py" "$folder"
