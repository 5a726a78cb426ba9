"""What `manage.py serve` and the first start leave behind: sign-in links at a terminal alone, files for us alone."""

import os
import pty
import stat
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.support.databases import ROOT
from tests.support.programs import dying_with_us, end
from tests.support.server import Server, clean_environment

SIGN_IN = "/sign-in/"


class Loud(Server):
    """Serves as an operator starts it, with what it prints in its log."""

    arguments: tuple[str, ...] = ()

    def command(self):
        return [sys.executable, "manage.py", "serve", *self.arguments]


@pytest.fixture
def installation(tmp_path, sqlite_files, collected_static):
    """A server with the demo event that is not started yet."""

    def make(*arguments):
        address = sqlite_files.copy_to(tmp_path / "db.sqlite3", demo=True)
        server = Loud(tmp_path, clean_environment(DATABASE_URL=address))
        (tmp_path / "static").symlink_to(collected_static)
        server.arguments = arguments
        return server

    return make


@pytest.mark.parametrize(("arguments", "shown"), [((), False), (("--sign-in-links",), True)])
def test_log_holds_no_sign_in_link_unless_it_is_asked_for(installation, arguments, shown):
    server = installation(*arguments)
    server.start()
    try:
        assert "Programme" in server.log()
        assert (SIGN_IN in server.log()) == shown
        assert ("manage.py sign_in_link" in server.log()) != shown
    finally:
        server.stop()


def test_terminal_shows_sign_in_links(installation):
    server = installation()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        dying_with_us(server.command()), cwd=ROOT, env=server.environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = ""
    try:
        with suppress(OSError):  # the terminal's end
            while said.count(SIGN_IN) < 3:
                said += os.read(ours, 4096).decode()
    finally:
        end(process, seconds=10)
        os.close(ours)
    assert said.count(SIGN_IN) >= 3


def test_what_an_installation_keeps_is_readable_by_nobody_else(installation, tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)  # as an earlier version left it
    database = folder / "db.sqlite3"
    database.touch(mode=0o644)
    environment = {**installation().environment, "VAR_DIR": str(folder), "DATABASE_URL": ""}
    environment = {name: value for name, value in environment.items() if value}
    code = (
        "import os; os.umask(0o022); import django; django.setup(); open(os.environ['VAR_DIR'] + '/new', 'w')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=60)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes["var"] == 0o700
    assert {mode for name, mode in modes.items() if name != "var"} == {0o600}
    assert {"db.sqlite3", "new"} <= modes.keys()
