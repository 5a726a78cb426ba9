"""Extracts the texts to translate from the sources, in pure Python: GNU gettext is not needed.

Modules are read as syntax trees, so a sentence inside an f-string is found too, and a concatenated one, which cannot
be in a catalogue, is an error. Templates are read as Django's own tokens, after the product's loader.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

from opendev.core.templates import without_indents

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("opendev", "sessions", "polls", "etherpad_links")
TEMPLATES = ROOT / "opendev" / "templates"
# How many of the arguments are texts, and whether the first of them is a context.
FUNCTIONS = {
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (2, True),
    "pgettext_lazy": (2, True),
    "npgettext": (3, True),
    "npgettext_lazy": (3, True),
    "Counted": (2, False),  # opendev.core.languages
}
TRANSLATION = "django.utils.translation", "opendev.core.languages"
COMMENT = re.compile(r"#\s*(Translators:.*?)\s*(?:#})?$")
CONSTANT = re.compile(r"""(?<![\w.])_\((?:"([^"]*)"|'([^']*)')\)""")
BLOCK = ("blocktranslate", "blocktrans")
INLINE = ("translate", "trans")
NAMES = {"verbose_name", "verbose_name_plural"}
COUNTED = "counted"  # {% counted "key" "singular" "plural" %}


@dataclass(frozen=True, slots=True)
class Source:
    """A text to translate: its plural, if it has one, its file, and its author's comment."""

    text: str
    plural: str
    context: str
    path: str
    line: int | None
    comment: str = ""


class NotATextError(Exception):
    """A source marks something for translation that cannot be in a catalogue."""

    def __init__(self, path: str, line: int | None, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")


def all_sources() -> list[Source]:
    """Return every text of the product, by file and line.

    Raises:
        NotATextError
    """
    sources: list[Source] = []
    for package in MODULES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                sources += texts_of_module(path.read_text(encoding="utf-8"), _name(path))
    for path in sorted(TEMPLATES.rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            sources += texts_of_template(path.read_text(encoding="utf-8"), _name(path))
    return sources


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts_of_module(source: str, path: str) -> Iterator[Source]:
    """Yield the texts of a module, in their order.

    Raises:
        NotATextError
    """
    tree = ast.parse(source)
    functions = _functions_in(tree)
    lines = source.splitlines()
    unseen = set(map(id, _names_for_the_administration(tree)))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in unseen)
    calls = [node for node in nodes if isinstance(node.func, ast.Name)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        known = functions.get(call.func.id)  # type: ignore[attr-defined]
        if known is None:
            continue
        number, has_context = known
        texts = [_text_of(argument, path) for argument in call.args[:number]]
        if not texts or None in texts:
            continue
        context = texts.pop(0) if has_context else ""
        plural = texts[1] if len(texts) > 1 else ""
        yield Source(
            str(texts[0]), plural or "", context or "", path, call.lineno, _comment(lines, call.lineno)
        )


def _names_for_the_administration(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the names of models and their fields: only Django's administration shows them, in English."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            is_field = isinstance(node.func, ast.Attribute) and node.func.attr.endswith(
                ("Field", "ForeignKey")
            )
            if is_field and node.args:
                yield node.args[0]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "verbose_name")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield from [node.value] if node.targets[0].id in NAMES else []


def _functions_in(tree: ast.Module) -> dict[str, tuple[int, bool]]:
    """Return a module's names for the translating functions."""
    names: dict[str, tuple[int, bool]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in TRANSLATION:
            names |= {
                alias.asname or alias.name: FUNCTIONS[alias.name]
                for alias in node.names
                if alias.name in FUNCTIONS
            }
    return names


def _text_of(node: ast.expr, path: str) -> str | None:
    """Return a literal text; None for a name, whose text is marked elsewhere (`gettext_noop`)."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotATextError(
            path, node.lineno, 'put values in after translating: _("… %(name)s") % {"name": …}'
        )
    return None


def _comment(lines: list[str], number: int) -> str:
    """Return the comment for translators in the line before."""
    match = COMMENT.search(lines[number - 2].strip()) if number > 1 else None
    return match[1] if match else ""


def texts_of_template(source: str, path: str) -> Iterator[Source]:
    """Yield the texts of a template as Django looks them up when it is rendered.

    Raises:
        NotATextError
    """
    tokens = Lexer(without_indents(source.removesuffix("\n"))).tokenize()
    comment, place = "", 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.token_type == TokenType.COMMENT:
            comment = token.contents if token.contents.startswith("Translators:") else ""
            continue
        words = list(smart_split(token.contents)) if token.token_type == TokenType.BLOCK else []
        if words and words[0] in BLOCK:
            inside, place = _inside_of(tokens, place, path)
            yield _block(words, inside, path, token.lineno, comment)
        elif words and words[0] in INLINE:
            if (text := _quoted(words[1])) is not None:
                context = _quoted(words[words.index("context") + 1]) if "context" in words else ""
                yield Source(_doubled(text), "", context or "", path, token.lineno, comment)
        elif words and words[0] == COUNTED:
            yield Source(words[2].strip('"'), words[3].strip('"'), "", path, token.lineno, comment)
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for double, single in CONSTANT.findall(token.contents):
                yield Source(_doubled(double or single), "", "", path, token.lineno, comment)
            comment = ""


def _doubled(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str | None:
    """Return the quoted text at the start of a tag's argument; None for a name."""
    quote = word[:1]
    end = word.find(quote, 1)
    return word[1:end] if quote in {'"', "'"} and end > 0 else None


def _inside_of(tokens: list[Token], place: int, path: str) -> tuple[list[list[Token]], int]:
    """Return the tokens of a block's one or two texts, and the place after its end."""
    parts: list[list[Token]] = [[]]
    for number in range(place, len(tokens)):
        token = tokens[number]
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if name.startswith("endblocktrans"):
            return parts, number + 1
        if name == "plural":
            parts.append([])
        elif name:
            raise NotATextError(path, token.lineno, "no tag inside blocktranslate")
        else:
            parts[-1].append(token)
    raise NotATextError(path, tokens[place - 1].lineno, "blocktranslate has no end")


def _block(words: list[str], parts: list[list[Token]], path: str, line: int | None, comment: str) -> Source:
    texts = [_rendered(part, path) for part in parts]
    if "trimmed" in words:
        texts = [trim_whitespace(text) for text in texts]
    context = _quoted(words[words.index("context") + 1]) if "context" in words else ""
    return Source(texts[0], texts[1] if len(texts) > 1 else "", context or "", path, line, comment)


def _rendered(tokens: list[Token], path: str) -> str:
    """Return a block's text with its variables as placeholders, as BlockTranslateNode does."""
    text = ""
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            text += _doubled(token.contents)
        elif token.token_type == TokenType.VAR:
            if not token.contents.isidentifier():
                raise NotATextError(path, token.lineno, "name it: {% blocktranslate with name=… %}")
            text += f"%({token.contents})s"
    return text
