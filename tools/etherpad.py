"""A real Etherpad for tests and for developers: installed once from a lock file, started wherever it is needed.

The package is npm's `ep_etherpad-lite` 1.8.14. It is a test double: old, with known holes, to be reached on
loopback only. Everything odd in here is needed, and each oddity is explained:

- `overrides` in package.json: one dependency has an optional one that npm would fetch from git, and fail.
- The server needs its own folder to be called `src`; a copy instead of the link would load its modules twice.
- Its root is separate from npm's folder, because it runs `npm ls` in its root when it starts.
- Its browser bundle reads six libraries by path, hence the six links.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.environment import ROOT, Unmet

RECIPE = ROOT / "tools" / "etherpad_server"
INSTALLED = ROOT / "var" / "etherpad-server"
READ_BY_PATH = ("async", "js-cookie", "security", "tinycon", "underscore", "unorm")
API_KEY = "key-of-the-etherpad-on-this-machine"
DEFAULT_PORT = 9001
NPM_CI = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
UNLIMITED = 10_000
LAYOUT = b"1"  # increase it when `lay_out` changes, so that everybody installs again


def prepare(folder: Path = INSTALLED) -> Path:
    """Return the server's root folder; installs it if that has not been done, or the recipe has changed.

    Raises:
        Unmet: node or npm is missing, or npm could not install
    """
    missing = [program for program in ("node", "npm") if not shutil.which(program)]
    if missing:
        raise Unmet(f"Etherpad needs {' and '.join(missing)}: install the Debian packages nodejs and npm.")
    with only_one_at_a_time(folder):
        stamp = folder / "installed"
        if not stamp.exists() or stamp.read_text() != recipe_hash():
            for part in ("installed", "npm", "etherpad"):
                remove(folder / part)
            install(folder)
            stamp.write_text(recipe_hash())
    return folder / "etherpad"


@contextmanager
def only_one_at_a_time(folder: Path) -> Iterator[None]:
    """Several test runs may share the folder; the second waits until the first has installed."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def recipe_hash() -> str:
    parts = [(RECIPE / name).read_bytes() for name in ("package.json", "package-lock.json")]
    return hashlib.sha256(b"".join((*parts, LAYOUT))).hexdigest()


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def install(folder: Path) -> None:
    print("Installing Etherpad 1.8.14 for the tests (once, about 40 s)", flush=True)
    npm, root = folder / "npm", folder / "etherpad"
    npm.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(RECIPE / name, npm)
    answer = subprocess.run(
        NPM_CI, cwd=npm, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise Unmet(f"npm could not install Etherpad:\n{answer.stdout}{answer.stderr}")
    lay_out(npm / "node_modules", root)


def lay_out(modules: Path, root: Path) -> None:
    """Create the server's root next to the modules, which Node finds through the link above `src`."""
    for folder in (root / "node_modules", root / "var"):
        folder.mkdir(parents=True)
    (modules / "ep_etherpad-lite").rename(root / "src")
    (root / "node_modules" / "ep_etherpad-lite").symlink_to("../src")
    (root.parent / "node_modules").unlink(missing_ok=True)
    (root.parent / "node_modules").symlink_to(modules.relative_to(root.parent))
    (root / "src" / "node_modules").mkdir()
    for name in READ_BY_PATH:
        (root / "src" / "node_modules" / name).symlink_to(f"../../../node_modules/{name}")


def write_settings(folder: Path, port: int, *, is_limited: bool = False, exports: int = UNLIMITED) -> Path:
    """Write a server's settings and its API key into its folder. `is_limited`: like real servers."""
    limits = {} if is_limited else {"commitRateLimiting": {"duration": 1, "points": UNLIMITED}}
    settings = {
        "title": "Etherpad",
        "ip": "127.0.0.1",
        "port": port,
        "dbType": "dirty",
        "dbSettings": {"filename": str(folder / "pads.db")},
        "defaultPadText": "",
        "authenticationMethod": "apikey",  # which 2 and 3 need, and 1 does not know
        "skinName": "no-skin",
        "minify": False,
        "loglevel": "WARN",
        "socketTransportProtocols": ["websocket", "polling"],
        "importExportRateLimiting": {"windowMs": 90_000, "max": exports},
        **limits,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "APIKEY.txt").write_text(API_KEY)
    path = folder / "settings.json"
    path.write_text(json.dumps(settings, indent=1))
    return path


def command(folder: Path) -> list[str]:
    """The command that serves with the settings in a folder; to be run in the server's root."""
    return ["node", "src/node/server.js", *files_of(folder)]


def command_of_checkout(folder: Path) -> list[str]:
    """The same for Etherpad 2 or 3 built from its repository; to be run in the checkout's src."""
    return ["node", "--require", "tsx/cjs", "node/server.ts", *files_of(folder)]


def files_of(folder: Path) -> list[str]:
    settings, key, session_key = (folder / name for name in ("settings.json", "APIKEY.txt", "SESSIONKEY.txt"))
    return ["--settings", str(settings), "--apikey", str(key), "--sessionkey", str(session_key)]


def environment() -> dict[str, str]:
    """Production turns the server's limits on, as on real ones."""
    return {**os.environ, "NODE_ENV": "production"}


def serve() -> int:
    """Become an Etherpad for `make run`, on loopback; its pads stay in var/."""
    root = prepare()
    port = int(os.environ.get("ETHERPAD_PORT", DEFAULT_PORT))
    folder = ROOT / "var" / "etherpad"
    write_settings(folder, port, is_limited=True)
    print(f"Etherpad on http://127.0.0.1:{port}/. In another terminal:\n")
    print(f"  ETHERPAD_URL=http://127.0.0.1:{port} ETHERPAD_API_KEY={API_KEY} make run\n", flush=True)
    os.chdir(root)
    words = command(folder)
    os.execvpe(words[0], words, environment())
