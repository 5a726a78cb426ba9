#!/usr/bin/env bash
# WebKit 2.50 (the engine of Safari 26.0) shows no underline for `text-decoration: underline 1px var(--edge)`, and takes
# the fallback in front of it away too.
#
# Expected: an engine that does not know a thickness in the shorthand drops that declaration, so that
# `text-decoration: underline` before it stays, as with every fallback in style sheets. With `1px red` it is so.
# Instead: with a var() the declaration cannot be judged when it is read, so it wins, and is found invalid too late: the
# property is then unset, not left as it was. A fallback that was seen to work with a constant ends with the first var().
# Version: webkit2gtk-driver 2.50.6 (Debian).
# Here: our sheets write the longhands; a page rule in tools/page_rules.py refuses the others.
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
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
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


RULES = {
    "the thickness alone": "text-decoration: underline 1px",
    "a fallback, then a constant": "text-decoration: underline; text-decoration: underline 1px red",
    "a fallback, then a var()": "text-decoration: underline; text-decoration: underline 1px var(--edge)",
    "longhands": "text-decoration-line: underline; text-decoration-thickness: 1px; text-decoration-color: var(--edge)",
}
markup = "".join(f"<p style='{rule}'>words</p>" for rule in RULES.values())
page = f"<!doctype html><style>:root {{ --edge: red }}</style>{markup}"
with webkit(Path(sys.argv[1])) as ask:
    ask("POST", "/url", url=f"data:text/html,{quote(page)}")
    script = "return [...document.querySelectorAll('p')].map((one) => getComputedStyle(one).textDecorationLine)"
    lines = dict(zip(RULES, ask("POST", "/execute/sync", script=script, args=[]), strict=True))
for rule, line in lines.items():
    print(f"{rule}: {line}")
sys.exit(list(lines.values()) != ["none", "underline", "none", "underline"])
PYTHON
python3 "$folder/seen.py" "$folder"
