"""A page on which a file or a pasted text is previewed and then added: what those of polls and run sheets share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from opendev.core.attendance import Caller
from opendev.core.encodings import text_of
from opendev.core.errors import DomainError, NotSignedIn
from opendev.core.uploads import LARGEST_UPLOAD
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.poll_files.portable import CONTENT_TYPES, ENDINGS
from opendev.room.poll_files.reading import FILE, PollFile, is_workbook
from sessions.programme.models import Session


class FilesPage(ABC):
    """One such page. `refused` is how rows are refused; the page shows why beside each of them."""

    template: ClassVar[str]
    prefix: ClassVar[str]  # of the page's ids
    refused: ClassVar[type[DomainError]]

    @abstractmethod
    def read_text(self, text: str) -> PollFile:
        """Read a pasted text; raises a DomainError if it is none of the formats."""

    @abstractmethod
    def read_file(self, content: bytes) -> PollFile:
        """Read a file; raises a DomainError if it is none of the formats."""

    @abstractmethod
    def lines_of(self, file: PollFile) -> str:
        """Return the rows of a workbook as text for editing, with its invalid rows, so that none is silently lost."""

    @abstractmethod
    def add(self, session: Session, caller: Caller, file: PollFile) -> str:
        """Add all rows or none, and return the address that follows; raises a DomainError."""

    @abstractmethod
    def shown(self, session: Session, file: PollFile | None) -> Mapping[str, Any]:
        """Return what the template gets besides: `title`, `rows`, `held` (how many there are to export), `forms`."""

    def answer(self, request: HttpRequest, event: str, session: str) -> HttpResponse:
        """Return the page, or a redirect once the rows are added."""
        try:
            here, caller = enter(request, event, session)
        except NotSignedIn:
            if request.method == "POST":
                raise
            return redirect_to_login(request.get_full_path())
        if request.method != "POST":
            return self._show(request, here)
        content, file = request.POST.get("content", ""), None
        try:
            file, content = self._read(request)
            if request.POST.get("do") == "add":
                return redirect(self.add(here, caller, file))
        except DomainError as refusal:
            return self._show(request, here, content=content, file=file, refused=refusal)
        return self._show(request, here, content=content, file=file)

    def _read(self, request: HttpRequest) -> tuple[PollFile, str]:
        """Return what was submitted, and the text that stays in the page's box for editing: a file's, unchanged."""
        upload = request.FILES.get(FILE)
        if upload is None:
            text = request.POST.get("content", "")
            return self.read_text(text), text
        content = upload.read(LARGEST_UPLOAD)
        file = self.read_file(content)
        return file, self.lines_of(file) if is_workbook(content) else text_of(content)[0]

    def _show(
        self,
        request: HttpRequest,
        session: Session,
        *,
        content: str = "",
        file: PollFile | None = None,
        refused: DomainError | None = None,
    ) -> HttpResponse:
        context = {
            "event": session.event,
            "session": session,
            "prefix": self.prefix,
            "content": content,
            "file": file,
            "content_error": refused.message if refused and not isinstance(refused, self.refused) else "",
            "error_code": refused.code if refused else "",
            "refused_code": self.refused.code,
            **self.shown(session, file),
        }
        response = render(request, self.template, context, status=refused.status if refused else 200)
        return mark(response, refused) if refused else response


def as_download(content: str, form: str, *, name: str) -> HttpResponse:
    """Return the content as a file of that form; its name without an ending."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{ENDINGS[form]}"'
    return response
