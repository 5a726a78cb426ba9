"""`python -m opendev.serving`: uvicorn by its own command line, with an exit status that tells of a failed start.

With several workers uvicorn's parent process ends with status 0 when a worker cannot start, as if it had been asked to
end; a supervisor with `Restart=on-failure` would leave it at that.
"""

import importlib
import sys

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


class Supervisor(Multiprocess):
    """uvicorn's parent of several workers."""

    def run(self) -> None:
        """Watch the workers until a signal ends them, or one of them cannot start: then the exit status says so."""
        super().run()
        if any(process.exitcode == STARTUP_FAILURE for process in self.processes):
            sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    command_line = importlib.import_module("uvicorn.main")
    vars(command_line)["Multiprocess"] = Supervisor  # it has no other way to name one
    command_line.main()
