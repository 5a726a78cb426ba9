"""The page on which a run sheet is imported and exported."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.uploads import takes_uploads
from opendev.room.control import enter
from opendev.room.poll_files.portable import FORMS
from opendev.room.poll_files.preview import FilesPage, as_download
from opendev.room.poll_files.reading import PollFile, ReadRow
from opendev.room.sheet_files.acts import export_run_sheet, import_run_sheet, planned_items
from opendev.room.sheet_files.portable import WORDS, Kind, item_line
from opendev.room.sheet_files.reading import ItemsRefused, ReadItem, read_sheet_file, read_sheet_text
from polls.kinds import escape, kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session


class SheetFilesPage(FilesPage):
    """Items are added at the end of the run sheet."""

    template, prefix, refused = "room/sheet_files.html", "sheet", ItemsRefused

    def read_text(self, text: str) -> PollFile:
        """Read items."""
        return read_sheet_text(text)

    def read_file(self, content: bytes) -> PollFile:
        """Read items."""
        return read_sheet_file(content)

    def lines_of(self, file: PollFile) -> str:
        """Return one item per line; an invalid row becomes a poll without options, which is invalid too."""
        return "".join(f"{_line_of(row)}\n" for row in file.rows)

    def add(self, session: Session, caller: Caller, file: PollFile) -> str:
        """Add items, and lead to the run sheet."""
        import_run_sheet(session_id=session.pk, caller=caller, file=file, now=timezone.now())
        return session.address("control-run-sheet")

    def shown(self, session: Session, file: PollFile | None) -> Mapping[str, Any]:
        """Return the parsed items, and the export."""
        known = {poll.question.casefold() for poll in latest_rounds(session.pk)}
        texts = (_("Text, one item per line"), _("CSV, for a spreadsheet"), _("JSON, for programs"))
        return {
            "title": _("Import and export the run sheet"),
            "rows": [_preview(row, known) for row in (file.rows if file else [])],
            "held": len(planned_items(session.pk)),
            "forms": list(zip(FORMS, texts, strict=True)),
        }


def _line_of(row: ReadRow) -> str:
    if isinstance(row, ReadItem) and row.item:
        return item_line(row.item)
    return f"{WORDS[Kind.POLL]}: {escape(row.title or '?')}"


def _preview(row: ReadRow, known: set[str]) -> dict[str, Any]:
    """Return a row in the page's form. Polls whose question the session already has are marked."""
    entry: dict[str, Any] = {"row": row, "kind": "", "minutes": 0, "line": "", "is_here": False}
    item = row.item if isinstance(row, ReadItem) else None
    if item is None:
        return entry
    label = str(Kind(item.kind).label)
    entry |= {"line": item_line(item), "minutes": item.minutes, "kind": label}
    if item.poll is not None:
        kind = kind_named(item.poll.kind).label
        entry |= {"kind": f"{label}, {kind}", "is_here": item.text.casefold() in known}
    return entry


page = SheetFilesPage()


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sheet_files(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Preview a file or a pasted text, and add it to the run sheet."""
    return page.answer(request, event, session)


@require_safe
@never_cache
def sheet_file(request: HttpRequest, event: str, session: str, form: str) -> HttpResponse:
    """The session's run sheet as a file."""
    here, caller = enter(request, event, session)
    if form not in FORMS:
        raise NotFound
    content = export_run_sheet(session=here, caller=caller, form=form)
    return as_download(content, form, name=f"{here.slug}-run-sheet")
