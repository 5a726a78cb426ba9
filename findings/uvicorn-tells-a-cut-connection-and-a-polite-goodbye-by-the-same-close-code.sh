#!/usr/bin/env bash
# uvicorn 0.54.0 says close code 1005 of a WebSocket whose network broke, as of one that the client closed without a code.
#
# Expected: RFC 6455, 7.4.1: 1005 is "a close frame came, without a code", as from socket.close() in a page; 1006 is "no close
# frame came": the phone is out of reach. So an application can tell who left from who was lost.
# Instead: with websockets-sansio and wsproto both are 1005, in `websocket.disconnect`. The older --ws=websockets says 1006, so
# that a count of lost connections falls to nothing with a change of that option.
# Here: no code of ours reads it; who is there is known by frames and their age: opendev/core/presence.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q uvicorn==0.54.0 websockets==17.4 wsproto==1.3.2 h11==0.16.0
cat > "$folder/seen.py" <<'PYTHON'
import queue
import socket
import sys
import threading
import time

import uvicorn
from websockets.sync.client import connect

CLOSE_WITHOUT_CODE = b"\x88\x80\x00\x00\x00\x00"
codes = queue.Queue()


async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        pass
    codes.put(int(message["code"]))


def say_goodbye(member):
    member.socket.sendall(CLOSE_WITHOUT_CODE)


def break_off(member):
    member.socket.shutdown(socket.SHUT_RDWR)


def seen(protocol):
    """The codes that the application is told after a goodbye and after a break."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, ws=protocol, lifespan="off", log_level="critical"))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    while not server.started:
        time.sleep(0.05)
    told = []
    for leave in (say_goodbye, break_off):
        leave(connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/", proxy=None, legacy=True))
        told.append(codes.get(timeout=10))
    server.should_exit = True
    serving.join(10)
    return told


result = {protocol: seen(protocol) for protocol in ("websockets", "websockets-sansio", "wsproto")}
for protocol, told in result.items():
    print(f"--ws={protocol}: after a goodbye without a code {told[0]}, after a break {told[1]}")
sys.exit(result != {"websockets": [1005, 1006], "websockets-sansio": [1005, 1005], "wsproto": [1005, 1005]})
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/seen.py"
