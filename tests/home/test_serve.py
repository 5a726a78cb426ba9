"""What `manage.py serve` and the first start leave behind: sign-in links at a terminal alone, files for us alone."""

import os
import pty
import socket
import stat
import subprocess
import sys
import threading
from contextlib import suppress

import httpx
import pytest

from tests.support.databases import ROOT
from tests.support.programs import dying_with_us, end, wait_until
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


AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Held(Server):
    """Serves on a socket that somebody else holds, as systemd does it."""

    def start(self):
        number = self.listener.fileno()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", AS_SYSTEMD, str(number), *dying_with_us(self.command())],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, pass_fds=[number], process_group=0,
            )  # fmt: skip
        wait_until(self.answers, self.process, seconds=60, log=self.log_path)


@pytest.fixture
def held(tmp_path, sqlite_files, collected_static):
    """A server on a held socket; every address is limited."""
    address = sqlite_files.copy_to(tmp_path / "db.sqlite3", demo=True)
    (tmp_path / "static").symlink_to(collected_static)
    limits = {"TRUSTED_ADDRESSES": "203.0.113.1", "LIMITS": "join=1/minute"}
    server = Held(tmp_path, clean_environment(DATABASE_URL=address, **limits))
    with socket.create_server(("127.0.0.1", server.port), backlog=256) as server.listener:
        yield server


def test_no_connection_is_refused_while_a_server_on_a_held_socket_restarts(held):
    statuses, is_over = [], threading.Event()

    def ask():
        while not is_over.is_set():
            with suppress(httpx.RemoteProtocolError):  # answered by a process that ends; a browser asks again
                statuses.append(httpx.get(f"{held.url}/healthz", trust_env=False, timeout=60).status_code)

    def join(address):
        transport = httpx.HTTPTransport(local_address=address)
        with httpx.Client(base_url=held.url, transport=transport, timeout=60) as phone:
            sessions = phone.get("/api/v1/events/opendev-containers-in-production/sessions/").json()[
                "results"
            ]
            live = next(session["id"] for session in sessions if session["state"] == "live")
            return phone.post(f"/api/v1/sessions/{live}/attendees/").status_code

    held.start()
    try:
        asking = threading.Thread(target=ask)
        asking.start()
        held.restart()
        is_over.set()
        asking.join()
        assert set(statuses) == {200}
        assert [join(f"127.0.0.{number}") for number in (8, 9, 9)] == [201, 201, 429]
    finally:
        is_over.set()
        held.stop()
