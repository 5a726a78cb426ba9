"""REST for recaps, and for the summaries that they use."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_line, clean_word, time_text
from opendev.recap import services
from opendev.recap.document import Worked, paragraphs_of
from opendev.recap.reading import Reading, reading_of
from opendev.recap.working import worked_recap
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.models import Event
from sessions.programme.services.rights import check_moderates
from sessions.recap import selectors as recaps
from sessions.recap.models import MAX_KEY_LENGTH, MAX_PARAGRAPH_LENGTH, RecapVersion, SessionSummary
from sessions.recap.services.writing import withdraw_recap, write_summary

PUBLISHED, WITHDRAWN = "published", "withdrawn"


class SentenceShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    source = serializers.CharField(help_text="where it comes from, in words")  # type: ignore[assignment]
    address = serializers.CharField(allow_blank=True, help_text="where one can look")


class NameUnderLine(serializers.Serializer[Any]):
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)


class ParagraphShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField()
    sentences = SentenceShape(many=True)
    facts = serializers.DictField(help_text="what the kind shows beside its words: counts, links, dates")
    names = NameUnderLine(many=True, help_text="under a sign-up line: the first who agreed to be shown")


class RecapShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    version = serializers.IntegerField()
    language = serializers.CharField(help_text="of its sentences: a tag such as en-gb, de or zh-hans")
    published_at = serializers.DateTimeField()
    paragraphs = ParagraphShape(many=True)


class WorkedShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField(allow_blank=True, help_text="as it will be published")
    drafted = serializers.CharField(allow_blank=True, help_text="as the data says it now")
    base = serializers.CharField(
        allow_blank=True, help_text="the drafted text that the editor had before them"
    )
    edited = serializers.BooleanField()
    differs = serializers.BooleanField(help_text="it was edited, and is drafted differently since")
    left_out = serializers.BooleanField()
    gone = serializers.BooleanField(help_text="the data has nothing any more that it was drafted from")


class RecapDraftShape(serializers.Serializer[Any]):
    drafted_at = serializers.DateTimeField(allow_null=True)
    language = serializers.CharField(
        allow_blank=True, help_text="of its sentences; the event's when it was drafted"
    )
    paragraphs = WorkedShape(many=True)


class ParagraphWanted(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=MAX_KEY_LENGTH)
    text = serializers.CharField(
        max_length=MAX_PARAGRAPH_LENGTH, required=False, allow_null=True, help_text="null: the drafted words"
    )
    seen = serializers.CharField(
        max_length=MAX_PARAGRAPH_LENGTH,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="the paragraph's text as it was read; null: the drafted words",
    )
    left_out = serializers.BooleanField(required=False)


class RecapStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField([PUBLISHED, WITHDRAWN])
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="publish what this earlier version said"
    )


class RecapVersionShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    language = serializers.CharField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField(allow_blank=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class RecapVersionList(serializers.Serializer[Any]):
    results = RecapVersionShape(many=True)
    next = serializers.CharField(allow_null=True)


class SummaryWanted(serializers.Serializer[Any]):
    opening = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=2000)
    discussion = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_PARAGRAPH_LENGTH
    )
    onward = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=2000)


class SummaryShape(serializers.Serializer[Any]):
    opening = serializers.CharField(allow_blank=True)
    discussion = serializers.CharField(allow_blank=True)
    onward = serializers.CharField(allow_blank=True)
    written_by = serializers.CharField(allow_blank=True)
    written_at = serializers.DateTimeField(allow_null=True)


class Recap(Endpoint):
    """The published recap."""

    @extend_schema(operation_id="recap_read", auth=OPEN, responses=answers(RecapShape))
    def get(self, request: Request, slug: str) -> Response:
        """Return the published recap, with the source of every sentence."""
        event = selectors.event_by_slug(slug)
        version = recaps.published_recap(event.pk)
        if version is None:
            raise NotFound(_("The recap of this event is not published yet."))
        return Response(_recap_json(event, version))


class DraftOfRecap(Endpoint):
    """The draft that organisers work on."""

    @extend_schema(operation_id="recap_draft_read", responses=answers(RecapDraftShape, refusals=(*READ, 403)))
    def get(self, request: Request, slug: str) -> Response:
        """Return each paragraph as it will be published, as it was drafted, and whether they differ. For organisers."""
        event, _caller = self.organised(slug)
        return Response(_draft_json(event))

    @extend_schema(
        operation_id="recap_draft_make", request=None, responses=answers(RecapDraftShape, refusals=WRITE)
    )
    def post(self, request: Request, slug: str) -> Response:
        """Draft the recap again from the data; edits stay. For organisers."""
        event, caller = self.organised(slug)
        services.draft_recap(event_id=event.pk, caller=caller, now=timezone.now())
        return Response(_draft_json(event))

    @extend_schema(
        operation_id="recap_paragraph_edit",
        request=ParagraphWanted,
        responses=answers(RecapDraftShape, refusals=WRITE),
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Rewrite a paragraph, restore its drafted text, leave it out or put it back in. For organisers.

        Text that somebody rewrote can only be replaced by a sender who has seen it: `seen` is the paragraph's `text` as
        it was read. Without it, a paragraph that has been rewritten is refused with `edited_meanwhile`.
        """
        event, caller = self.organised(slug)
        body = self.body()
        key = clean_line(body.get("key"), field="key", most=MAX_KEY_LENGTH)
        services.rewrite_paragraph(event_id=event.pk, caller=caller, key=key, given=body, now=timezone.now())
        return Response(_draft_json(event))


class StateOfRecap(Endpoint):
    """Whether the recap is published."""

    @extend_schema(
        operation_id="recap_set_state",
        request=RecapStateWanted,
        responses=answers(RecapVersionShape, refusals=WRITE),
    )
    def put(self, request: Request, slug: str) -> Response:
        """Publish the draft, or an earlier version, as the next one; or withdraw the published one. For organisers."""
        event, caller = self.organised(slug)
        body, now = self.body(), timezone.now()
        state = clean_word(body.get("state"), field="state", choices=[PUBLISHED, WITHDRAWN])
        if state == WITHDRAWN:
            version = withdraw_recap(event_id=event.pk, caller=caller, now=now)
        elif "version" in body:
            version = services.republish_recap(
                event_id=event.pk, number=body["version"], caller=caller, now=now
            )
        else:
            version = services.publish_recap(event_id=event.pk, caller=caller, now=now)
        return Response(_version_json(version))


class VersionsOfRecap(Endpoint):
    """The published versions."""

    @extend_schema(
        operation_id="recap_versions_list", responses=answers(RecapVersionList, refusals=(*READ, 403))
    )
    def get(self, request: Request, slug: str) -> Response:
        """List the published versions, newest first. For organisers."""
        event, _caller = self.organised(slug)
        return page([_version_json(version) for version in recaps.recap_versions_of(event.pk)])


class SummaryOfSession(Endpoint):
    """A session in the words of its moderators."""

    @extend_schema(
        operation_id="session_summary_read", responses=answers(SummaryShape, refusals=(*READ, 403))
    )
    def get(self, request: Request, session: str) -> Response:
        """Return the summary. For moderators."""
        found = self.session(session)
        check_moderates(caller=self.caller(found.event_id), session_id=found.pk)
        return Response(_summary_json(recaps.summaries_of([found.pk]).get(found.pk)))

    @extend_schema(
        operation_id="session_summary_write",
        request=SummaryWanted,
        responses=answers(SummaryShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Write how the session opened, what was discussed and where it continues. For moderators."""
        found = self.session(session)
        summary = write_summary(
            session_id=found.pk, caller=self.caller(found.event_id), given=self.body(), now=timezone.now()
        )
        return Response(_summary_json(summary))


def _recap_json(event: Event, version: RecapVersion) -> dict[str, Any]:
    reading: Reading = reading_of(paragraphs_of(version.paragraphs), version.language)
    return {
        "event": event.slug,
        "version": version.number,
        "language": version.language,
        "published_at": time_text(version.published_at),
        "paragraphs": [
            {
                **block.paragraph.as_json(),
                "names": [{"name": name.name, "company": name.company} for name in block.names],
            }
            for block in reading.blocks
        ],
    }


def _draft_json(event: Event) -> dict[str, Any]:
    draft = recaps.recap_draft_of(event.pk)
    return {
        "drafted_at": time_text(draft.drafted_at) if draft else None,
        "language": draft.language if draft else "",
        "paragraphs": [_worked_json(one) for one in worked_recap(event.pk)],
    }


def _worked_json(one: Worked) -> dict[str, Any]:
    return {
        "key": one.drafted.key,
        "kind": one.drafted.kind,
        "text": one.text,
        "drafted": one.drafted.text,
        "base": one.edit.base if one.edit and one.is_edited else "",
        "edited": one.is_edited,
        "differs": one.differs,
        "left_out": one.is_left_out,
        "gone": one.is_gone,
    }


def _version_json(version: RecapVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "language": version.language,
        "published_at": time_text(version.published_at),
        "published_by": version.published_by,
        "withdrawn_at": time_text(version.withdrawn_at),
    }


def _summary_json(summary: SessionSummary | None) -> dict[str, Any]:
    return {
        "opening": summary.opening if summary else "",
        "discussion": summary.discussion if summary else "",
        "onward": summary.onward if summary else "",
        "written_by": summary.written_by if summary else "",
        "written_at": time_text(summary.written_at) if summary else None,
    }
