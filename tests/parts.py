"""Which tests share a process when `make test` runs several: whole folders, and the same ones each time.

A folder's tests share what they take long to start, such as the journeys' server. And where the same tests always stand
together, what one leaves behind for another is found by who wrote it, not by whoever comes next (docs/adr/0023).
"""

from collections.abc import Iterable
from functools import cached_property

from xdist.scheduler import LoadScopeScheduling

# What takes long, in seconds on one quiet core, roughly: the parts should end at about the same time.
SECONDS = {
    "journeys": 330,
    "etherpad": 165,
    "faults": 140,
    "api": 125,
    "roles": 85,
    "room": 75,
    "load": 75,
    "polls": 60,
    "leaks": 60,
    "browsers": 75,
    "home": 40,
    "sessions": 30,
    "bench": 15,
    "tools": 12,
    "secrecy": 10,
    "backups": 20,
}
SHORT_S = 10

# They drive real browsers, or take away a server that others lean on. A test of theirs that fails is tried once more,
# and the summary of the run names it: what fails once in thousands of runs is a browser's or the machine's doing, and
# what is broken fails twice (docs/adr/0078). Nowhere else may a test fail once.
TRIED_ONCE_MORE = frozenset({"journeys", "browsers", "faults", "load", "door", "etherpad"})


def folder_of(nodeid: str) -> str:
    """The folder of tests/ that a test stands in, or its file."""
    return nodeid.split("::")[0].split("/")[1]


def into_parts(folders: Iterable[str], count: int) -> dict[str, int]:
    """The number of each folder's part: the longest first, each to the part that has the least so far."""
    parts, load = {}, [0] * count
    for folder in sorted(set(folders), key=lambda name: (-SECONDS.get(name, SHORT_S), name)):
        parts[folder] = load.index(min(load))
        load[parts[folder]] += SECONDS.get(folder, SHORT_S)
    return parts


class InParts(LoadScopeScheduling):
    """Hands each process a part."""

    @cached_property
    def parts(self) -> dict[str, int]:
        """The number of each folder's part."""
        return into_parts(map(folder_of, self.collection or []), self.numnodes)

    def _split_scope(self, nodeid: str) -> str:
        return f"part {self.parts[folder_of(nodeid)]}"
