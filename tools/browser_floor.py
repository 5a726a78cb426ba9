"""Checks features that the pages use against @mdn/browser-compat-data: every browser in README.md must have them.

Properties, keywords, at-rules, selectors and functions are read from the style sheets, globals and members from the
scripts. Of several members with one name the oldest counts, since a name does not tell its object.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.page_rules import SCRIPTS, SHEET_COMMENT, SHEETS

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path(__file__).resolve().parent / "browser_data"
FOLDER = ROOT / "var" / "browser-data"
DATA = FOLDER / "node_modules" / "@mdn" / "browser-compat-data" / "data.json"
# README.md, "Browsers" says the same.
FLOOR = {
    "safari": 15.4,
    "safari_ios": 15.4,
    "firefox": 97,
    "firefox_android": 97,
    "chrome": 99,
    "chrome_android": 99,
}
# Used although a supported browser lacks it, with everything that belongs to it, and the effect there.
GUARDED = {
    "api.Document.exitFullscreen": "a phone has no full screen for pages; the presenter's key does nothing",
    "api.Document.fullscreenElement": "as exitFullscreen",
    "api.Element.requestFullscreen": "asked for before it is called (screen_acts.js)",
    "api.HTMLDialogElement": "asked for before it is called (sign_up_dialog.js): Firefox 97 posts the form",
    "api.Notification": "asked for before it is called (start_notices.js); the page says it in words",
    "css.at-rules.page": "paper alone: the printer's own margins",
    "css.properties.accent-color": "known by number, not for every control: the system's colour",
    "css.properties.align-content.start": "a block's default",
    "css.properties.box-decoration-break": "-webkit-box-decoration-break stands beside it",
    "css.properties.break-after": "paper alone; boxes with break-inside hold what has to stay together",
    "css.properties.contain-intrinsic-block-size": "goes with content-visibility",
    "css.properties.content-visibility": "all is painted at once",
    "css.properties.cursor": "a phone has no pointer",
    "css.properties.field-sizing": "boxes do not grow; they have rows",
    "css.properties.forced-color-adjust": "the system's colours, which are kept without it",
    "css.properties.hyphenate-limit-chars": "shorter words are hyphenated too",
    "css.properties.hyphens": "-webkit-hyphens, or no hyphen",
    "css.properties.outline": "square corners",
    "css.properties.overscroll-behavior": "the page scrolls on where a list ends",
    "css.properties.place-content.end": "a grid knows it; the data's figure is that of blocks",
    "css.properties.print-color-adjust": "-webkit-print-color-adjust, or paler bars on paper",
    "css.properties.resize": "boxes do not grow by hand",
    "css.properties.rotate": "Chrome 104: a hook that stands upright",
    "css.properties.size": "paper alone, in @page",
    "css.properties.text-wrap": "lines break elsewhere",
    "css.properties.translate": "Chrome 104: a button that does not move when it is pressed",
    "css.selectors.-moz-progress-bar": "each engine has a rule of its own",
    "css.selectors.-webkit-progress-bar": "each engine has a rule of its own",
    "css.selectors.-webkit-progress-value": "each engine has a rule of its own",
    "css.selectors.details-content": "a folded part stays folded on paper",
    "css.selectors.has": "never alone for what one needs, never in a list with others",
    "css.types.color.color-mix": "the colour without it",
    "css.types.color.light-dark": "in @supports: the light colours",
    "css.types.length.viewport_percentage_units_dynamic": "a height less, or 100 % of the window",
}
# Members of our own objects that share their name with a member of a newer interface.
OWN_NAMES = {
    *(
        "drop",
        "format",
        "in",
        "level",
        "lines",
        "number",
        "pad",
        "region",
        "removed",
        "results",
        "session",
        "share",
    ),
    *("show", "side"),
}
CSS_NAME = r"-?[a-zA-Z][\w-]*"
DECLARATION = re.compile(rf"(?:[{{;]|^)\s*({CSS_NAME})\s*:\s*([^;{{}}]*)(?=[;}}])", re.MULTILINE)
AT_RULE = re.compile(rf"@({CSS_NAME})")
SELECTOR = re.compile(rf"(?<=[\w\s\]\)>+~,*}}{{(]):{{1,2}}({CSS_NAME})")
FUNCTION = re.compile(rf"(?<![\w:-])({CSS_NAME})\(")
PRELUDE = re.compile(r"(?:^|(?<=[{};]))([^{};@]*)\{")
NOT_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
MEMBER = re.compile(r"(?<!\.)\??\.([A-Za-z]\w*)")
GLOBAL = re.compile(r"(?<![\w.$])([A-Z]\w*|structuredClone|queueMicrotask|requestIdleCallback)\b")
SYNTAX = {
    "javascript.operators.optional_chaining": re.compile(r"\?\.[\w(\[]"),
    "javascript.operators.nullish_coalescing_assignment": re.compile(r"\?\?="),
    "javascript.classes.private_class_fields": re.compile(r"(?<![\w&])#[a-z]\w*\s*[=(;]"),
}
Problem = tuple[str, str]  # the key in the data, and the browsers that it needs


def provide() -> bool:
    """Install the data with npm, once. Return False if npm is missing or reaches no registry."""
    wanted = (LOCK / "package-lock.json").read_bytes()
    installed = FOLDER / "package-lock.json"
    if DATA.exists() and installed.exists() and installed.read_bytes() == wanted:
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, FOLDER / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    return subprocess.run(command, cwd=FOLDER, check=False).returncode == 0 and DATA.exists()


class Data:
    """The compatibility data, and look-ups of names in it."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
        self.members: dict[str, list[str]] = {}
        for root in ("api", "javascript.builtins"):
            for owner, node in self.node(root).items():
                for name, member in node.items():
                    if isinstance(member, dict) and "__compat" in member:
                        self.members.setdefault(name.removesuffix("_static"), []).append(
                            f"{root}.{owner}.{name}"
                        )

    def node(self, key: str) -> dict[str, Any]:
        node = self.tree
        for part in key.split("."):
            node = node.get(part, {})
        return node

    def lacking(self, key: str) -> list[str]:
        """Return the supported browsers that lack a feature, as "firefox 121". Unknown features count as supported."""
        support = self.node(key).get("__compat", {}).get("support", {})
        return [
            f"{browser} {version}"
            for browser, floor in FLOOR.items()
            if browser in support and (version := first_version(support[browser])) > floor
        ]


def first_version(support: Any) -> float:
    """Return the first version that has a feature under its own name and without a flag; infinity if none has."""
    entries = support if isinstance(support, list) else [support]
    versions = [
        float(match[0])
        for entry in entries
        if not {"flags", "prefix", "alternative_name"} & entry.keys()
        and "version_removed" not in entry
        and (match := re.search(r"\d+(\.\d+)?", str(entry.get("version_added"))))
    ]
    return min(versions, default=float("inf"))


def sheet_keys(source: str) -> Iterator[str]:
    """Yield the keys of the features that a style sheet uses."""
    text = SHEET_COMMENT.sub("", source)
    bare = re.sub(r"\"[^\"]*\"|url\([^)]*\)", "", text)
    for name in AT_RULE.findall(bare):
        yield f"css.at-rules.{name}"
    for prelude in PRELUDE.findall(bare):
        for name in SELECTOR.findall(f" {prelude}"):
            yield f"css.selectors.{name}"
        if "&" in prelude:
            yield "css.selectors.nesting"
    for name, value in DECLARATION.findall(bare):
        yield f"css.properties.{name}"
        for word in re.findall(CSS_NAME, value):
            yield f"css.properties.{name}.{word}"
        for function in FUNCTION.findall(value):
            yield f"css.types.{function}"
            yield f"css.types.color.{function}"
        if re.search(r"\d[dsl]v[hwib]\b", value):
            yield "css.types.length.viewport_percentage_units_dynamic"


def script_keys(source: str, data: Data) -> Iterator[str]:
    """Yield the keys of the features that a script uses; of members with one name the oldest one."""
    code = NOT_CODE.sub('""', source)
    for key, pattern in SYNTAX.items():
        if pattern.search(code):
            yield key
    for name in GLOBAL.findall(code):
        yield f"api.{name}"
        yield f"javascript.builtins.{name}"
    for name in MEMBER.findall(code):
        keys = [] if name in OWN_NAMES else data.members.get(name, [])
        if keys and all(data.lacking(key) for key in keys):
            yield min(keys, key=lambda key: len(data.lacking(key)))


def problems(name: str, source: str, data: Data) -> list[Problem]:
    """Return the features of a file that a supported browser lacks and that are not guarded."""
    keys = sheet_keys(source) if name.endswith(".css") else script_keys(source, data)
    lacks = {key: data.lacking(key) for key in keys if not is_guarded(key)}
    return sorted((key, ", ".join(browsers)) for key, browsers in lacks.items() if browsers)


def is_guarded(key: str) -> bool:
    """Return True if the feature, or its parent, is in GUARDED."""
    parts = key.split(".")
    return any(".".join(parts[:length]) in GUARDED for length in range(1, len(parts) + 1))


def files() -> list[Path]:
    return [
        *sorted(SCRIPTS.rglob("*.js")),
        *(path for folder in SHEETS for path in sorted(folder.rglob("*.css"))),
    ]


def main() -> int:
    """Print features that a supported browser lacks. Return 1 if there are any."""
    if not provide():
        print("Not checked: npm is missing, or gave no @mdn/browser-compat-data.")
        return 0
    data = Data()
    lines = [
        f"{path.relative_to(ROOT)}: {key} needs {browsers}; do without, or say in GUARDED what happens there"
        for path in files()
        for key, browsers in problems(path.name, path.read_text(encoding="utf-8"), data)
    ]
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0
