"""The page for importing and exporting polls."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.text import clean_word
from opendev.core.uploads import takes_uploads
from opendev.room.control import enter
from opendev.room.poll_files.acts import ALL, DRAFTS, export_polls, import_polls
from opendev.room.poll_files.library import LIBRARY
from opendev.room.poll_files.lines import write_line
from opendev.room.poll_files.portable import FORMS
from opendev.room.poll_files.preview import FilesPage, as_download
from opendev.room.poll_files.reading import PollFile, PollsRefused, read_file, read_text
from polls.kinds import escape, kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session

PAGE = "control-poll-files"


class PollFilesPage(FilesPage):
    """Polls become drafts."""

    template, prefix, refused = "room/poll_files.html", "poll", PollsRefused

    def read_text(self, text: str) -> PollFile:
        """Read polls."""
        return read_text(text)

    def read_file(self, content: bytes) -> PollFile:
        """Read polls."""
        return read_file(content)

    def lines_of(self, file: PollFile) -> str:
        """Return one poll per line; an invalid row only has its question."""
        lines = (write_line(row.draft) if row.draft else escape(row.title or "?") for row in file.rows)
        return "".join(f"{line}\n" for line in lines)

    def add(self, session: Session, caller: Caller, file: PollFile) -> str:
        """Add drafts, and lead to the first of them."""
        added = import_polls(session_id=session.pk, caller=caller, file=file, now=timezone.now())
        return session.address("control") + f"?poll={added[0].pk}"

    def shown(self, session: Session, file: PollFile | None) -> Mapping[str, Any]:
        """Return the parsed polls, the library and the export."""
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
        texts = (_("Text, one poll per line"), _("CSV, for a spreadsheet"), _("JSON, for programs"))
        return {
            "title": _("Import and export polls"),
            "rows": rows,
            "library": [str(line) for line in LIBRARY],
            "held": len(polls),
            "drafts": sum(poll.state == poll.State.DRAFT for poll in polls),
            "forms": list(zip(FORMS, texts, strict=True)),
        }


page = PollFilesPage()


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def poll_files(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Preview the polls of a file or a pasted text, and add them as drafts."""
    return page.answer(request, event, session)


@require_safe
@never_cache
def poll_file(request: HttpRequest, event: str, session: str, form: str) -> HttpResponse:
    """The session's polls as a file."""
    here, caller = enter(request, event, session)
    if form not in FORMS:
        raise NotFound
    which = clean_word(request.GET.get("polls", ALL), field="polls", choices=[ALL, DRAFTS])
    content = export_polls(session=here, caller=caller, form=form, drafts_only=which == DRAFTS)
    return as_download(content, form, name=f"{here.slug}-polls")
