"""The page on which a run sheet is imported and exported."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.encodings import text_of
from opendev.core.errors import DomainError, NotFound, NotSignedIn
from opendev.core.uploads import LARGEST_UPLOAD, takes_uploads
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.poll_files.portable import CONTENT_TYPES, ENDINGS, FORMS
from opendev.room.poll_files.reading import FILE, PollFile, ReadRow, is_workbook
from opendev.room.sheet_files.acts import export_run_sheet, import_run_sheet, planned_items
from opendev.room.sheet_files.portable import WORDS, Kind, item_line
from opendev.room.sheet_files.reading import ItemsRefused, ReadItem, read_sheet_file, read_sheet_text
from polls.kinds import escape, kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sheet_files(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Preview a file or a pasted text, and add it to the run sheet."""
    try:
        here, caller = enter(request, event, session)
    except NotSignedIn:
        if request.method == "POST":
            raise
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return _show(request, here)
    content, file = request.POST.get("content", ""), None
    try:
        file, content = _read(request)
        if request.POST.get("do") == "add":
            import_run_sheet(session_id=here.pk, caller=caller, file=file, now=timezone.now())
            return redirect(here.address("control-run-sheet"))
    except DomainError as refusal:
        return _show(request, here, content=content, file=file, refused=refusal)
    return _show(request, here, content=content, file=file)


def _read(request: HttpRequest) -> tuple[PollFile, str]:
    """Return the sent file or text, and the text that stays in the page's box to go on; see poll_files/pages.py.

    Raises:
        WrongRunSheetFile
    """
    upload = request.FILES.get(FILE)
    if upload is None:
        text = request.POST.get("content", "")
        return read_sheet_text(text), text
    content = upload.read(LARGEST_UPLOAD)
    file = read_sheet_file(content)
    return file, _lines_of(file) if is_workbook(content) else text_of(content)[0]


def _lines_of(file: PollFile) -> str:
    """Return the rows as lines; an unreadable one becomes a poll without options, which cannot be read either."""
    return "".join(f"{_line_of(row)}\n" for row in file.rows)


def _line_of(row: ReadRow) -> str:
    if isinstance(row, ReadItem) and row.item:
        return item_line(row.item)
    return f"{WORDS[Kind.POLL]}: {escape(row.title or '?')}"


def _show(
    request: HttpRequest,
    session: Session,
    *,
    content: str = "",
    file: PollFile | None = None,
    refused: DomainError | None = None,
) -> HttpResponse:
    """Return the page: the parsed rows, and the session's exports."""
    known = {poll.question.casefold() for poll in latest_rounds(session.pk)}
    is_about_rows = isinstance(refused, ItemsRefused)
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "content": content,
        "file": file,
        "rows": [_preview(row, known) for row in (file.rows if file else [])],
        "content_error": refused.message if refused and not is_about_rows else "",
        "error_code": refused.code if refused else "",
        "items": len(planned_items(session.pk)),
        "forms": _forms(),
    }
    response = render(request, "room/sheet_files.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


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


def _forms() -> list[tuple[str, str]]:
    texts = (_("Text, one item per line"), _("CSV, for a spreadsheet"), _("JSON, for programs"))
    return list(zip(FORMS, texts, strict=True))


@require_safe
@never_cache
def sheet_file(request: HttpRequest, event: str, session: str, form: str) -> HttpResponse:
    """The session's run sheet as a file."""
    here, caller = enter(request, event, session)
    if form not in FORMS:
        raise NotFound
    content = export_run_sheet(session=here, caller=caller, form=form)
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    name = f"{here.slug}-run-sheet.{ENDINGS[form]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
