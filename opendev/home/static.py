"""Static files under names with their content's hash, so that browsers may keep them for ever."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import brotli
from django.core.files.base import ContentFile
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from opendev.home import bundles

FLAT_SHEET = "companion/flat.css"
LAYER_ORDER = re.compile(r"@layer\s+([\w\s,-]+);")
LAYER = re.compile(r"@layer\s+([\w-]+)\s*\{")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


BEST_BROTLI, QUICK_BROTLI = 11, 5
LARGE = 128 * 1024  # bytes: only the API documentation's files, which would take a minute at the best level


class QuickCompressor(Compressor):
    """Compresses what phones load as well as Brotli can, and large files quickly."""

    @staticmethod
    @cache  # each file is collected twice, with and without its hash in the name
    def compress_brotli(data: bytes) -> bytes:
        """Return the file in its Brotli form."""
        return brotli.compress(data, quality=BEST_BROTLI if len(data) <= LARGE else QUICK_BROTLI)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between script modules, and makes one style sheet without layers.

    Browsers before Safari 15.4, Firefox 97 and Chrome 99 drop everything inside `@layer`.
    They get FLAT_SHEET from gate.js.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            sheets = [self.read_text(name) for name in bundles.all_sheets() if name in paths]
            self.delete(FLAT_SHEET)
            self.save(FLAT_SHEET, ContentFile(without_layers(sheets)))
            paths[FLAT_SHEET] = (self, FLAT_SHEET)
        yield from super().post_process(paths, dry_run, **options)

    def create_compressor(self, **options: Any) -> Compressor:
        """Return the compressor of the collected files."""
        return QuickCompressor(**options)

    def read_text(self, name: str) -> str:
        """Return the text of a file that has been collected."""
        with self.open(name) as file:
            return str(file.read().decode())


def without_layers(sheets: Sequence[str]) -> str:
    """Return one sheet with the rules of `sheets` in the order of their layers, and those outside of any layer last.

    Between layers the order decides rather than the selectors' specificity, which a sheet without layers cannot
    express: a few rules win that should not. It is meant for browsers that would have no style at all.
    """
    texts = [COMMENT.sub("", sheet) for sheet in sheets]
    order = LAYER_ORDER.search("\n".join(texts))
    names = [name.strip() for name in order[1].split(",")] if order else []
    rules: dict[str, list[str]] = {name: [] for name in [*names, ""]}
    for text in texts:
        for name, content in layers_of(LAYER_ORDER.sub("", text)):
            rules[name].append(content)
    return "\n".join(content for name in rules for content in rules[name] if content)


def layers_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (layer, rules) for each `@layer` block, and ("", rules) for those between them. No comments in `text`."""
    place = 0
    while match := LAYER.search(text, place):
        yield "", text[place : match.start()].strip()
        end = end_of_block(text, match.end())
        yield match[1], text[match.end() : end].strip()
        place = end + 1
    yield "", text[place:].strip()


def end_of_block(text: str, start: int) -> int:
    """Return the index of the `}` that ends the block whose content begins at `start`. Strings may contain braces."""
    depth = 1
    for match in re.finditer(r"\"[^\"]*\"|'[^']*'|[{}]", text[start:]):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return start + match.start()
    raise ValueError("a layer of a style sheet does not end")
