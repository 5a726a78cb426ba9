"""Pages of a recap: for reading, drafting, editing, previewing, publishing and exporting it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, NotFound
from opendev.core.languages import shared_language
from opendev.core.text import clean_id
from opendev.core.uploads import takes_uploads
from opendev.core.web.pages import mark
from opendev.core.web.typed import SEEN, EditedMeanwhile, seen_of, shown
from opendev.recap import services
from opendev.recap.document import BOX, Worked, anchor_of, paragraphs_of, to_publish
from opendev.recap.reading import Reading, reading_of
from opendev.recap.working import draft_language, worked_recap
from opendev.recap.writing import FORMS, file_of
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.pages import act, enter
from sessions.programme.services.rights import check_moderates
from sessions.recap import selectors as recaps
from sessions.recap.models import NextStep, RecapVersion
from sessions.recap.services.next_steps import add_next_step, remove_next_step
from sessions.recap.services.writing import edit_recap, withdraw_recap, write_summary

STEP_FIELDS = ("kind", "title", "text", "starts_on", "ends_on", "url")


@require_safe
@never_cache
def recap(request: HttpRequest, event: str) -> HttpResponse:
    """The published recap."""
    found = selectors.event_by_slug(event)
    version = recaps.published_recap(found.pk)
    organises = selectors.organises(caller_of(request, found.pk), found.pk)
    if version is None and organises:
        return redirect("recap-edit", event=found.slug)
    if version is None:
        raise NotFound(_("The recap of this event is not published yet."))
    reading = reading_of(paragraphs_of(version.paragraphs), version.language)
    return _read(request, found, reading, version=version, organises=organises)


def _read(
    request: HttpRequest,
    event: Event,
    reading: Reading,
    *,
    organises: bool,
    version: RecapVersion | None = None,
    is_preview: bool = False,
) -> HttpResponse:
    context = {
        "event": event,
        "reading": reading,
        "version": version,
        "organises": organises,
        "is_preview": is_preview,
        "forms": [("md", "Markdown"), ("html", "HTML"), ("txt", _("Plain text"))],
    }
    return render(request, "recap/recap.html", context)


@require_safe
@never_cache
def file(request: HttpRequest, event: str, form: str) -> HttpResponse:
    """The published recap as a file; organisers can also get the draft, by `?draft`."""
    found = selectors.event_by_slug(event)
    if form not in FORMS:
        raise NotFound
    if "draft" in request.GET:
        enter(request, event)
        language = draft_language(found.pk)
        with shared_language(language):
            paragraphs = to_publish(worked_recap(found.pk))
    else:
        version = recaps.published_recap(found.pk)
        if version is None:
            raise NotFound(_("The recap of this event is not published yet."))
        language, paragraphs = version.language, paragraphs_of(version.paragraphs)
    content_type, text = file_of(form, found, paragraphs, language)
    response = HttpResponse(text, content_type=content_type)
    response["Content-Language"] = language
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-recap.{form}"'
    return response


@require_safe
@never_cache
def preview(request: HttpRequest, event: str) -> HttpResponse:
    """The draft as it would be published now. For organisers."""
    found, _caller = enter(request, event)
    language = draft_language(found.pk)
    with shared_language(language):
        paragraphs = to_publish(worked_recap(found.pk))
    return _read(request, found, reading_of(paragraphs, language), organises=True, is_preview=True)


@require_safe
@never_cache
def version(request: HttpRequest, event: str, number: int) -> HttpResponse:
    """An earlier published version. For organisers."""
    found, _caller = enter(request, event)
    kept = recaps.recap_version(found.pk, number)
    if kept is None:
        raise NotFound
    reading = reading_of(paragraphs_of(kept.paragraphs), kept.language)
    return _read(request, found, reading, version=kept, organises=True)


@require_safe
@never_cache
def edit(request: HttpRequest, event: str) -> HttpResponse:
    """The paragraphs of the draft, each with its form. For organisers."""
    found, _caller = enter(request, event)
    return _editor(request, found)


def _editor(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    worked = worked_recap(event.pk)
    words = shown(request.POST, services.words_of(worked))
    errors = (refused.fields or {"form": refused.message}) if refused else {}
    if isinstance(refused, EditedMeanwhile):
        errors["form"] = refused.message
    if "key" in request.POST and refused:  # one paragraph was sent, without the page's boxes
        box = f"{BOX}{request.POST['key']}"
        words[box], errors[box] = request.POST.get("text", ""), errors.get("text", "")
    context: dict[str, Any] = {
        "event": event,
        "draft": recaps.recap_draft_of(event.pk),
        "worked": [(one, words.get(one.box, one.text), errors.get(one.box, "")) for one in worked],
        "lost": _lost_words(request, worked),
        "seen": seen_of(services.seen_words_of(worked)),
        "differing": [one for one in worked if one.differs],
        "versions": recaps.recap_versions_of(event.pk),
        "is_published": event.has_recap,
        "errors": errors,
        "error_code": refused.code if refused else "",
        "steps": recaps.next_steps_of(event),
        "step_kinds": NextStep.Kind.choices,
        "step": _typed_step(request),
    }
    response = render(request, "recap/edit.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _lost_words(request: HttpRequest, worked: list[Worked]) -> list[tuple[str, str]]:
    """Return the boxes that were typed into and whose paragraphs are gone: their text is shown for copying."""
    boxes = {one.box for one in worked}
    typed = [
        (box, str(text)) for box, text in request.POST.items() if box.startswith(BOX) and box not in boxes
    ]
    return [(box, text) for box, text in typed if text.strip()]


def _typed_step(request: HttpRequest) -> dict[str, str]:
    fields = {field: request.POST.get(field, "") for field in STEP_FIELDS}
    return {**fields, "text": ""} if "key" in request.POST else fields  # there `text` is the paragraph's


SUMMARY_FIELDS = ("opening", "discussion", "onward")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def summary(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """A session's summary by its moderator, for the recap."""
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    check_moderates(caller=caller, session_id=found.pk)
    kept = recaps.summaries_of([found.pk]).get(found.pk)
    form = {field: getattr(kept, field, "") for field in SUMMARY_FIELDS}
    context: dict[str, Any] = {
        "session": found,
        "event": found.event,
        "form": form,
        "errors": {},
        "kept": kept,
    }
    status = 200
    if request.method == "POST":
        context["form"] = form = {field: request.POST.get(field, "") for field in SUMMARY_FIELDS}
        try:
            write_summary(session_id=found.pk, caller=caller, given=form, now=timezone.now())
            return redirect(found.address("session-summary"))
        except DomainError as refusal:
            context |= {"errors": refusal.fields or {"form": refusal.message}, "error_code": refusal.code}
            status = refusal.status
    context["organises"] = selectors.organises(caller, found.event_id)
    return render(request, "recap/summary.html", context, status=status)


PARAGRAPH_ACTS: dict[str, dict[str, Any]] = {
    "take_draft": {"text": None},
    "leave_out": {"left_out": True},
    "put_back": {"left_out": False},
}


def _press(
    request: HttpRequest,
    event: str,
    work: Callable[[Event, Caller], object] = lambda _event, _caller: None,
    *,
    replaced: str = "",
) -> HttpResponse:
    """Save everything typed on the editor's page, do the button's action, and go back to that page.

    All of it or nothing: a refusal shows the page with what was typed, its status and code. `replaced` is the key of a
    paragraph whose words the button replaces.
    """

    @transaction.atomic
    def save_and_work(found: Event, caller: Caller) -> None:
        _save_typed(request, found, caller, replaced=replaced)
        work(found, caller)

    return act(request, event, save_and_work, page=_editor, back="recap-edit")


def _save_typed(request: HttpRequest, event: Event, caller: Caller, *, replaced: str = "") -> None:
    """Save the boxes, and add the next step that was typed with them."""
    if SEEN not in request.POST:
        return
    services.save_words(
        event_id=event.pk, caller=caller, typed=request.POST, now=timezone.now(), replaced=replaced
    )
    step = _typed_step(request)
    if any(text.strip() for field, text in step.items() if field != "kind"):
        add_next_step(event_id=event.pk, caller=caller, given=step)


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def draft(request: HttpRequest, event: str) -> HttpResponse:
    """Draft it again from the data. What was typed is saved first: reading a large event must not delay votes."""

    def save_then_draft(found: Event, caller: Caller) -> None:
        with transaction.atomic():
            _save_typed(request, found, caller)
        services.draft_recap(event_id=found.pk, caller=caller, now=timezone.now())

    return act(request, event, save_then_draft, page=_editor, back="recap-edit")


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def save(request: HttpRequest, event: str) -> HttpResponse:
    """Save everything that was typed; the button may lead to the preview."""
    response = _press(request, event)
    if response.status_code == HTTPStatus.FOUND and request.method == "POST":
        if request.POST.get("then") == "preview":
            return redirect("recap-preview", event=event)
        messages.success(request, _("Saved."))
    return response


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_paragraph(request: HttpRequest, event: str) -> HttpResponse:
    """Save everything that was typed, then restore one paragraph's drafted text, leave it out or put it back in.

    The button's name is the action, its value the paragraph. A sender without the page's boxes names the paragraph by
    `key`, the action by `do`, and new text by `text`.
    """
    key, given = _paragraph_act(request)

    def work(found: Event, caller: Caller) -> None:
        if key and given is not None:
            edit_recap(event_id=found.pk, caller=caller, key=key, given=given, now=timezone.now())

    replaced = key if given == PARAGRAPH_ACTS["take_draft"] else ""
    response = _press(request, event, work, replaced=replaced)
    if response.status_code == HTTPStatus.FOUND and key:
        response["Location"] += f"#{anchor_of(key)}"
    return response


def _paragraph_act(request: HttpRequest) -> tuple[str, dict[str, Any] | None]:
    """Return the paragraph and the action: None if its text was saved with all the others."""
    for verb, given in PARAGRAPH_ACTS.items():
        if verb in request.POST:
            return request.POST[verb], given
    if "keep" in request.POST:
        return request.POST["keep"], None
    words = {"text": request.POST.get("text", ""), "base": request.POST.get("base")}
    return request.POST.get("key", ""), {"rewrite": words, **PARAGRAPH_ACTS}.get(
        request.POST.get("do", "rewrite"), {}
    )


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_step(request: HttpRequest, event: str) -> HttpResponse:
    """Add the next meeting, or an earlier event of the series."""
    step = _typed_step(request)

    def work(found: Event, caller: Caller) -> None:
        if SEEN not in request.POST or not any(
            text.strip() for field, text in step.items() if field != "kind"
        ):
            add_next_step(event_id=found.pk, caller=caller, given=step)

    return _press(request, event, work)


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def remove_step(request: HttpRequest, event: str) -> HttpResponse:
    """Remove a next step."""
    return _press(
        request,
        event,
        lambda found, caller: remove_next_step(
            event_id=found.pk, caller=caller, step_id=clean_id(request.POST.get("step"), field="step")
        ),
    )


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def publish(request: HttpRequest, event: str) -> HttpResponse:
    """Publish the previewed draft."""
    return _press(
        request,
        event,
        lambda found, caller: services.publish_recap(event_id=found.pk, caller=caller, now=timezone.now()),
    )


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw(request: HttpRequest, event: str) -> HttpResponse:
    """Withdraw the published recap."""
    return _press(
        request,
        event,
        lambda found, caller: withdraw_recap(event_id=found.pk, caller=caller, now=timezone.now()),
    )


@takes_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def republish(request: HttpRequest, event: str, number: int) -> HttpResponse:
    """Publish an earlier version again."""
    return _press(
        request,
        event,
        lambda found, caller: services.republish_recap(
            event_id=found.pk, number=number, caller=caller, now=timezone.now()
        ),
    )
