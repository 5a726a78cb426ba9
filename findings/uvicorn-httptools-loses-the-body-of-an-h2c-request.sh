#!/usr/bin/env bash
# uvicorn 0.54.0 with httptools 0.9.0 loses the body of a request that offers HTTP/2.
#
# Expected: a server that does not take `Upgrade: h2c` goes on with HTTP/1.1 as if it was not there (RFC 9110, 7.8), and
# the application reads the body. Java's HttpClient sends that header with its first request to every http:// address.
# Instead: the application gets an empty body, and the answer is 200. Where the body comes in a packet of its own, the
# bytes are taken for the next request, which is answered 400. With h11 the same request is read whole.
# Known upstream: Kludex/uvicorn#2722.
# Here: opendev/door/connections.py, _parse; tests/door/test_connections.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q uvicorn==0.54.0 httptools==0.9.0 h11==0.16.0
cat > "$folder/seen.py" <<'PYTHON'
import socket
import sys
import threading
import time

import uvicorn


async def echo(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


def serve(http: str) -> tuple[uvicorn.Server, int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(echo, http=http, ws="none", lifespan="off", log_level="critical"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server, listening.getsockname()[1]


def ask(port: int, *packets: bytes) -> bytes:
    """What is answered within a second."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
        for packet in packets:
            client.sendall(packet)
            time.sleep(0.2)
        try:
            while piece := client.recv(4096):
                answer += piece
        except TimeoutError:
            pass
    return answer


PLAIN = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
seen = {}
for http in ("httptools", "h11"):
    server, port = serve(http)
    seen[http] = {
        "no offer": ask(port, PLAIN + b"\r\nhello").endswith(b"hello"),
        "offer, one packet": ask(port, PLAIN + OFFER + b"\r\nhello").endswith(b"hello"),
        "offer, two packets: 400": b" 400 " in ask(port, PLAIN + OFFER + b"\r\n", b"hello"),
    }
    server.should_exit = True
    print(http, seen[http])
as_described = {
    "httptools": {"no offer": True, "offer, one packet": False, "offer, two packets: 400": True},
    "h11": {"no offer": True, "offer, one packet": True, "offer, two packets: 400": False},
}
sys.exit(seen != as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
