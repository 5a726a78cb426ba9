"""The proxies' examples in deploy/, started with ports and certificates of their own: nothing else in them changes."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.deploy.authority import NAME, Authority
from tests.support.databases import ROOT
from tests.support.programs import dying_with_us, end, find, free_port, lacking, start, wait_until

EXAMPLES = ROOT / "deploy"
ADMIN_NETWORK, TEST_NETWORK = "192.0.2.0/24", "127.0.0.64/26"


def example(name: str, changes: Mapping[str, str]) -> str:
    """The text of an example with these replacements, each of which has to be needed."""
    text = (EXAMPLES / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} lacks {old!r}"
        text = text.replace(old, new)
    return text


class Proxy:
    """A running proxy in front of a port."""

    program = ""
    keeps_sockets_at_reload = True
    refuses_admin_with = 403

    def __init__(self, folder: Path, authority: Authority, server_port: int) -> None:
        self.folder, self.authority, self.server_port = folder, authority, server_port
        self.http, self.https = free_port(), free_port()
        self.log = folder / "proxy.log"

    @property
    def changes(self) -> dict[str, str]:
        return {"127.0.0.1:8000": f"127.0.0.1:{self.server_port}", ADMIN_NETWORK: TEST_NETWORK}

    def start(self) -> None:
        path = find(self.program, also=f"/usr/sbin:{self.program}")
        if path is None:
            lacking(self.program)
            return
        self.path = str(path)
        self.process = start(dying_with_us(self.command()), self.log, cwd=self.folder, env=self.environment)
        wait_until(self.answers, self.process, seconds=10, log=self.log)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}

    def answers(self) -> bool:
        command = ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{self.http}/"]
        return subprocess.run(command, check=False).returncode == 0

    def command(self) -> list[str]:
        raise NotImplementedError

    def reload(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        end(self.process)


class Nginx(Proxy):
    program = "nginx"

    def command(self) -> list[str]:
        site = example(
            "nginx.conf",
            {
                **self.changes,
                "listen 80;": f"listen 127.0.0.1:{self.http};",
                "listen 443 ssl": f"listen 127.0.0.1:{self.https} ssl",
                "    listen [::]:80;\n": "",
                "    listen [::]:443 ssl http2;\n": "",
                f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(self.authority.cert),
                f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(self.authority.key),
            },
        )
        (self.folder / "site.conf").write_text(site)
        # Where we are root, nobody else may enter the folder of the test.
        account = "user root; " if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{account}daemon off; master_process on; pid {self.folder}/pid; error_log stderr warn;\n"
            "worker_processes 2; worker_rlimit_nofile 4096; events { worker_connections 2048; }\n"
            f"http {{ access_log off; include {self.folder}/site.conf;\n"
            + "".join(
                f"{kind}_temp_path {self.folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + "}\n"
        )
        return [self.path, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        end(self.process, by=signal.SIGTERM)


class Haproxy(Proxy):
    program = "haproxy"
    refuses_admin_with = 404

    def command(self) -> list[str]:
        text = example(
            "haproxy.cfg",
            {
                **self.changes,
                "bind :80": f"bind 127.0.0.1:{self.http}",
                "bind :443": f"bind 127.0.0.1:{self.https}",
                "/etc/haproxy/companion.pem": str(self.authority.both),
                "maxconn 40000": "maxconn 4000",
            },
        )
        (self.folder / "haproxy.cfg").write_text(text)
        return [self.path, "-W", "-f", str(self.folder / "haproxy.cfg")]

    def reload(self) -> None:
        self.process.send_signal(signal.SIGUSR2)


class Caddy(Proxy):
    program = "caddy"
    keeps_sockets_at_reload = False
    refuses_admin_with = 404

    def command(self) -> list[str]:
        self.control = f"127.0.0.1:{free_port()}"
        options = (
            f"http_port {self.http}\nhttps_port {self.https}\nadmin {self.control}\nskip_install_trust\n"
        )
        site = f"{NAME} {{\n\ttls {self.authority.cert} {self.authority.key}\n"
        text = example("Caddyfile", {**self.changes, f"{NAME} {{\n": site})
        (self.folder / "Caddyfile").write_text(f"{{\n{options}default_bind 127.0.0.1\n}}\n{text}")
        return [self.path, "run", "--config", "Caddyfile"]

    def reload(self) -> None:
        command = [self.path, "reload", "--force", "--config", "Caddyfile", "--address", self.control]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True, capture_output=True)
