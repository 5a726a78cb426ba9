"""The bare application's responses to phones: as many bytes as ours at best, in the fewest requests, without rendering.

Two pages, a style sheet, a font, two scripts, the join, and a snapshot.
"""

SOCKET = "/ws/door/"
ROOM = "/room/"
PAGE_BYTES, SHEET_BYTES, FONT_BYTES, FIRST_SCRIPT_BYTES = 5_000, 12_000, 12_500, 1_000
SCRIPT_BYTES, ROOM_BYTES, SNAPSHOT_BYTES = 13_500, 10_000, 1_600
HEAD = (
    '<link rel="preload" href="/font.woff2" as="font"><link rel="stylesheet" href="/sheet.css">'
    '<script type="module" src="/first.js"></script><link rel="modulepreload" href="/room.js">'
)
Headers = list[tuple[bytes, bytes]]


def _text(content: str, length: int) -> bytes:
    return content.ljust(length).encode()


PAGES = {
    "/j/000000/": ("text/html", _text(f'{HEAD}<form method="post">', PAGE_BYTES)),
    ROOM: ("text/html", _text(f'{HEAD}<body data-socket="{SOCKET}">', ROOM_BYTES)),
    "/sheet.css": ("text/css", _text("", SHEET_BYTES)),
    "/font.woff2": ("font/woff2", _text("", FONT_BYTES)),
    "/first.js": ("text/javascript", _text("", FIRST_SCRIPT_BYTES)),
    "/room.js": ("text/javascript", _text("", SCRIPT_BYTES)),
    "/healthz": ("text/plain", b"ok"),
}
SNAPSHOT = '{"type":"snapshot"}'.ljust(SNAPSHOT_BYTES)
JOINED: Headers = [
    (b"location", ROOM.encode()),
    (b"set-cookie", b"pass=0123456789abcdef0123456789abcdef; Path=/; HttpOnly; SameSite=Lax"),
    (b"content-length", b"0"),
]
ANSWERS: dict[str, tuple[int, Headers, bytes]] = {
    path: (
        200,
        [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())],
        body,
    )
    for path, (kind, body) in PAGES.items()
}
MISSING: tuple[int, Headers, bytes] = (404, [(b"content-length", b"0")], b"")


def answer(method: str, path: str) -> tuple[int, Headers, bytes]:
    """Return status, headers and body."""
    return (303, JOINED, b"") if method == "POST" else ANSWERS.get(path, MISSING)
