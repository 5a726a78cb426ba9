"""A real Etherpad on a port of its own: installed by tools/etherpad.py, or a checkout that `--etherpad` names."""

import http.client
import json
import subprocess
from pathlib import Path

from etherpad_links.padserver.addresses import PadAddress, Reach, ServerAddress
from etherpad_links.padserver.http import HttpApi, export_text
from tests.support.programs import dying_with_us, end, find, free_port, kill_group, lacking, start, wait_until
from tools import etherpad

STARTS_WITHIN_S = 120.0  # a checkout translates its TypeScript each time, perhaps beside other work


class Etherpad:
    """`start()` also after `stop()` or `kill()`, then on the same port, with the pads that reached its disk."""

    checkout: str | None = None  # set by --etherpad

    def __init__(self, folder: Path, *, is_limited: bool = False, exports: int = etherpad.UNLIMITED) -> None:
        self.folder = folder
        self.port = free_port()
        self.is_limited, self.exports = is_limited, exports
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def release(self) -> tuple[int, ...]:
        """Which Etherpad this is, as (2, 5, 3)."""
        root = Path(self.checkout) if self.checkout else etherpad.prepare() / "src"
        return tuple(map(int, json.loads((root / "package.json").read_text())["version"].split(".")))

    @property
    def server(self) -> ServerAddress:
        return ServerAddress("http", "127.0.0.1", self.port)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def api_key(self) -> str:
        return etherpad.API_KEY

    @property
    def reach(self) -> Reach:
        """Loopback is private: only a server that the operator named may be there."""
        return Reach(own=frozenset({(self.server.host, self.port)}))

    @property
    def api(self) -> HttpApi:
        return HttpApi(self.server, self.api_key, self.reach)

    def pad(self, name: str, text: str | None = None) -> PadAddress:
        """A pad's address; with a text the pad is made."""
        if text is not None:
            self.api.create_pad(name, text)
        return self.server.pad(name)

    def text(self, name: str) -> str:
        """What the server itself says that stands in a pad."""
        return export_text(self.server.pad(name), self.reach)

    def start(self) -> None:
        if not (find("node") and find("npm")):
            lacking("node with npm")
            return
        etherpad.write_settings(self.folder, self.port, is_limited=self.is_limited, exports=self.exports)
        log = self.folder / "etherpad.log"
        if self.checkout:
            root, command = Path(self.checkout) / "src", etherpad.command_of_checkout(self.folder)
        else:
            root, command = etherpad.prepare(), etherpad.command(self.folder)
        self.process = start(dying_with_us(command), log, cwd=root, env=etherpad.environment())
        wait_until(self.answers, self.process, seconds=STARTS_WITHIN_S, log=log)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/api")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process:
            end(self.process)
            self.process = None

    def kill(self) -> None:
        """As a power cut would."""
        if self.process:
            kill_group(self.process)
            self.process = None
