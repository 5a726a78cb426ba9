"""Makes a screenshot small: PNG with at most 256 colours, which is enough for flat pages with antialiased text."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
Colour = tuple[int, int, int]
CHANNELS = {2: 3, 6: 4}  # PNG's colour types: RGB, RGB with alpha


def reduce_colours(png: bytes) -> bytes:
    """Return the same picture with a palette. It has to be an 8-bit RGB picture without interlacing."""
    chunks = list(read_chunks(png))
    width, height, depth, kind, _compression, _filter, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in CHANNELS or interlace:
        raise ValueError("That is not a plain screenshot.")
    raw = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = [pixels_of(row, CHANNELS[kind]) for row in unfiltered(raw, width * CHANNELS[kind], CHANNELS[kind])]
    counted = Counter(pixel for row in rows for pixel in row)
    palette = [colour for colour, _count in counted.most_common(COLOURS)]
    places = {colour: nearest(colour, palette) for colour in counted}
    packed = b"".join(b"\0" + bytes(places[pixel] for pixel in row) for row in rows)
    return SIGNATURE + b"".join(
        chunk(name, body)
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", b"".join(bytes(colour) for colour in palette)),
            (b"IDAT", zlib.compress(packed, 9)),
            (b"IEND", b""),
        )
    )


def read_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def unfiltered(raw: bytes, row_length: int, step: int) -> Iterator[bytearray]:
    """Undo PNG's five filters, which store a row as the difference to its neighbours."""
    above = bytearray(row_length)
    for start in range(0, len(raw), row_length + 1):
        way, row = raw[start], bytearray(raw[start + 1 : start + 1 + row_length])
        for at in range(row_length) if way else ():
            left = row[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            row[at] = (row[at] + guess(way, left, above[at], corner)) & 255
        yield row
        above = row


def guess(way: int, left: int, up: int, corner: int) -> int:
    if way == 4:  # Paeth: the neighbour that is closest to where the slope leads
        return min((left, up, corner), key=lambda value: abs(left + up - corner - value))
    return (0, left, up, (left + up) // 2)[way]


def pixels_of(row: bytearray, step: int) -> list[Colour]:
    return list(zip(row[0::step], row[1::step], row[2::step], strict=True))


def nearest(colour: Colour, palette: list[Colour]) -> int:
    return min(
        range(len(palette)),
        key=lambda place: sum((a - b) ** 2 for a, b in zip(colour, palette[place], strict=True)),
    )
