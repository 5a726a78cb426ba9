"""The scripts and style sheets of the pages, bundled from readable sources (docs/adr/0043).

This module says which sources a bundle has and whether a bundle is up to date. `make bundle` makes the bundles, and
needs esbuild; nothing here does. With DEBUG, or if a bundle is older than its sources, pages load the sources.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

STATIC = Path(__file__).resolve().parent.parent / "static"
BUILT = "bundles"
SOURCES = "companion"
# A bundle's name, and the modules that run on a page in this order, each with all that it imports.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "page": ("gate",),
    "times": ("times",),
    "calendar": ("copy",),
    "room": ("room",),
    "kinds": ("kinds/more",),  # kinds of polls that a room may never have
    "programme": ("times", "programme", "stars", "start_notices", "programme_filter", "programme_folds"),
    "screen": ("screen",),
    "embed": ("embed",),
    "embed_gone": ("embed_gone",),
    "control": ("control",),
    "run_sheet": ("control", "plan_drag", "unsaved"),
    "poll_edit": ("poll_edit",),
    "unsaved": ("unsaved",),
    "plan": ("unsaved", "order"),
    "picture": ("picture_png",),
    "recording": ("recording",),
    "recording_edit": ("recording", "unsaved"),
    "export": ("export_progress",),
    "import": ("import_progress", "unsaved"),
}
# A sheet's name, and the sources that it is made of, in this order. The pages for joining only need the first one.
SHEETS: dict[str, tuple[str, ...]] = {
    "pages": ("companion", "product", "follow_ups", "questions", "running", "reactions"),
    "more": ("control", "screen", "run_sheet", "recap", "programme", "programme_rows", "timetable"),
    "embed": ("embed",),
}
IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"(\.{1,2}/[\w./]+)\.js"', re.MULTILINE)
# A bundle's first line; `digest` computes from the sources what it should be.
HEADER = "/*! opendev {digest} */\n"


def script_path(name: str) -> str:
    """Return where a script bundle is, below the folder of static files."""
    return f"{BUILT}/{name}.js"


def sheet_path(name: str) -> str:
    """Return where a bundled style sheet is, below the folder of static files."""
    return f"{BUILT}/{name}.css"


def modules_of(name: str) -> list[str]:
    """Return the paths of the modules that a script bundle starts with, below the folder of static files."""
    return [f"{SOURCES}/{module}.js" for module in SCRIPTS[name]]


def sheets_of(name: str) -> list[str]:
    """Return the paths of the sheets that a bundled one is made of, below the folder of static files."""
    return [f"{SOURCES}/{sheet}.css" for sheet in SHEETS[name]]


def all_sheets() -> list[str]:
    """Return the paths of all sheets in the order of their rules, below the folder of static files."""
    return [path for name in SHEETS for path in sheets_of(name)]


def digest_of_script(name: str) -> str:
    """Return a mark of a script bundle's sources."""
    return digest([*SCRIPTS[name], *sorted(imported_by(*SCRIPTS[name]))], ".js")


def digest_of_sheet(name: str) -> str:
    """Return a mark of a bundled sheet's sources."""
    return digest(list(SHEETS[name]), ".css")


def digest(names: list[str], ending: str) -> str:
    """Return a mark of files, of their names and of their order."""
    total = sha256()
    for name in names:
        content = (STATIC / SOURCES / f"{name}{ending}").read_bytes()
        total.update(f"{name} {len(content)}\n".encode() + content)
    return total.hexdigest()[:16]


def imported_by(*names: str) -> set[str]:
    """Return the names of all modules that these import, directly or indirectly."""
    reached: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        source = (STATIC / SOURCES / f"{name}.js").read_text(encoding="utf-8")
        fresh = {normpath(join(dirname(name), path)) for path in IMPORT.findall(source)} - reached
        reached |= fresh
        pending += fresh
    return reached


def has_header(path: str, mark: str) -> bool:
    """Return True if a bundle exists and was made from the sources with this mark."""
    try:
        with (STATIC / path).open(encoding="utf-8") as file:
            return file.readline() == HEADER.format(digest=mark)
    except OSError:
        return False


@cache
def is_script_current(name: str) -> bool:
    """Return True if a script bundle was made from the current sources."""
    return has_header(script_path(name), digest_of_script(name))


@cache
def is_sheet_current(name: str) -> bool:
    """Return True if a bundled sheet was made from the current sources."""
    return has_header(sheet_path(name), digest_of_sheet(name))
