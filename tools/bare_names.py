"""Names that only say that something happened, not what it is: `found`, `given`, `told`. A name says a type or a role.

Each folder has a ceiling: its current number. It may only fall, so after renaming some, lower it here.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BANNED = frozenset({"found", "one", "given", "said", "told", "brought", "kept", "wanted", "asked", "heard"})
CEILINGS = {
    "bench": 82,
    "etherpad_links": 72,
    "opendev": 4,
    "opendev/door": 6,
    "opendev/erasure": 1,
    "opendev/exports": 25,
    "opendev/home": 86,
    "opendev/recap": 84,
    "opendev/recordings": 27,
    "opendev/room": 162,
    "polls": 55,
    "sessions/access": 10,
    "sessions/attendees": 6,
    "sessions/follow_ups": 34,
    "sessions/programme": 46,
    "sessions/questions": 30,
    "sessions/recap": 4,
    "sessions/recordings": 7,
    "sessions/registrations": 40,
    "sessions/run_sheet": 11,
    "sessions/schedules": 41,
    "sessions/timeline": 1,
    "tools": 10,
}
SLACK = 10  # so that two branches that each rename some do not conflict


def folder_of(path: Path) -> str:
    """Return the folder that a file is counted in: an app's part, such as `sessions/questions` or `opendev/core`."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] in {"opendev", "sessions"} and len(parts) > 2 else parts[0]


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, name) for every definition of a name: variables, parameters, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def banned_names() -> dict[str, list[str]]:
    """Return for each folder its places with such names, as `file:line: name`."""
    places: dict[str, list[str]] = {}
    for package in ("opendev", "sessions", "polls", "etherpad_links", "tools", "bench"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for line, name in bound_names(ast.parse(path.read_text())):
                if name in BANNED:
                    places.setdefault(folder_of(path), []).append(f"{path.relative_to(ROOT)}:{line}: {name}")
    return places


def main() -> int:
    """Return 1 if a folder has more of these names than its ceiling, or a ceiling is higher than necessary."""
    places = banned_names()
    failed = False
    for folder in sorted(places.keys() | CEILINGS.keys()):
        count, ceiling = len(places.get(folder, ())), CEILINGS.get(folder, 0)
        if count > ceiling:
            failed = True
            print(f"{folder}: {count} names that say nothing, at most {ceiling} may be there. All of them:")
            print("\n".join(f"  {place}" for place in places[folder]))
        elif count + SLACK < ceiling:
            failed = True
            print(
                f"{folder}: only {count} names that say nothing are left. Lower the ceiling in tools/bare_names.py."
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
