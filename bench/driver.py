"""`python -m bench.driver`: plays one scene. It reads the specification from standard input and writes figures as JSON.

A separate process, so that its own cost is neither on the server's core nor in its figures.
"""

import gc
import json
import sys
from typing import Any

import uvloop

from bench.machine import allow_open_files
from bench.scenes import door, fanout, kinds, pages, room, upvotes, votes

SCENES = {
    "fanout": fanout.play,
    "votes": votes.play,
    "kinds": kinds.play,
    "room": room.play,
    "upvotes": upvotes.play,
    "pages": pages.play,
    "door": door.play,
}


def main() -> None:
    """Play the scene that standard input specifies."""
    spec: dict[str, Any] = json.load(sys.stdin)
    allow_open_files(spec["sockets"])
    gc.disable()  # its pauses would count as the server's
    found = uvloop.run(SCENES[spec["scene"]](spec))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
