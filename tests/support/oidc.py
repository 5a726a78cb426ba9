"""A real OpenID provider, the certified one of npm, on a port of its own; and a person who signs in at it."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.support.programs import dying_with_us, end, find, free_port, lacking, start, wait_until
from tools.environment import ROOT

RECIPE, INSTALLED = ROOT / "tools" / "oidc_provider", ROOT / "var" / "oidc-provider"
NPM_CI = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
MOST_STEPS = 12
FORM = re.compile(r'<form[^>]*action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


def prepare() -> Path:
    """Install the provider once; another lock file installs it anew."""
    recipe = hashlib.sha256((RECIPE / "package-lock.json").read_bytes()).hexdigest()
    INSTALLED.mkdir(parents=True, exist_ok=True)
    handle = os.open(INSTALLED, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # another process may be installing it
        stamp = INSTALLED / "installed"
        if not stamp.exists() or stamp.read_text() != recipe:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(RECIPE / name, INSTALLED)
            subprocess.run(NPM_CI, cwd=INSTALLED, check=True, timeout=240)
            stamp.write_text(recipe)
        shutil.copy(RECIPE / "provider.mjs", INSTALLED)
    finally:
        os.close(handle)
    return INSTALLED


class Provider:
    """`start(callback)` waits until it listens."""

    client_id, secret = "companion", "secret-of-the-tests"

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, callback: str) -> None:
        if not (find("node") and find("npm")):
            lacking("node with npm")
        root = prepare()
        command = dying_with_us(["node", "provider.mjs", str(self.port), callback])
        log = self.folder / "provider.log"
        self.process = start(command, log, cwd=root)
        wait_until(self.answers, self.process, seconds=60, log=log)

    def answers(self) -> bool:
        try:
            return (
                httpx.get(f"{self.url}/.well-known/openid-configuration", trust_env=False).status_code == 200
            )
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self.process:
            end(self.process)


def sign_in_at_provider(visitor: httpx.Client, answer: httpx.Response, login: str) -> httpx.Response:
    """Follow what our server answered through the provider's forms, and back to us; return our last answer."""
    for _ in range(MOST_STEPS):
        if answer.is_redirect:
            answer = visitor.get(urljoin(str(answer.url), answer.headers["location"]))
        elif prompt := PROMPT.search(answer.text):
            action = FORM.search(answer.text)
            assert action
            fields = {"prompt": prompt[1], "login": login, "password": "any"}
            answer = visitor.post(urljoin(str(answer.url), action[1]), data=fields)
        else:
            return answer
    raise AssertionError(f"no end: {answer.url}")
