"""The product as a process of its own: its own database, folder, port and address."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.support.databases import MANAGES_WITHIN_S, ROOT, manage
from tests.support.programs import dying_with_us, end, free_port, kill_group, start, wait_until

# What `make run` and the tests say to the product; nothing of the developer's own may leak into a test.
PRODUCT_VARIABLES = (
    "PORT",
    "BIND",
    "PUBLIC_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
    "WORKERS",
    "TRUSTED_ADDRESSES",
    "ETHERPAD_URL",
    "ETHERPAD_API_KEY",
    "ETHERPAD_CLIENT_ID",
    "ETHERPAD_CLIENT_SECRET",
    "ETHERPAD_PAD_NAME",
    "ETHERPAD_TEMPLATE",
    "ETHERPAD_EMBED",
    "ETHERPAD_HOSTS",
    "ETHERPAD_ALLOW_PRIVATE",
    "PEERTUBE_HOSTS",
    "DEBUG",
    "VAR_DIR",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LIMITS",
    "UNDO_SECONDS",
    "MAX_SOCKETS",
    "MAX_SOCKETS_OF_NETWORK",
    "MAX_CONNECTIONS",
    "MAX_CONNECTIONS_OF_NETWORK",
    "HSTS_SECONDS",
    "HSTS_SUBDOMAINS",
    "HSTS_PRELOAD",
    "METRICS_TOKEN",
    "SECURE_SSL_REDIRECT",
    "BACKUP_RECIPIENTS",
    "SECURITY_CONTACT",
    "REQUIRE_MFA",
    "SIGN_IN_IDLE_MINUTES",
    "EMAIL_URL",
    "EMAIL_FROM",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_AUTH_METHOD",
    "OIDC_DOMAINS",
    "AUDIT_DAYS",
    "AUDIT_TO",
    "WEBHOOK_HOSTS",
)
STARTS_WITHIN_S = 120.0  # on a machine that does other work beside the tests
TROUBLE = re.compile(r"Traceback|Task exception was never retrieved|was never awaited|Unclosed")
TEST_SECRET = "a-secret-of-the-tests-only-which-is-long-enough-to-be-taken-seriously"


def clean_environment(**values: str) -> dict[str, str]:
    """This process's environment without the product's variables, then the given ones."""
    kept = {name: value for name, value in os.environ.items() if name not in PRODUCT_VARIABLES}
    return {**kept, "SECRET_KEY": TEST_SECRET, "PYTHONUNBUFFERED": "1", **values}


def command(python: str = sys.executable) -> list[str]:
    """The one place that knows how the product is started: as `make run` does, told what to do by the environment."""
    return [python, "manage.py", "serve", "--quiet"]


class Server:
    """`start()` waits until it answers; `stop()` asks it to go and reads its log for trouble."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        root: Path = ROOT,
        python: str = sys.executable,
    ) -> None:
        """`root`, `python`: of another checkout, where it is not this one that is served."""
        self.folder, self.root, self.python = folder, root, python
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PORT": str(self.port),
            "BIND": "127.0.0.1",
            "PUBLIC_URL": self.url,
            "VAR_DIR": str(folder),
            **environment,
        }
        self.log_path = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def start(self) -> None:
        self.process = start(
            dying_with_us(self.command()), self.log_path, cwd=self.root, env=self.environment
        )
        wait_until(self.answers, self.process, seconds=STARTS_WITHIN_S, log=self.log_path)

    def command(self) -> list[str]:
        """What is started; the benchmark starts another application on the same server."""
        return command(self.python)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self, *, seconds: float = 10) -> None:
        """SIGTERM; it has to go in time, and its log may tell of no trouble."""
        if self.process is None:
            return
        process, self.process = self.process, None
        lived = process.poll() is None
        went = end(process, seconds=seconds)
        assert lived, f"the server had ended by itself ({process.returncode}):\n{self.log()}"
        assert went, f"the server did not stop within {seconds} s:\n{self.log()}"
        assert not TROUBLE.search(self.log()), f"the server's log tells of trouble:\n{self.log()}"

    def kill(self) -> None:
        """SIGKILL: a crash. What was acknowledged before has to be there after `start()`."""
        if self.process:
            kill_group(self.process)
            self.process = None

    def restart(self) -> None:
        """The same database, folder and port."""
        self.stop()
        self.start()

    def manage(self, *arguments: str, seconds: float = MANAGES_WITHIN_S) -> str:
        """Run manage.py on this server's database; what it printed."""
        return manage(*arguments, environment=self.environment, seconds=seconds)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def http(self, **options: object) -> httpx.Client:
        """A client with cookies of its own, as one visitor; close it, or use it in a `with`."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=10, **options)  # type: ignore[arg-type]

    def send_signal(self, number: signal.Signals) -> None:
        """For fault tests, to the first process only: SIGSTOP, SIGCONT, or SIGTERM without waiting."""
        assert self.process is not None, "the server does not run"
        self.process.send_signal(number)
