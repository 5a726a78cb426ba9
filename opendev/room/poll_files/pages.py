"""The page for importing and exporting polls."""

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
from opendev.core.text import clean_word
from opendev.core.uploads import LARGEST_UPLOAD, takes_uploads
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.poll_files.acts import ALL, DRAFTS, export_polls, import_polls
from opendev.room.poll_files.library import LIBRARY
from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.portable import CONTENT_TYPES, ENDINGS, FORMS
from opendev.room.poll_files.reading import FILE, PollFile, PollsRefused, is_workbook, read_file, read_text
from polls.kinds import escape, kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session

PAGE = "control-poll-files"


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def poll_files(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Preview the polls of a file or a pasted text, and add them as drafts."""
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
            added = import_polls(session_id=here.pk, caller=caller, file=file, now=timezone.now())
            return redirect(here.address("control") + f"?poll={added[0].pk}")
    except DomainError as refusal:
        return _show(request, here, content=content, file=file, refused=refusal)
    return _show(request, here, content=content, file=file)


def _read(request: HttpRequest) -> tuple[PollFile, str]:
    """Return the submitted polls, and the text that stays in the page's box for editing.

    A file's text is put there unchanged, so that its invalid rows can be corrected; a workbook as one poll per line,
    with only the questions of its invalid rows, so that none is silently lost.

    Raises:
        WrongPollFile
    """
    upload = request.FILES.get(FILE)
    if upload is None:
        text = request.POST.get("content", "")
        return read_text(text), text
    content = upload.read(LARGEST_UPLOAD)
    file = read_file(content)
    return file, _lines_of(file) if is_workbook(content) else text_of(content)[0]


def _lines_of(file: PollFile) -> str:
    lines = (write_line(row.draft) if row.draft else escape(row.title or "?") for row in file.rows)
    return "".join(f"{line}\n" for line in lines)


def _show(
    request: HttpRequest,
    session: Session,
    *,
    content: str = "",
    file: PollFile | None = None,
    refused: DomainError | None = None,
) -> HttpResponse:
    """Return the page with the parsed polls and the export."""
    polls = latest_rounds(session.pk)
    known = {poll.question.casefold() for poll in polls}
    rows = [
        {
            "row": row,
            "kind": kind_named(row.draft.kind).label if row.draft else "",
            "minutes": 0,
            "line": write_line(row.draft) if row.draft else "",
            "is_here": bool(row.draft) and row.title.casefold() in known,
        }
        for row in (file.rows if file else [])
    ]
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "content": content,
        "file": file,
        "rows": rows,
        "content_error": refused.message if refused and not isinstance(refused, PollsRefused) else "",
        "error_code": refused.code if refused else "",
        "library": [str(line) for line in LIBRARY],
        "polls": len(polls),
        "drafts": sum(poll.state == poll.State.DRAFT for poll in polls),
        "forms": [(form, ENDINGS[form], label) for form, label in _labels()],
    }
    response = render(request, "room/poll_files.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _labels() -> list[tuple[str, str]]:
    texts = (_("Text, one poll per line"), _("CSV, for a spreadsheet"), _("JSON, for programs"))
    return list(zip(FORMS, texts, strict=True))


@require_safe
@never_cache
def poll_file(request: HttpRequest, event: str, session: str, form: str) -> HttpResponse:
    """The session's polls as a file."""
    here, caller = enter(request, event, session)
    if form not in FORMS:
        raise NotFound
    which = clean_word(request.GET.get("polls", ALL), field="polls", choices=[ALL, DRAFTS])
    content = export_polls(session=here, caller=caller, form=form, drafts_only=which == DRAFTS)
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    name = f"{here.slug}-polls.{ENDINGS[form]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
