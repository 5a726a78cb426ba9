"""REST for polls and ballots."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import id_in_address
from polls import services
from polls.ballot_box import ballot_box, read_ballot_secret, read_vote
from polls.kinds import with_preset
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
from polls.services.reading import read_draft
from polls.shapes import (
    ANSWERS_WANTED,
    MineShape,
    PollChange,
    PollList,
    PollShape,
    PollStateWanted,
    PollWanted,
)
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.selectors import moderates
from sessions.programme.services.rights import check_moderates

OWN_BALLOT = OpenApiParameter(
    "Ballot", str, OpenApiParameter.HEADER, description="the client's own ballot secret"
)


class PollEndpoint(Endpoint):
    """Base class of the endpoints about polls."""

    def find(self, text: str) -> tuple[Poll, Caller, bool]:
        """Return the poll in the address, the caller, and whether they moderate its session.

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
        """Return the poll's current state for the caller."""
        poll = poll_by_id(poll_id)
        is_moderator = moderates(caller, poll.session_id)
        mine = own_answer(caller.attendee_of(poll.session.event_id), poll)
        return Response(for_caller(poll, mine, is_moderator=is_moderator), status=status)


def for_caller(poll: Poll, mine: Mine, *, is_moderator: bool) -> dict[str, Any] | None:
    """Return the poll with the caller's own answer, or None if it does not exist for them."""
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
        """Change a draft, correct texts, widen the visibility, or set when voting closes. For moderators."""
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
    """Return a time from ISO 8601 with an offset.

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
        """Create another round: a new poll, as a draft; this one is not changed. For moderators."""
        found, caller, _is_moderator = self.find(poll)
        again = services.run_again(poll_id=found.pk, caller=caller, now=timezone.now())
        return self.answer(again.pk, caller)


class RightAnswerOfPoll(PollEndpoint):
    """A poll's right answer."""

    @extend_schema(
        operation_id="poll_reveal_right_answer", request=None, responses=answers(PollShape, refusals=WRITE)
    )
    def post(self, request: Request, poll: str) -> Response:
        """Reveal the right answer, after the close and permanently. For moderators."""
        found, caller, _is_moderator = self.find(poll)
        services.reveal_right_answer(poll_id=found.pk, caller=caller, now=timezone.now())
        return self.answer(found.pk, caller)


class OwnBallot(PollEndpoint):
    """Your own answer."""

    @extend_schema(
        operation_id="ballot_read", parameters=[OWN_BALLOT], responses=answers(MineShape, refusals=WRITE)
    )
    def get(self, request: Request, poll: str) -> Response:
        """Return your own answer."""
        found, caller, _is_moderator = self.find(poll)
        attendee = self.attendee(caller, found.session.event_id)
        secret = read_ballot_secret(request.headers.get("Ballot"))
        return Response(mine_json(own_answer(attendee, found, secret=secret)))

    @extend_schema(
        operation_id="ballot_cast", request=ANSWERS_WANTED, responses=answers(MineShape, refusals=WRITE)
    )
    def put(self, request: Request, poll: str) -> Response:
        """Vote, or change your vote."""
        body = self.body()
        return self._cast(poll, body, seq=body.get("seq"), ballot=body.get("ballot"))

    @extend_schema(
        operation_id="ballot_withdraw", parameters=[OWN_BALLOT], responses=answers(MineShape, refusals=WRITE)
    )
    def delete(self, request: Request, poll: str) -> Response:
        """Withdraw your vote."""
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
