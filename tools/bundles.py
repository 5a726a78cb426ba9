"""`make bundle`: builds each page's script and the style sheet from their sources, with the esbuild pinned here.

A developer's tool, as Node is. The bundles are committed, so that neither `make run` nor an installation needs it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from opendev.home import bundles

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path(__file__).resolve().parent / "bundler"
FOLDER = ROOT / "var" / "bundler"
ESBUILD = FOLDER / "node_modules" / "esbuild" / "bin" / "esbuild"
# Scripts: browsers older than the supported ones must be able to parse the bundle, so that its gate runs.
SYNTAX = "es2018"
# Styles: the floor of tools/browser_floor.py.
ENGINES = "safari15.4,firefox97,chrome99"


def provide() -> bool:
    """Install esbuild with npm, once. Return False if npm is missing or reaches no registry."""
    wanted = (LOCK / "package-lock.json").read_bytes()
    installed = FOLDER / "package-lock.json"
    if ESBUILD.exists() and installed.exists() and installed.read_bytes() == wanted:
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, FOLDER / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    return subprocess.run(command, cwd=FOLDER, check=False).returncode == 0 and ESBUILD.exists()


def esbuild(source: str, *options: str) -> str:
    """Return esbuild's output for a source that imports from our folder of sources."""
    return subprocess.run(
        [ESBUILD, "--minify", "--charset=utf8", "--log-level=warning", *options],
        cwd=bundles.STATIC / bundles.SOURCES,
        input=source,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout


def make_all() -> dict[str, str]:
    """Return the text of every bundle by its path below the folder of static files."""
    made = {}
    for name, modules in bundles.SCRIPTS.items():
        source = "".join(f'import "./{module}.js"\n' for module in modules)
        options = ("--bundle", "--format=esm", f"--target={SYNTAX}", "--sourcefile=page.mjs")
        header = bundles.HEADER.format(digest=bundles.digest_of_script(name))
        made[bundles.script_path(name)] = header + esbuild(source, *options)
    for name in bundles.SHEETS:
        made[bundles.sheet_path(name)] = make_sheet(name)
    return made


def make_sheet(name: str) -> str:
    """Return the text of a bundled style sheet."""
    texts = [(bundles.STATIC / path).read_text(encoding="utf-8") for path in bundles.sheets_of(name)]
    header = bundles.HEADER.format(digest=bundles.digest_of_sheet(name))
    sheet = esbuild("\n".join(texts), "--loader=css", f"--target={ENGINES}")
    fonts = f"../{bundles.SOURCES}/fonts/"
    return header + sheet.replace('url("fonts/', f'url("{fonts}').replace("url(fonts/", f"url({fonts}")


def stale() -> list[str]:
    """Return the paths of bundles that differ from esbuild's current output, or that are no longer built."""
    made = make_all()
    present = {
        path.relative_to(bundles.STATIC).as_posix() for path in (bundles.STATIC / bundles.BUILT).glob("*")
    }
    different = {
        path
        for path, text in made.items()
        if path not in present or (bundles.STATIC / path).read_text(encoding="utf-8") != text
    }
    return sorted(different | (present - made.keys()))


def write_all() -> int:
    """Write every bundle, and remove obsolete ones."""
    if not provide():
        print("npm is missing, or gave no esbuild; the bundles are as they were.", file=sys.stderr)
        return 2
    made = make_all()
    folder = bundles.STATIC / bundles.BUILT
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, text in made.items():
        (bundles.STATIC / path).write_text(text, encoding="utf-8")
    print(f"{len(made)} bundles are in {folder.relative_to(ROOT)}.")
    return 0


def main() -> int:
    """Print which bundles differ from esbuild's output for the sources. Return 1 if there are any."""
    if not provide():
        print("Not made again: npm is missing, or gave no esbuild.")
        return 0
    paths = stale()
    for path in paths:
        print(f"{path} is not what its sources make; say `make bundle`", file=sys.stderr)
    return 1 if paths else 0
