"""REST for polls and ballots."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import id_in_address
from polls import services
from polls.ballot_box import ballot_box, read_ballot_secret, read_vote
from polls.kinds import (
    MAX_OPTIONS,
    MAX_TEXT_LENGTH,
    MAX_WORD_LENGTH,
    MAX_WORDS,
    MIN_OPTIONS,
    NAMES,
    PRESETS,
    with_preset,
)
from polls.models import Poll
from polls.permissions import may_see_poll
from polls.selectors import (
    NOT_VOTED,
    Mine,
    options_of,
    own_answer,
    own_answers,
    poll_by_id,
    polls_of,
)
from polls.serializers import audience_of, mine_json, poll_json
from polls.services.ballots import MAX_SEQ
from polls.services.drafts import MAX_OPTION_LENGTH, MAX_QUESTION_LENGTH, read_draft
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.selectors import moderates
from sessions.programme.services.rights import check_moderates

OWN_BALLOT = OpenApiParameter(
    "Ballot", str, OpenApiParameter.HEADER, description="the client's own ballot secret"
)


class OptionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    value = serializers.IntegerField(
        required=False, help_text="the number that a point of a scale stands for"
    )
    count = serializers.IntegerField(required=False, help_text="only where the caller may see the tally")


class MineShape(serializers.Serializer[Any]):
    voted = serializers.BooleanField()
    options = serializers.ListField(child=serializers.CharField(), allow_null=True)
    ranking = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="of a ranking: the first place first"
    )
    points = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="of points: the options' ids with their points",
    )
    seq = serializers.IntegerField()
    words = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="what one wrote, in a poll that asks for words",
    )
    text = serializers.CharField(
        required=False, help_text="one's answer, in a poll that asks for open answers"
    )
    number = serializers.CharField(required=False, help_text="one's number, in a poll that asks for one")


class ModerationShape(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="answers that wait for approval")
    hidden = serializers.IntegerField(help_text="answers that moderators or the event's list hid")


class RewordedShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    was = serializers.CharField()


class PollShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    session = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.ChoiceField(NAMES)
    rules = serializers.DictField(required=False, help_text="the kind's own settings, where it has any")
    min = serializers.IntegerField()
    max = serializers.IntegerField()
    anonymous = serializers.BooleanField()
    may_change = serializers.BooleanField()
    visibility = serializers.ChoiceField(Poll.Visibility.values)
    state = serializers.ChoiceField(Poll.State.choices)
    number = serializers.IntegerField(allow_null=True)
    round = serializers.IntegerField()
    version = serializers.IntegerField()
    launched_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    undo_until = serializers.DateTimeField(allow_null=True, required=False)
    ballots = serializers.IntegerField()
    options = OptionShape(many=True)
    result = serializers.DictField(
        required=False, help_text="what the kind makes of the counts; only where the caller may see the tally"
    )
    moderation = ModerationShape(required=False, help_text="of what people wrote; only for moderators")
    reworded = RewordedShape(
        many=True, required=False, help_text="words that were changed after the first vote"
    )
    mine = MineShape()


class PollList(serializers.Serializer[Any]):
    results = PollShape(many=True)
    next = serializers.CharField(allow_null=True)


class OptionWanted(serializers.Serializer[Any]):
    id = serializers.CharField(required=False, help_text="an option that stays")
    text = serializers.CharField(min_length=1, max_length=MAX_OPTION_LENGTH)


class PollWanted(serializers.Serializer[Any]):
    question = serializers.CharField(min_length=1, max_length=MAX_QUESTION_LENGTH)
    options = serializers.ListField(
        child=OptionWanted(),
        min_length=MIN_OPTIONS,
        max_length=MAX_OPTIONS,
        required=False,
        help_text="needed but where the rules make them, or where people write the answers",
    )
    rules = serializers.DictField(required=False)
    preset = serializers.ChoiceField(
        list(PRESETS),
        required=False,
        help_text="ready answers, in place of kind, rules, options, min and max",
    )
    kind = serializers.ChoiceField(NAMES, required=False)
    min = serializers.IntegerField(min_value=1, max_value=MAX_OPTIONS, required=False)
    max = serializers.IntegerField(min_value=1, max_value=MAX_OPTIONS, required=False)
    anonymous = serializers.BooleanField(required=False)
    may_change = serializers.BooleanField(required=False)
    visibility = serializers.ChoiceField(Poll.Visibility.values, required=False)


class PollChange(PollWanted):
    question = serializers.CharField(min_length=1, max_length=MAX_QUESTION_LENGTH, required=False)
    options = serializers.ListField(
        child=OptionWanted(), min_length=MIN_OPTIONS, max_length=MAX_OPTIONS, required=False
    )
    closes_at = serializers.DateTimeField(allow_null=True, required=False)


class PollStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Poll.State.choices)


class AnswerWanted(serializers.Serializer[Any]):
    ballot = serializers.RegexField(r"^[A-Za-z0-9_-]{16,64}$", required=False)
    seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ, required=False, allow_null=True)


class BallotWanted(AnswerWanted):
    options = serializers.ListField(child=serializers.CharField(), max_length=MAX_OPTIONS)


class RankingWanted(AnswerWanted):
    ranking = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_OPTIONS, help_text="the first place first"
    )


class PointsWanted(AnswerWanted):
    points = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=1000), help_text="points by option id"
    )


class WordsWanted(AnswerWanted):
    words = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORD_LENGTH), max_length=MAX_WORDS
    )


class TextWanted(AnswerWanted):
    text = serializers.CharField(max_length=MAX_TEXT_LENGTH)


class NumberWanted(AnswerWanted):
    number = serializers.CharField(help_text="a decimal text, such as 3.5")


ANSWERS_WANTED = PolymorphicProxySerializer(
    component_name="AnyBallotWanted",
    serializers=[BallotWanted, RankingWanted, PointsWanted, WordsWanted, TextWanted, NumberWanted],
    resource_type_field_name=None,
)


class PollEndpoint(Endpoint):
    """What the endpoints about polls share."""

    def find(self, text: str) -> tuple[Poll, Caller, bool]:
        """Return the poll that the address names, the caller, and whether they moderate its session.

        Raises:
            NotFound: also for a poll that the caller may not know of.
        """
        poll = poll_by_id(id_in_address(text))
        caller = self.caller(poll.session.event_id)
        is_moderator = moderates(caller, poll.session_id)
        if not may_see_poll(poll, is_moderator=is_moderator):
            raise NotFound
        return poll, caller, is_moderator

    def answer(self, poll_id: int, caller: Caller, *, status: int = 200) -> Response:
        """Return the poll as it stands now for the caller."""
        poll = poll_by_id(poll_id)
        is_moderator = moderates(caller, poll.session_id)
        mine = own_answer(caller.attendee_of(poll.session.event_id), poll)
        return Response(for_caller(poll, mine, is_moderator=is_moderator), status=status)


def for_caller(poll: Poll, mine: Mine, *, is_moderator: bool) -> dict[str, Any] | None:
    """Return the poll with the caller's own answer, or None where it does not exist for them."""
    body = poll_json(poll, options_of(poll), audience_of(is_moderator=is_moderator, mine=mine))
    return None if body is None else {**body, "mine": mine_json(mine)}


class PollsOfSession(PollEndpoint):
    """A session's polls."""

    @extend_schema(operation_id="session_polls_list", auth=OPEN, responses=answers(PollList))
    def get(self, request: Request, session: str) -> Response:
        """List the polls that the caller may see, in running order."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        is_moderator, attendee = moderates(caller, found.pk), caller.attendee_of(found.event_id)
        polls = polls_of([found.pk])
        own = own_answers([(attendee, [poll.pk for poll in polls], None)])[0] if attendee else {}
        shown = [for_caller(poll, own.get(poll.pk, NOT_VOTED), is_moderator=is_moderator) for poll in polls]
        return page([poll for poll in shown if poll is not None])

    @extend_schema(
        operation_id="poll_create",
        request=PollWanted,
        responses=answers(PollShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Add a poll as a draft. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        check_moderates(caller=caller, session_id=found.pk)
        poll = services.add_poll(
            session_id=found.pk, caller=caller, draft=read_draft(with_preset(self.body())), now=timezone.now()
        )
        return self.answer(poll.pk, caller, status=201)


class OnePoll(PollEndpoint):
    """One poll."""

    @extend_schema(operation_id="poll_read", auth=OPEN, responses=answers(PollShape))
    def get(self, request: Request, poll: str) -> Response:
        """Return a poll as the caller may see it."""
        found, caller, _is_moderator = self.find(poll)
        return self.answer(found.pk, caller)

    @extend_schema(
        operation_id="poll_change", request=PollChange, responses=answers(PollShape, refusals=WRITE)
    )
    def patch(self, request: Request, poll: str) -> Response:
        """Change a draft, mend texts, widen the visibility, or set when voting closes. For moderators."""
        found, caller, _is_moderator = self.find(poll)
        check_moderates(caller=caller, session_id=found.session_id)
        given, now = with_preset(self.body()), timezone.now()
        with transaction.atomic():
            services.edit_poll(poll_id=found.pk, caller=caller, given=given, now=now)
            if "closes_at" in given:
                closes_at = _moment(given["closes_at"])
                services.set_closing_time(poll_id=found.pk, caller=caller, closes_at=closes_at, now=now)
        return self.answer(found.pk, caller)


def _moment(value: Any) -> datetime | None:
    """Return a moment from ISO 8601 with an offset.

    Raises:
        Malformed
    """
    if value is None:
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        sentence = _("Give the moment in ISO 8601 with its offset, such as 2020-08-10T14:35:00Z.")
        raise Malformed(sentence, fields={"closes_at": sentence})
    return moment


class StateOfPoll(PollEndpoint):
    """A poll's state."""

    @extend_schema(
        operation_id="poll_set_state", request=PollStateWanted, responses=answers(PollShape, refusals=WRITE)
    )
    def put(self, request: Request, poll: str) -> Response:
        """Launch, close, publish, archive, or undo within five seconds. For moderators."""
        found, caller, _is_moderator = self.find(poll)
        services.set_poll_state(
            poll_id=found.pk, caller=caller, state=self.body().get("state"), now=timezone.now()
        )
        return self.answer(found.pk, caller)


class RoundsOfPoll(PollEndpoint):
    """A poll's further rounds."""

    @extend_schema(operation_id="poll_run_again", request=None, responses=answers(PollShape, refusals=WRITE))
    def post(self, request: Request, poll: str) -> Response:
        """Make another round: a new poll, as a draft; this one stays untouched. For moderators."""
        found, caller, _is_moderator = self.find(poll)
        again = services.run_again(poll_id=found.pk, caller=caller, now=timezone.now())
        return self.answer(again.pk, caller)


class OwnBallot(PollEndpoint):
    """One's own answer."""

    @extend_schema(
        operation_id="ballot_read", parameters=[OWN_BALLOT], responses=answers(MineShape, refusals=WRITE)
    )
    def get(self, request: Request, poll: str) -> Response:
        """Return one's own answer."""
        found, caller, _is_moderator = self.find(poll)
        attendee = self.attendee(caller, found.session.event_id)
        secret = read_ballot_secret(request.headers.get("Ballot"))
        return Response(mine_json(own_answer(attendee, found, secret=secret)))

    @extend_schema(
        operation_id="ballot_cast", request=ANSWERS_WANTED, responses=answers(MineShape, refusals=WRITE)
    )
    def put(self, request: Request, poll: str) -> Response:
        """Vote, or change one's vote."""
        body = self.body()
        return self._cast(poll, body, seq=body.get("seq"), ballot=body.get("ballot"))

    @extend_schema(
        operation_id="ballot_withdraw", parameters=[OWN_BALLOT], responses=answers(MineShape, refusals=WRITE)
    )
    def delete(self, request: Request, poll: str) -> Response:
        """Take one's vote back."""
        return self._cast(poll, {}, ballot=request.headers.get("Ballot"), withdraws=True)

    def _cast(
        self,
        poll: str,
        answer: Mapping[str, Any],
        *,
        seq: Any = None,
        ballot: Any = None,
        withdraws: bool = False,
    ) -> Response:
        arrived_at = timezone.now()
        found, caller, _is_moderator = self.find(poll)
        attendee = self.attendee(caller, found.session.event_id)
        vote = read_vote(
            poll=poll,
            attendee=attendee,
            answer=answer,
            arrived_at=arrived_at,
            seq=seq,
            ballot=ballot,
            withdraws=withdraws,
        )
        return Response(mine_json(ballot_box.put_and_wait(vote).mine))
