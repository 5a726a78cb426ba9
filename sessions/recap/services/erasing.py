"""Erasing words from a recap: from its draft, edits and published versions."""

import re
from collections.abc import Collection
from typing import Any

from django.db import transaction

from opendev.core.text import ERASED
from sessions.recap.models import RecapDraft, RecapEdit, RecapVersion


@transaction.atomic
def erase_words(*, event_id: int, about: str, words: Collection[str]) -> int:
    """Overwrite somebody's words where the recap quotes them; return the number of rows that contained them.

    Only the paragraphs about one subject are searched, so that the same words elsewhere stay. An editor's
    rewording is the editor's own.

    Args:
        about: the end of the paragraphs' keys, such as `poll/12`.
        words: texts as they were written.
    """
    search, count = _search_for(words), 0
    drafts, versions = RecapDraft.objects.filter(event=event_id), RecapVersion.objects.filter(event=event_id)
    rows: list[RecapDraft | RecapVersion] = [*drafts.select_for_update(), *versions.select_for_update()]
    for row in rows:
        paragraphs = [
            _without(part, search) if _is_about(part["key"], about) else part for part in row.paragraphs
        ]
        if paragraphs != row.paragraphs:
            row.paragraphs = paragraphs
            row.save(update_fields=["paragraphs"])
            count += 1
    for edit in RecapEdit.objects.filter(event=event_id, key__endswith=f"/{about}").select_for_update():
        base, text = _without(edit.base, search), _without(edit.text, search)
        if (base, text) != (edit.base, edit.text):
            RecapEdit.objects.filter(pk=edit.pk).update(base=base, text=text)
            count += 1
    return count


def _is_about(key: str, about: str) -> bool:
    return key.endswith(f"/{about}")


def _search_for(words: Collection[str]) -> re.Pattern[str]:
    """Return a pattern for the words, the longest first, that matches no part of other words."""
    texts = "|".join(re.escape(text) for text in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{texts})(?!\w)")


def _without(value: Any, search: re.Pattern[str]) -> Any:
    """Return JSON with the words overwritten in all its strings, but not in its keys."""
    if isinstance(value, str):
        return search.sub(ERASED, value)
    if isinstance(value, list):
        return [_without(part, search) for part in value]
    if isinstance(value, dict):
        return {name: part if name == "key" else _without(part, search) for name, part in value.items()}
    return value
