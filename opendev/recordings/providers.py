"""Where a recording can be watched: a link that begins at a second, for any provider; a frame for known ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings

YOUTUBE = {
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
}
VIMEO = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
YOUTUBE_PATH = re.compile(r"/(?:embed|live|shorts|v)/([A-Za-z0-9_-]{11})(?:/|$)")
VIMEO_PATH = re.compile(r"/(?:video/)?(\d{5,12})(?:/([0-9a-f]{6,20}))?/?$")
PEERTUBE_PATH = re.compile(r"/(?:w|videos/watch|videos/embed)/([A-Za-z0-9-]{20,36})/?$")
TIME = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


@dataclass(frozen=True, slots=True)
class Player:
    """A recording at a provider: `frame_at(second)` is None if we know of no frame for it."""

    provider: str
    link_at: Callable[[int], str]
    frame_at: Callable[[int], str] | None = None

    @property
    def frame_origin(self) -> str:
        """The origin that a page has to allow in a frame; "" if there is none."""
        if self.frame_at is None:
            return ""
        parts = urlsplit(self.frame_at(0))
        return f"{parts.scheme}://{parts.netloc}"


def player_of(url: str) -> Player:
    """Return how to watch a recording; for an unknown provider, a link with the standard time fragment."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme == "https":
        for find in (_youtube, _vimeo, _peertube):
            if found := find(host, parts.path, parts.query, parts.netloc):
                return found
    return Player(host, lambda second: _with_fragment(url, f"t={second}" if second else ""))


def start_in(url: str) -> int:
    """Return the second at which a pasted link begins ("t=1m30s", "start=90", "#t=90"); 0 if it has none."""
    parts = urlsplit(url)
    said = dict([*parse_qsl(parts.query), *parse_qsl(parts.fragment)])
    found = TIME.fullmatch(said.get("t") or said.get("start") or "")
    hours, minutes, seconds = (
        int(part[:6]) if part else 0 for part in (found.groups() if found else ("", "", ""))
    )
    return 3600 * hours + 60 * minutes + seconds


def _youtube(host: str, path: str, query: str, _netloc: str) -> Player | None:
    short = path.strip("/") if host == "youtu.be" else ""
    named = dict(parse_qsl(query)).get("v", "") if path == "/watch" else ""
    in_path = YOUTUBE_PATH.match(path)
    pk = short or named or (in_path[1] if in_path else "")
    if host not in YOUTUBE | {"youtu.be"} or not YOUTUBE_ID.fullmatch(pk):
        return None
    return Player(
        "YouTube",
        lambda second: f"https://www.youtube.com/watch?{urlencode({'v': pk, 't': f'{second}s'})}",
        lambda second: f"https://www.youtube-nocookie.com/embed/{pk}?autoplay=1&start={second}",
    )


def _vimeo(host: str, path: str, _query: str, _netloc: str) -> Player | None:
    found = VIMEO_PATH.match(path)
    if host not in VIMEO or not found:
        return None
    pk, key = found.groups()
    page = f"https://vimeo.com/{pk}" + (f"/{key}" if key else "")
    wanted = {"autoplay": "1", "dnt": "1", **({"h": key} if key else {})}
    return Player(
        "Vimeo",
        lambda second: f"{page}#t={second}s",
        lambda second: f"https://player.vimeo.com/video/{pk}?{urlencode(wanted)}#t={second}s",
    )


def _peertube(_host: str, path: str, _query: str, netloc: str) -> Player | None:
    found = PEERTUBE_PATH.match(path)
    if not found or "@" in netloc:
        return None
    pk = found[1]
    # Any site can have such an address: only hosts that the operator names are embedded in our pages.
    may_be_framed = netloc.lower() in settings.PEERTUBE_HOSTS
    return Player(
        "PeerTube",
        lambda second: f"https://{netloc}/w/{pk}?start={second}s",
        (lambda second: f"https://{netloc}/videos/embed/{pk}?autoplay=1&start={second}s")
        if may_be_framed
        else None,
    )


def _with_fragment(url: str, fragment: str) -> str:
    return urlunsplit(urlsplit(url)._replace(fragment=fragment)) if fragment else url
