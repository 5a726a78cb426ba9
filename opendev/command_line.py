"""`opendev-companion`: the command of an installed wheel. It has the commands of `manage.py`, and `run`."""

import os
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

from opendev import __version__

SETTINGS_FILE = "/etc/opendev-companion/companion.env"  # the EnvironmentFile of the systemd units
SETTINGS_VARIABLE = "COMPANION_ENV"


def main() -> None:
    """Run a command with the settings of the installation, whether the service, a timer or a person calls it."""
    if sys.argv[1:] in (["version"], ["--version"]):  # Django would print its own version
        print(__version__)
        return
    read_settings(Path(os.environ.get(SETTINGS_VARIABLE, SETTINGS_FILE)))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendev.settings")
    os.environ.setdefault("VAR_DIR", str(data_folder(os.environ)))
    execute_from_command_line(sys.argv)


def read_settings(path: Path) -> None:
    """Set the file's variables that the environment does not have. An unreadable file ends the program.

    Without it the command would act on another database than the service.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if SETTINGS_VARIABLE in os.environ:
            sys.exit(f"{SETTINGS_VARIABLE} names {path}, which is not there.")
        return
    except OSError as error:
        sys.exit(f"{path} cannot be read ({error.strerror}): run this as the account of the service.")
    environ.Env.read_env(StringIO(text))


def data_folder(environment: Mapping[str, str]) -> Path:
    """Return systemd's StateDirectory, else the account's folder for data."""
    if state := environment.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(state)
    home = environment.get("XDG_DATA_HOME") or Path(environment.get("HOME", "/")) / ".local" / "share"
    return Path(home) / "opendev-companion"
