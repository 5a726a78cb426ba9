"""`make check`: static checks of the code. All checks run; all failures are shown."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import bare_names, browser_floor, bundles, page_rules
from tools.environment import PYTHON, ROOT, VENV

CLEAN, NOT_AUDITED = 0, 3  # tools/supply_chain.py; `make audit` fails for the second one too

BIN = VENV / "bin"
PACKAGES = ["manage.py", "opendev", "sessions", "polls", "etherpad_links", "tools", "bench", "tests"]
MANAGE = [str(PYTHON), "manage.py"]
# import-linter has no `python -m`, and the script that pip installs for it breaks when the folder is moved.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def run_all() -> int:
    failed = []
    with tempfile.TemporaryDirectory(prefix="opendev-check-") as folder:
        for name, command in commands().items():
            print(f"== {name}", flush=True)
            if subprocess.run(command, cwd=ROOT, env=production_like(Path(folder)), check=False).returncode:
                failed.append(name)
    print("== page rules", flush=True)
    if page_rules.main():
        failed.append("page rules")
    print("== bare names", flush=True)
    if bare_names.main():
        failed.append("bare names")
    print("== bundles", flush=True)
    if bundles.main():
        failed.append("bundles")
    print("== browsers", flush=True)
    if browser_floor.main():
        failed.append("browsers")
    if audit_fails():
        failed.append("audit")
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
        return 1
    print("All checks passed.")
    return 0


def audit_fails() -> bool:
    """Return True if a known vulnerability was reported. If that is unknown, as without a network, print that."""
    print("== audit", flush=True)
    command = [str(PYTHON), "-m", "tools.supply_chain", "audit"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode not in {CLEAN, NOT_AUDITED}


def commands() -> dict[str, list[str]]:
    return {
        "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
        "mypy": [str(PYTHON), "-m", "mypy", *(name for name in PACKAGES if (ROOT / name).exists())],
        "lint-imports": [str(PYTHON), "-c", LINT_IMPORTS, "--no-logo"],
        "djangofmt": [str(BIN / "djangofmt"), "--check", "--quiet", "opendev/templates"],
        "djlint": [str(PYTHON), "-m", "djlint", "--lint", "--quiet", "opendev/templates"],
        "biome": [str(BIN / "biome"), "ci", "--colors=off", "--log-level=error"],
        "messages": [str(PYTHON), "-m", "tools.messages", "--check"],
        "makemigrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "check --deploy": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    }


def production_like(folder: Path) -> dict[str, str]:
    """An installation's environment, so that `check --deploy` judges that and not a developer's machine."""
    return {
        **os.environ,
        "PUBLIC_URL": "https://opendev.example.org",
        "ALLOWED_HOSTS": "opendev.example.org",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "VAR_DIR": str(folder),
        "DEBUG": "0",
        "REDIS_URL": "",
        "WORKERS": "1",
    }
