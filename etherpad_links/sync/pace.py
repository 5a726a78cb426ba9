"""Pacing: no faster than servers allow."""

import asyncio

SPACING_S = 0.2  # a server's limit is ten messages a second per address, which others may share


class Pace:
    """Spaces our messages to one server, over all its pads."""

    def __init__(self, spacing_s: float = SPACING_S) -> None:
        self.spacing_s, self.next_at = spacing_s, 0.0

    async def turn(self) -> None:
        """Wait for our turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self.next_at)
        self.next_at = at + self.spacing_s
        await asyncio.sleep(at - now)
