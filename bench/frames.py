"""The driver's readers of frames: they read as little as necessary, so that the driver is not what is measured.

The server writes `{"type":"…"` first and no spaces; the tests hold these readers against its own encoder.
"""

import json
from typing import Any

_TYPE = b'{"type":"'
_AFTER_TYPE = len(_TYPE)


def kind(payload: bytes) -> bytes:
    """Return the frame's type, such as b"poll.tally"; empty if it is not one of ours."""
    if not payload.startswith(_TYPE):
        return b""
    return payload[_AFTER_TYPE : payload.find(b'"', _AFTER_TYPE)]


def number(payload: bytes, name: bytes) -> int:
    """Return the first whole number under a name, or -1."""
    start = payload.find(b'"%b":' % name)
    if start < 0:
        return -1
    start += len(name) + 3
    end = start
    while payload[end : end + 1].isdigit():
        end += 1
    return int(payload[start:end]) if end > start else -1


def counts(payload: bytes) -> dict[str, int]:
    """Return the votes by option of a tally or a whole poll; empty if the socket may not see them."""
    frame = json.loads(payload)
    told = frame["poll"] if frame["type"] == "poll.changed" else frame
    return {option["id"]: option["count"] for option in told.get("options", []) if "count" in option}


def vote(*, ref: int, poll: str, option: str, seq: int) -> bytes:
    """Return the frame that votes."""
    return answer(ref=ref, poll=poll, field="options", value=[option], seq=seq)


def answer(*, ref: int, poll: str, field: str, value: Any, seq: int) -> bytes:
    """Return the frame that answers a poll of any kind."""
    frame = {"type": "poll.vote", "ref": ref, "poll": poll, field: value, "seq": seq}
    return json.dumps(frame, separators=(",", ":")).encode()


def upvote(*, ref: int, question: str) -> bytes:
    """Return the frame that upvotes a question."""
    frame = {"type": "question.upvote", "ref": ref, "question": question}
    return json.dumps(frame, separators=(",", ":")).encode()
