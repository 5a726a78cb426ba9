import struct
import zlib

import pytest

from tools.palette import SIGNATURE, chunk, read_chunks, reduce_colours

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
PICTURE = [[RED, GREEN, BLUE], [WHITE, RED, RED], [BLUE, BLUE, GREEN], [GREEN, WHITE, RED], [RED, RED, BLUE]]


def written(ways: list[int], *, depth: int = 8) -> bytes:
    """The picture as a PNG, each row written in one of the five ways that the format has."""
    rows = [bytes(value for pixel in row for value in pixel) for row in PICTURE]
    raw = b"".join(
        bytes([way]) + difference(way, row, above)
        for way, row, above in zip(ways, rows, [bytes(9), *rows], strict=False)
    )
    header = struct.pack(">IIBBBBB", 3, len(rows), depth, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def difference(way: int, row: bytes, above: bytes) -> bytes:
    left, corner = bytes(3) + row[:-3], bytes(3) + above[:-3]
    told = {
        0: bytes(9),
        1: left,
        2: above,
        3: bytes((a + b) // 2 for a, b in zip(left, above, strict=True)),
        4: bytes(
            min((a, b, c), key=lambda value: abs(a + b - c - value))
            for a, b, c in zip(left, above, corner, strict=True)
        ),
    }[way]
    return bytes((value - guess) & 255 for value, guess in zip(row, told, strict=True))


def colours_of(png: bytes) -> list[list[tuple[int, ...]]]:
    parts = dict(read_chunks(png))
    palette, raw = parts[b"PLTE"], zlib.decompress(parts[b"IDAT"])
    rows = [raw[at + 1 : at + 4] for at in range(0, len(raw), 4)]
    return [[tuple(palette[3 * place : 3 * place + 3]) for place in row] for row in rows]


@pytest.mark.parametrize("ways", [[0, 0, 0, 0, 0], [1, 2, 3, 4, 0], [4, 3, 2, 1, 4]])
def test_picture_with_a_palette_shows_the_same(ways: list[int]):
    assert colours_of(reduce_colours(written(ways))) == PICTURE


def test_picture_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="not a plain screenshot"):
        reduce_colours(written([0, 0, 0, 0, 0], depth=16))
