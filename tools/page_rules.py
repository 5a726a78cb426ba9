"""What a browser would refuse or misread, read from the sources.

What the Content-Security-Policy would refuse: nothing inline, nothing foreign.

Templates: no `style=` and no `on…=` attribute, no `<style>`, no script without `src`, no `javascript:` address, and no
script, style or picture from another host; no line over 120 characters outside texts and addresses; no day or time of
a moment (a name that ends with "at") in UTC that does not say so: `|moment:event`, `|timezone:event.zone|date`, a
`{% timezone %}` around it, or a comment that says that the page sets the zone.
Scripts: no HTML out of strings and no code out of strings.

What older browsers misread without an error. Scripts: no button as second argument of FormData,
no requestSubmit. Style sheets: no more than the line in the `text-decoration` shorthand; no `:has` in one list with
selectors that do without it, since browsers before Firefox 121 and Chrome 105 drop the whole rule.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "opendev" / "templates"
SCRIPTS = ROOT / "opendev" / "static" / "companion"  # our sources; the bundles are made from them
SHEETS = [SCRIPTS, ROOT / "opendev" / "recap"]

TEMPLATE_CODE = re.compile(r"{#[^\n]*?#}|{%\s*comment.*?endcomment\s*%}|{%.*?%}|{{.*?}}", re.DOTALL)
ADDRESSES = {"src", "href", "action", "formaction", "poster", "srcset", "data"}
SENTENCE = re.compile(
    r"{%\s*blocktranslate\b.*?%}.*?{%\s*endblocktranslate\s*%}|{%\s*translate\b.*?%}|{%[^%]*\b_\(.*?%}"
)
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
URL_TAG = re.compile(r"{%\s*url\b.*?%}")
LONGEST_LINE = 120
IN_A_ZONE = re.compile(r"{%\s*timezone\b.*?endtimezone\s*%}", re.DOTALL)
IN_NO_ZONE = re.compile(r"\b((?:[\w.]+[._])?at\|(?:date|time):(?![\"']c[\"'])[^|}\s]+)")
SETS_THE_ZONE = re.compile(r"{#[^#]*\bsets the zone\b[^#]*#}")
LOADED_FROM = {"script", "link", "img", "source", "iframe", "object", "embed", "video", "audio", "track"}
DATA_BLOCKS = {"application/json", "application/ld+json"}
FORBIDDEN_IN_SCRIPTS = re.compile(
    r"\b((?:inner|outer)HTML(?=\s*\+?=(?!=))|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|eval(?=\s*\()|new\s+Function)"
)
# Safari below 16.4 ignores the button and sends the form without it; requestSubmit came with Safari 16.
MISREAD_SCRIPT = re.compile(r"(new\s+FormData(?=\s*\((?:[^(),]|\([^()]*\))*,)|\.requestSubmit(?=\s*\())")
# Safari below 26.2 reads the line alone: it drops the declaration, and with var() in it it takes the line away.
MISREAD_SHEET = re.compile(r"(?<![\w-])(text-decoration\s*:\s*([^;}]*))")
LINES = {"none", "underline", "overline", "line-through", "inherit", "initial", "unset", "revert"}
HAS_IN_PRELUDE = re.compile(r"(?:^|(?<=[{};]))\s*([^{};@\s][^{};@]*:has\([^{};]*)\{", re.MULTILINE)
TOP_LEVEL_COMMA = re.compile(r",(?![^(]*\))")
SHEET_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class Page(HTMLParser):
    """Collects (line, complaint) while it reads one template."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "style":
            self.complain("<style> element; put it into the stylesheet")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_BLOCKS:
            self.complain("inline script; put it into a file")
        for name, value in values.items():
            self.judge(tag, name, value.strip().lower())

    def judge(self, tag: str, name: str, value: str) -> None:
        if name == "style":
            self.complain("style attribute; use a class")
        elif name.startswith("on") and name[2:].isalpha():
            self.complain(f"{name} attribute; listen in a script file")
        elif name in ADDRESSES and value.startswith("javascript:"):
            self.complain(f"javascript: address in {name}")
        elif name in ADDRESSES and tag in LOADED_FROM and re.match(r"(https?:)?//", value):
            self.complain(f"{tag} loaded from another host")

    def complain(self, text: str) -> None:
        self.complaints.append((self.getpos()[0], text))


def template_complaints(source: str) -> list[tuple[int, str]]:
    """Template code is replaced by spaces, line ends kept: the rest parses as HTML with the right line numbers."""
    page = Page()
    page.feed(TEMPLATE_CODE.sub(blank, source))
    page.close()
    lines = enumerate(source.splitlines(), start=1)
    long = [number for number, line in lines if length_without_texts(line) > LONGEST_LINE]
    return [
        *page.complaints,
        *((number, "a long line; break it beside a tag") for number in long),
        *zone_complaints(source),
    ]


def zone_complaints(source: str) -> list[tuple[int, str]]:
    """Return (line, complaint) for each time that is shown in UTC without saying so."""
    if SETS_THE_ZONE.search(source):
        return []
    text = IN_A_ZONE.sub(lambda block: "\n" * block[0].count("\n"), source)
    return [
        (number, f"{match[1]}; say it in the event's zone, as by |moment:event")
        for number, line in enumerate(text.splitlines(), start=1)
        if "UTC" not in line
        for match in IN_NO_ZONE.finditer(line)
    ]


def length_without_texts(line: str) -> int:
    """Return how long a template's line is without its sentences, which are never broken, and without addresses."""
    without = SENTENCE.sub("", line)
    if (
        without != line
    ):  # conditions between sentences belong to them: a break there would be a space on the page
        return len(TEMPLATE_CODE.sub("", without))
    return len(TEMPLATE_CODE.sub(lambda code: STRING.sub("", code[0]), URL_TAG.sub("", line)))


def blank(code: re.Match[str]) -> str:
    return ("x" if code[0].startswith("{{") else " ") + "\n" * code[0].count("\n")


def script_complaints(source: str) -> list[tuple[int, str]]:
    complaints = []
    for number, line in enumerate(source.splitlines(), start=1):
        if line.lstrip().startswith(("//", "*", "/*")):
            continue
        if match := FORBIDDEN_IN_SCRIPTS.search(line):
            complaints.append((number, f"{match[1]}; build nodes and set textContent"))
        if match := MISREAD_SCRIPT.search(line):
            complaints.append((number, f"{match[1]}; use bodyOf or press of forms.js"))
    return complaints


def sheet_complaints(source: str) -> list[tuple[int, str]]:
    """Return (line, complaint) for each declaration or rule that older browsers drop or misread."""
    text = SHEET_COMMENT.sub(blank, source)
    complaints = [
        (match, f"{match[1].strip()}; use longhands for colour and thickness")
        for match in MISREAD_SHEET.finditer(text)
        if not set(match[2].replace("!important", "").split()) <= LINES
    ]
    complaints += [
        (match, f"{match[1].strip()}; give the selectors with :has a rule of their own")
        for match in HAS_IN_PRELUDE.finditer(text)
        if not all(":has(" in selector for selector in TOP_LEVEL_COMMA.split(match[1]))
    ]
    return [(text.count("\n", 0, match.start(1)) + 1, complaint) for match, complaint in complaints]


def complaints() -> list[str]:
    rules = [
        (path, template_complaints)
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".svg"}
    ]
    rules += [(path, script_complaints) for path in sorted(SCRIPTS.rglob("*.js"))]
    rules += [(path, sheet_complaints) for folder in SHEETS for path in sorted(folder.rglob("*.css"))]
    return [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path, judge in rules
        for line, text in judge(path.read_text(encoding="utf-8"))
    ]


def main() -> int:
    found = complaints()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0
