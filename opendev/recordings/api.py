"""REST for recordings and their chapters."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import OPEN, WRITE, answers
from opendev.recordings.chapters import shown_chapters
from opendev.recordings.providers import player_of
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint
from sessions.programme.models import Session
from sessions.recordings.selectors import recording_of
from sessions.recordings.services import (
    LONGEST_S,
    MAX_CHAPTER_LENGTH,
    MAX_URL_LENGTH,
    add_chapter,
    edit_chapter,
    set_recording,
)


class ChapterShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    after = serializers.IntegerField(help_text="seconds after the start of the session")
    at = serializers.IntegerField(help_text="second of the recording")
    url = serializers.CharField(allow_blank=True)
    hidden = serializers.BooleanField(help_text="left out; only moderators are told of it")


class RecordingShape(serializers.Serializer[Any]):
    url = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(allow_blank=True)
    offset = serializers.IntegerField(help_text="second of the recording at which the session starts")
    chapters = ChapterShape(many=True)


class RecordingWanted(serializers.Serializer[Any]):
    url = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=MAX_URL_LENGTH)
    offset = serializers.IntegerField(required=False, min_value=-LONGEST_S, max_value=LONGEST_S)


class ChapterWanted(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=1, max_length=MAX_CHAPTER_LENGTH)
    after = serializers.IntegerField(min_value=-LONGEST_S, max_value=LONGEST_S)


class ChapterChange(serializers.Serializer[Any]):
    title = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_CHAPTER_LENGTH
    )
    after = serializers.IntegerField(
        required=False, allow_null=True, min_value=-LONGEST_S, max_value=LONGEST_S
    )
    hidden = serializers.BooleanField(required=False)


class RecordingEndpoint(Endpoint):
    """Shared by these endpoints: their response."""

    def told(self, session: str) -> Response:
        """Return the recording of the session as the caller may see it."""
        found: Session = self.session(session)
        moderates = selectors.moderates(self.caller(found.event_id), found.pk)
        kept = recording_of(found.pk)
        chapters = [
            {
                "id": one.mark.key,
                "title": one.label,
                "after": one.mark.after_s,
                "at": one.mark.at_s,
                "url": one.link,
                "hidden": one.mark.is_hidden,
            }
            for one in shown_chapters(found, with_hidden=moderates)
        ]
        return Response(
            {
                "url": found.recording_url,
                "provider": player_of(found.recording_url).provider if found.recording_url else "",
                "offset": kept.offset_s if kept else 0,
                "chapters": chapters,
            }
        )


class RecordingOfSession(RecordingEndpoint):
    """A session's recording."""

    @extend_schema(operation_id="recording_read", auth=OPEN, responses=answers(RecordingShape))
    def get(self, request: Request, session: str) -> Response:
        """Return the recording's address, with its chapters."""
        return self.told(session)

    @extend_schema(
        operation_id="recording_set",
        request=RecordingWanted,
        responses=answers(RecordingShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Set the recording's address, and the second at which the session starts. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        set_recording(session_id=found.pk, caller=caller, given=self.body(), now=timezone.now())
        return self.told(session)


class ChaptersOfSession(RecordingEndpoint):
    """Chapters of a recording."""

    @extend_schema(
        operation_id="chapter_add",
        request=ChapterWanted,
        responses=answers(RecordingShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Add a chapter. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        add_chapter(session_id=found.pk, caller=caller, given=self.body(), now=timezone.now())
        answer = self.told(session)
        answer.status_code = 201
        return answer


class OneChapter(RecordingEndpoint):
    """One chapter."""

    @extend_schema(
        operation_id="chapter_edit", request=ChapterChange, responses=answers(RecordingShape, refusals=WRITE)
    )
    def patch(self, request: Request, session: str, chapter: str) -> Response:
        """Rename or move a chapter, leave it out or put it back in. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        edit_chapter(session_id=found.pk, caller=caller, key=chapter, given=self.body())
        return self.told(session)
