"""Other programs' texts as plain text: one of several languages, HTML without markup, only visible characters."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

# HTML begins with a block or closes an element; a text that merely mentions a <div> stays as it is.
HTML = re.compile(
    r"\A\s*<(?:p|div|ul|ol|h[1-6]|blockquote|table|pre)\b[^<>]*>"
    r"|</(?:p|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|blockquote|code|pre|table|tr|td|th)>|<br ?/?>",
    re.IGNORECASE,
)
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n{3,}")
BLOCKS = {"p", "div", "ul", "ol", "blockquote", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
_PART = "/?:@!$&'()*+,;=~%-._"  # characters that need no escaping in a path, a query or a fragment
_MEANT = f"{_PART}#"
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
SILENT = {"script", "style"}


def shown(text: str) -> str:
    """Return a text without characters that cannot be shown or stored."""
    return UNSEEN.sub("", text)


class _Words(HTMLParser):
    """Collects the text of HTML; paragraphs become lines, and an address follows its link's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag in {"br", "tr", "hr"}:
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "a":
            self.link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in SILENT))
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self.link.startswith(("http://", "https://")):
            if self.link != (self.parts[-1].strip() if self.parts else ""):
                self.parts.append(f" ({self.link})")
            self.link = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def _text_of(value: Any) -> str | None:
    """Return a value's visible text, in English if it has several languages, or None if it is not a text."""
    if value is None:
        return ""
    if isinstance(value, dict):
        texts = [text for text in (value.get("en"), *value.values()) if isinstance(text, str) and text]
        value = texts[0] if texts else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return shown(str(value).replace("\r\n", "\n").replace("\r", "\n"))


def plain(value: Any) -> str | None:
    """Return a value's text, on its own lines, without HTML markup, or None if it is not a text."""
    text = _text_of(value)
    if text is None:
        return None
    if HTML.search(text):
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "\n".join(line.strip() for line in "".join(reader.parts).split("\n"))
    return BLANK_LINES.sub("\n\n", text).strip()


def one_line(value: Any) -> str | None:
    """Return a value's text on one line, including tags, since a title may be about them, or None."""
    text = _text_of(value)
    return None if text is None else " ".join(text.split())


def as_uri(address: str) -> str:
    """Return a web address in the form of RFC 3986: percent-encoded, with an ASCII host."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
    except (UnicodeError, ValueError):
        return quote(address, safe=_MEANT)
    user = f"{quote(parts.netloc.rpartition('@')[0], safe=_PART)}@" if "@" in parts.netloc else ""
    if ":" in host:
        host = f"[{host}]"
    encoded = (
        quote(_PERCENT.sub("%25", part), safe=_PART) for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme.lower(), f"{user}{host}{port}", *encoded))
