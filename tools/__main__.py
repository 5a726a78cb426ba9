"""`python3 -m tools <run|test|coverage|check|messages|bench|etherpad|clean|lock>`, the other half of the Makefile."""

import sys

from tools import chores, debian
from tools.environment import Unmet

OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    chore = chores.CHORES.get(arguments[0]) if len(arguments) == 1 else None
    if chore is None:
        print(f"Say one of: {', '.join(chores.CHORES)}.", file=sys.stderr)
        return 2
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise Unmet("Python 3.11 or newer is needed; name it with `make PYTHON=python3.11 …`.")
        debian.stop_as_if_interrupted_on_sigterm()
        return chore()
    except Unmet as unmet:
        print(unmet, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


sys.exit(main(sys.argv[1:]))
