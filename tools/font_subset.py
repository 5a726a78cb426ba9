"""Makes the fonts of pages from the complete one: `python -m tools.font_subset`. English needs the first, others both.

Run it by hand, with fontTools and brotli installed, when the font or the characters change; commit the result.
More than half of the whole file is kerning, since each pair varies with the weight. Here a pair has one value, to the
nearest 1/128 of the font's size: rounded values repeat, so they compress. No page is bolder than HEAVIEST.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parent.parent / "opendev" / "static" / "companion" / "fonts"
WHOLE, ENGLISH = FONTS / "schibsted-latin.woff2", FONTS / "schibsted-english.woff2"
WESTERN = FONTS / "schibsted-western.woff2"
# companion.css has the same as a unicode-range, and that of the rest.
CHARACTERS = [*range(0x20, 0x7F), 0xA0, 0xB7, 0xD7, 0x2013, 0x2014]
CHARACTERS += [0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2032, 0x2212]
FEATURES = ["kern", "ccmp", "mark", "mkmk", "tnum"]
PAIRS = 2  # the type of a lookup of pairs
VARYING = ("XPlaDevice", "YPlaDevice", "XAdvDevice", "YAdvDevice")
LIGHTEST, HEAVIEST = 400, 800
STEP = 16  # of 2048 units: an eighth of a pixel at the size of the text
FIXED = 0x0F  # the bits of a value's format that are not variations


def main() -> None:
    """Write both subsets."""
    others = set(TTFont(WHOLE).getBestCmap()) - set(CHARACTERS)
    for path, characters in ((ENGLISH, CHARACTERS), (WESTERN, sorted(others))):
        font = TTFont(WHOLE)
        for lookup in font["GPOS"].table.LookupList.Lookup:
            for table in lookup.SubTable:
                table = getattr(table, "ExtSubTable", table)  # noqa: PLW2901
                if table.LookupType == PAIRS:
                    fix_pairs(table)
        font = instancer.instantiateVariableFont(font, {"wght": (LIGHTEST, HEAVIEST)})
        write_subset(font, characters, path)


def write_subset(font: TTFont, characters: Sequence[int], path: Path) -> None:
    options = subset.Options()
    options.layout_features = (
        FEATURES  # its seven bytes of hinting stay: without them FreeType does its own hinting
    )
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(path)
    print(f"{path.name}: {path.stat().st_size} bytes.")


def fix_pairs(table: Any) -> None:
    """Only leave each pair its rounded value at the default weight."""
    table.ValueFormat1 &= FIXED
    table.ValueFormat2 &= FIXED
    if table.Format == 1:
        records = [record for pairs in table.PairSet for record in pairs.PairValueRecord]
    else:
        records = [record for first in table.Class1Record for record in first.Class2Record]
    for record in records:
        for value in (record.Value1, record.Value2):
            for name in VARYING:
                if value is not None and hasattr(value, name):
                    delattr(value, name)
            if value is not None and hasattr(value, "XAdvance"):
                value.XAdvance = round(value.XAdvance / STEP) * STEP


if __name__ == "__main__":
    main()
