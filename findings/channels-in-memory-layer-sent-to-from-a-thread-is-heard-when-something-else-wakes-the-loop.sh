#!/usr/bin/env bash
# channels 4.3.2: async_to_sync(layer.group_send) from a thread returns at once, and the members hear it only by chance.
#
# Expected: the documented way to send from synchronous code. With the in-memory layer, in one process, the members' loop
# hears of it in a millisecond, or it fails.
# Instead: async_to_sync runs a loop of its own, and the message is put into the queue of the members' loop without waking
# that. It is heard when anything else happens there: a timer, a byte from a client. On a quiet server that is seconds later, or
# never; a busy one, and a test with a polling client, never show it. With Redis between them it works.
# Here: opendev/core/bus.py is spoken to on the one loop alone; threads hand over with call_soon_threadsafe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q channels==4.3.2 Django==5.2.19 asgiref==3.13.0
cat > "$folder/seen.py" <<'PYTHON'
import asyncio
import sys
import threading
import time

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer
from django.conf import settings

settings.configure()


async def main(wakes_after):
    """How long the sender was busy, and how long after that the member heard, in seconds."""
    layer = InMemoryChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add("room", channel)
    times = []

    def send():
        time.sleep(0.2)
        times.append(time.monotonic())
        async_to_sync(layer.group_send)("room", {"type": "news"})
        times.append(time.monotonic())

    sender = threading.Thread(target=send)
    sender.start()
    asyncio.get_running_loop().call_later(wakes_after, lambda: None)
    await layer.receive(channel)
    heard = time.monotonic()
    sender.join()
    return times[1] - times[0], heard - times[1]


seen = {wakes_after: asyncio.run(main(wakes_after)) for wakes_after in (1, 3)}
for wakes_after, (busy, late) in seen.items():
    print(f"a loop that next wakes by itself after {wakes_after} s: sent in {busy:.3f} s, heard {late:.1f} s later")
as_described = all(busy < 0.1 and late > wakes_after - 0.5 for wakes_after, (busy, late) in seen.items())
sys.exit(not as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
