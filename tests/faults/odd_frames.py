"""Frames that no page would send: valid ones with something wrong in them, and things that never were one."""

import json
import random
import string
from collections.abc import Callable
from typing import Any

BIGGEST = 200_000  # characters; beyond 1 MiB the server cuts the socket, and may
ODD_TEXTS = (
    "", " ", "0", "-1", "1e3", "٣", "null", "true", "'; DROP TABLE polls_poll; --", "<script>", "\x00", "\ud800",
    "\u202e", "😀" * 20, "9" * 30, "1" * 5_000, "../../etc/passwd", "%s%n", "NaN",
)  # fmt: skip
ODD_NUMBERS = (
    0,
    -1,
    1.5,
    2**31,
    2**53,
    2**63,
    -(2**63),
    10**30,
    1e308,
    float("nan"),
    float("inf"),
    True,
    False,
)
TYPES = (
    "poll.vote",
    "poll.withdraw",
    "poll.changed",
    "snapshot",
    "ok",
    "error",
    "presence",
    "poll",
    "",
    "__class__",
)
BROKEN = (
    "", "{", "}", "[", "]", "null", "true", "0", '""', "[]", '{"type":', "{'type': 'poll.vote'}", "\x00", "\ufeff{}",
    '{"type": "poll.vote", "type": "poll.withdraw"}', "[" * 5_000, '{"a":' * 3_000, "-", "1e999", "\ud800",
)  # fmt: skip


class OddFrames:
    """Makes them, each another, the same for the same seed."""

    def __init__(self, seed: int, polls: list[str], options: list[str]) -> None:
        self.chance = random.Random(seed)
        self.polls, self.options = polls, options
        self.makers: list[Callable[[], str | bytes]] = [
            self.valid, self.wrong_field, self.wrong_field, self.missing_field, self.broken, self.nonsense, self.binary,
            self.garbled, self.big, self.many_options,
        ]  # fmt: skip

    def next(self) -> str | bytes:
        return self.chance.choice(self.makers)()

    def command(self) -> dict[str, Any]:
        pick = self.chance.choice
        frame = {
            "type": pick(["poll.vote", "poll.vote", "poll.withdraw"]),
            "ref": pick([self.chance.randrange(1_000), "mark"]),
            "poll": pick(self.polls),
            "options": [pick(self.options)],
        }
        if self.chance.random() < 0.5:
            frame["seq"] = self.chance.randrange(100)
        if self.chance.random() < 0.2:
            frame["ballot"] = "".join(self.chance.choices(string.ascii_letters, k=20))
        return frame

    def value(self, depth: int = 0) -> Any:
        """Anything that JSON can say."""
        kind = self.chance.randrange(7 if depth < 3 else 4)
        match kind:
            case 0:
                return None
            case 1:
                return self.chance.choice(ODD_NUMBERS)
            case 2:
                return self.chance.choice(ODD_TEXTS)
            case 3:
                return self.chance.choice([*self.polls, *self.options, *TYPES])
            case 4:
                return [self.value(depth + 1) for _ in range(self.chance.randrange(5))]
            case _:
                names = ("type", "ref", "poll", "options", "seq", "ballot", "id", "")
                return {
                    self.chance.choice(names): self.value(depth + 1) for _ in range(self.chance.randrange(5))
                }

    def valid(self) -> str:
        return json.dumps(self.command())

    def wrong_field(self) -> str:
        frame = self.command()
        frame[self.chance.choice([*frame, "seq", "ballot", "extra"])] = self.value()
        return json.dumps(frame)

    def missing_field(self) -> str:
        frame = self.command()
        del frame[self.chance.choice(list(frame))]
        return json.dumps(frame)

    def broken(self) -> str:
        return self.chance.choice(BROKEN)

    def nonsense(self) -> str:
        return json.dumps(self.value())

    def binary(self) -> bytes:
        return self.chance.randbytes(self.chance.randrange(60))

    def garbled(self) -> str:
        """A valid frame with a few characters changed."""
        text = list(self.valid())
        for _ in range(self.chance.randrange(1, 4)):
            text[self.chance.randrange(len(text))] = chr(
                self.chance.choice([0, 34, 92, 123, 125, 955, 0x1F600])
            )
        return "".join(text)

    def big(self) -> str:
        """Around the limit, and now and then far beyond it."""
        size = self.chance.choice(
            [16_000, 16_384, 17_000, BIGGEST if self.chance.random() < 0.05 else 20_000]
        )
        return json.dumps({**self.command(), "extra": "x" * size})

    def many_options(self) -> str:
        frame = self.command()
        count, some = self.chance.randrange(2, 60), self.chance.choices(self.options, k=60)
        frame["options"] = self.chance.choice([some[:count], some[:1] * 2, some[:1] * count])
        return json.dumps(frame)
