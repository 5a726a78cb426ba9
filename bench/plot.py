"""The plot in docs/: how long a vote waits for its acknowledgement, by the size of the room. It writes SVG itself."""

from collections.abc import Iterator
from html import escape
from typing import Any

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 64, 56
COLOURS = {"SQLite": "#1f6feb", "PostgreSQL": "#b35900"}
DASHES = {"ack_p50_ms": "2 4", "ack_p95_ms": "", "ack_p99_ms": "7 4"}
WORDS = {"ack_p50_ms": "p50", "ack_p95_ms": "p95", "ack_p99_ms": "p99"}
STEPS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)


def svg(found: dict[str, Any], machine: str) -> str:
    """Return the picture."""
    rooms = {"SQLite": found["room"], "PostgreSQL": found.get("postgres", {}).get("room", {})}
    sizes = sorted({int(people) for one in rooms.values() for people in one})
    highest = max(one[str(n)]["ack_p99_ms"].high for one in rooms.values() for n in sizes if str(n) in one)
    top = next((step for step in STEPS if step >= highest), highest)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        "<title>How long a vote waits for its acknowledgement, by the size of the room</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 24, "All vote within five seconds: wait for the acknowledgement, ms", weight="bold"),
        _text(LEFT, HEIGHT - 10, machine, fill="#57606a", size=11),
        *_axes(sizes, top),
    ]
    for place, (name, one) in enumerate(rooms.items()):
        if one:
            parts += _lines(name, one, sizes, top)
            parts += _legend(name, LEFT + 300 * place)
    return "\n".join([*parts, "</svg>", ""])


def _x(people: int, sizes: list[int]) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * people / max(sizes)


def _y(ms: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ms / top


def _axes(sizes: list[int], top: float) -> Iterator[str]:
    for ms in (0, top / 4, top / 2, 3 * top / 4, top):
        y = _y(ms, top)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d0d7de"/>'
        yield _text(LEFT - 8, y + 4, f"{ms:g}", anchor="end")
    for people in sizes:
        if people != 600:  # next to 500 there is no space for it
            yield _text(_x(people, sizes), HEIGHT - BOTTOM + 20, f"{people:,}", anchor="middle")


def _lines(name: str, rooms: dict[str, Any], sizes: list[int], top: float) -> Iterator[str]:
    for percentile, dash in DASHES.items():
        points = [(n, rooms[str(n)][percentile]) for n in sizes if str(n) in rooms]
        path = " ".join(f"{_x(n, sizes):.1f},{_y(one.median, top):.1f}" for n, one in points)
        yield (
            f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
        )
        if not dash:
            for n, one in points:
                x, low, high = _x(n, sizes), _y(one.low, top), _y(one.high, top)
                yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{COLOURS[name]}" stroke-width="1.5"/>'


def _legend(name: str, x: float) -> Iterator[str]:
    yield _text(x, 46, name, fill=COLOURS[name], weight="bold")
    for place, (percentile, dash) in enumerate(DASHES.items()):
        left = x + 90 + 62 * place
        yield (
            f'<path d="M{left} 42h24" stroke="{COLOURS[name]}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        yield _text(left + 28, 46, WORDS[percentile])


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    fill: str = "#1f2328",
    weight: str = "normal",
    size: int = 13,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}"'
        f' font-size="{size}">{escape(words)}</text>'
    )
