"""REST: who chose what in a named poll."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import READ, answers
from polls.api import PollEndpoint
from polls.kinds import kind_named
from polls.models import Poll
from polls.selectors import NamedAnswer, named_answers, option_texts
from sessions.programme.endpoints import page
from sessions.programme.services.rights import check_moderates


class NamedAnswerShape(serializers.Serializer[Any]):
    attendee = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    options = serializers.ListField(child=serializers.CharField())
    texts = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        help_text="what the options say, in the same order; empty where a moderator hid it",
    )
    ranking = serializers.ListField(child=serializers.CharField(), required=False)
    points = serializers.DictField(child=serializers.IntegerField(), required=False)


class NamedAnswerList(serializers.Serializer[Any]):
    results = NamedAnswerShape(many=True)
    next = serializers.CharField(allow_null=True)


class BallotsOfPoll(PollEndpoint):
    """Who chose what in a named poll."""

    @extend_schema(
        operation_id="ballots_list", responses=answers(NamedAnswerList, refusals=(401, 403, *READ[1:]))
    )
    def get(self, request: Request, poll: str) -> Response:
        """List the answers of a named poll. For moderators; an anonymous poll has no such list."""
        found, caller, _is_moderator = self.find(poll)
        check_moderates(caller=caller, session_id=found.session_id)
        texts = option_texts(found)
        return page([_named(found, answer, texts) for answer in named_answers(found)])


def _named(poll: Poll, answer: NamedAnswer, texts: Mapping[int, str]) -> dict[str, Any]:
    options = [str(option) for option in answer.options]
    body = {"attendee": str(answer.attendee_id), "name": answer.name, "company": answer.company}
    said = {"options": options, "texts": [texts[option] for option in answer.options]}
    return {**body, **said, **kind_named(poll.kind).mine(options, answer.values)}
