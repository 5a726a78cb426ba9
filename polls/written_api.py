"""REST for written answers: reading and moderating them, and blocked words."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import Malformed
from opendev.core.schema import WRITE, answers
from opendev.core.text import clean_id
from polls.api import PollEndpoint
from polls.kinds import MAX_WORD_LENGTH
from polls.models import Option
from polls.selectors import Moderated, blocked_words, moderated_answers
from polls.services import moderating, promote_answers
from sessions.programme.endpoints import page
from sessions.programme.services.rights import check_moderates


class WrittenShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(help_text="the commonest spelling")
    count = serializers.IntegerField()
    state = serializers.ChoiceField(Option.State.values)
    spellings = serializers.ListField(child=serializers.CharField(), help_text="the other spellings")
    merged = serializers.ListField(child=serializers.CharField(), help_text="what moderators count as it")
    picked = serializers.BooleanField(help_text="for the recap")


class WrittenList(serializers.Serializer[Any]):
    results = WrittenShape(many=True)
    next = serializers.CharField(allow_null=True)


class WrittenChange(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.CharField(), help_text="the answers that change")
    state = serializers.ChoiceField(moderating.STATES, required=False)
    picked = serializers.BooleanField(required=False, help_text="for the recap")
    promoted = serializers.BooleanField(
        required=False, help_text="true: makes each of them an option, in a poll with “Other”"
    )
    merged_into = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="the answer that they count as; null: what was merged counts alone",
    )


class BlockedWordsShape(serializers.Serializer[Any]):
    words = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORD_LENGTH), max_length=moderating.MAX_BLOCKED
    )


class WrittenOfPoll(PollEndpoint):
    """Written answers in a poll."""

    @extend_schema(operation_id="written_list", responses=answers(WrittenList, refusals=WRITE))
    def get(self, request: Request, poll: str) -> Response:
        """List all written answers, those that wait for approval first, then the most frequent. For moderators."""
        here, caller, _is_moderator = self.find(poll)
        check_moderates(caller=caller, session_id=here.session_id)
        return page([_json(answer) for answer in moderated_answers(here)])

    @extend_schema(
        operation_id="written_change", request=WrittenChange, responses=answers(WrittenList, refusals=WRITE)
    )
    def patch(self, request: Request, poll: str) -> Response:
        """Approve, hide or merge answers. For moderators."""
        here, caller, _is_moderator = self.find(poll)
        body, now = self.body(), timezone.now()
        ids = [clean_id(value, field="ids") for value in _list(body.get("ids"), "ids")]
        if "state" in body:
            moderating.set_answer_states(poll_id=here.pk, caller=caller, option_ids=ids, state=body["state"])
        elif body.get("promoted") is True:
            promote_answers(poll_id=here.pk, caller=caller, option_ids=ids, now=now)
        elif "picked" in body:
            moderating.pick_answers(poll_id=here.pk, caller=caller, option_ids=ids, picked=body["picked"])
        elif body.get("merged_into") is not None:
            into = clean_id(body["merged_into"], field="merged_into")
            moderating.merge_answers(poll_id=here.pk, caller=caller, option_ids=ids, into_id=into, now=now)
        else:
            for option in ids:
                moderating.split_answer(poll_id=here.pk, caller=caller, option_id=option, now=now)
        return self.get(request, poll)


class BlockedWords(PollEndpoint):
    """The words that are never shown at a session's event."""

    @extend_schema(operation_id="blocked_words_read", responses=answers(BlockedWordsShape, refusals=WRITE))
    def get(self, request: Request, session: str) -> Response:
        """Return the list. For moderators."""
        here = self.session(session)
        check_moderates(caller=self.caller(here.event_id), session_id=here.pk)
        return Response({"words": blocked_words(here.event_id)})

    @extend_schema(
        operation_id="blocked_words_set",
        request=BlockedWordsShape,
        responses=answers(BlockedWordsShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Set the list, which also applies to existing answers, in every session of the event. For moderators."""
        here = self.session(session)
        words = _list(self.body().get("words"), "words")
        caller = self.caller(here.event_id)
        return Response(
            {"words": moderating.set_blocked_words(session_id=here.pk, caller=caller, words=words)}
        )


def _json(answer: Moderated) -> dict[str, Any]:
    return {
        "id": str(answer.pk),
        "text": answer.text,
        "count": answer.count,
        "state": answer.state,
        "spellings": answer.spellings,
        "merged": answer.merged,
        "picked": answer.is_picked,
    }


def _list(value: Any, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(fields={field: Malformed.message})
    return value
