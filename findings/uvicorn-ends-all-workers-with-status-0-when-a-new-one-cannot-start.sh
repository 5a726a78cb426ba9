#!/usr/bin/env bash
# uvicorn 0.54.0 with --workers ends them all, with exit status 0, when a worker that replaces a dead one cannot start.
#
# Expected: the workers that serve go on, and the supervisor tries again; or it ends with a status that says "failed", so
# that systemd's Restart=on-failure starts it again. With one worker the status of a failed start is 3.
# Instead: a worker dies, its successor's lifespan fails (what it needs is away for a moment), the healthy worker is
# stopped too, and the status is 0, as after a wish to end.
# Here: opendev/serving.py, and a bus that no worker needs at its start; tests/faults/test_starts.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q uvicorn==0.54.0 h11==0.16.0
cat > "$folder/app.py" <<'PYTHON'
import os
from pathlib import Path


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        ends = "failed" if Path("away").exists() else "complete"
        await send({"type": f"lifespan.startup.{ends}"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
PYTHON
cat > "$folder/seen.py" <<'PYTHON'
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
address, ask = f"http://127.0.0.1:{port}/", build_opener(ProxyHandler({})).open
command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "critical"]


def served_by(process):
    try:
        return int(ask(address, timeout=5).read())
    except OSError:
        assert process.poll() is None, "it did not start"
        return None


Path("away").touch()
alone = subprocess.run(command, timeout=60).returncode
Path("away").unlink()
with subprocess.Popen([*command, "--workers", "2"]) as server:
    try:
        workers, deadline = set(), time.monotonic() + 60
        while len(workers) < 2 and time.monotonic() < deadline:
            workers |= {served_by(server)} - {None}
            time.sleep(0.02)
        Path("away").touch()
        dead, healthy = sorted(workers)
        os.kill(dead, signal.SIGKILL)
        status = server.wait(60)
    finally:
        server.kill()
healthy_lives = Path(f"/proc/{healthy}").exists()
print(f"one worker that cannot start: status {alone}")
print(f"one of two that cannot start again: status {status}, the healthy one lives: {healthy_lives}")
sys.exit((alone, status, healthy_lives) != (3, 0, False))
PYTHON
cd "$folder"
"$folder/venv/bin/python" "$folder/seen.py"
