"""The demo's files: each text in English and, next to it, with the language before the extension, in the others."""

from pathlib import Path

from django.conf import settings

from opendev.core.languages import codes

FOLDER = Path(__file__).parent


def demo_languages() -> tuple[str, ...]:
    """Return the codes of the languages that the demo event can be loaded in, the default first."""
    usual = str(settings.LANGUAGE_CODE)
    others = {path.name.split(".")[1] for path in FOLDER.glob("containers_in_production.*.json")}
    return (usual, *(code for code in codes() if code in others))


def text_of(name: str, language: str) -> str:
    """Return a file's text in a language of the demo; in English if the event's language was changed to another one.

    Args:
        name: of the English file, such as "notes.txt".
    """
    path, others = FOLDER / name, demo_languages()[1:]
    return (path.with_suffix(f".{language}{path.suffix}") if language in others else path).read_text("utf-8")
