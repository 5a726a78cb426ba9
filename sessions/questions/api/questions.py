"""REST for questions from the room."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.floods import check_questions
from opendev.core.groups import EVERYBODY
from opendev.core.limits import limited_networks
from opendev.core.parts import REST_PART, read_cursor
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import MAX_NAME_LENGTH, clean_id, clean_line, id_in_address
from sessions.programme.endpoints import AFTER, Endpoint, QuestionRulesShape, last_of, page, part
from sessions.programme.permissions import MODERATORS
from sessions.programme.serializers import session_state
from sessions.programme.services.rights import check_moderates
from sessions.questions.box import read_upvote, upvote_box
from sessions.questions.models import Question
from sessions.questions.permissions import AUTHOR, may_see_question
from sessions.questions.selectors import (
    keeps_queue,
    own_upvotes,
    part_of_questions,
    question_by_id,
    similar_questions,
)
from sessions.questions.serializers import mine_json, question_json
from sessions.questions.services.asking import (
    MAX_TEXT_LENGTH,
    ask_question,
    edit_question,
    set_question_rules,
    withdraw_question,
)
from sessions.questions.services.queue import (
    MAX_ANSWER_LENGTH,
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from sessions.questions.services.rights import check_keeps_queue


class QuestionMineShape(serializers.Serializer[Any]):
    author = serializers.BooleanField()
    upvoted = serializers.BooleanField()


class QuestionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    session = serializers.CharField()
    text = serializers.CharField()
    name = serializers.CharField(allow_blank=True, help_text="as whom it was asked; empty without a name")
    state = serializers.ChoiceField(Question.State.choices)
    pinned = serializers.BooleanField()
    votes = serializers.IntegerField(help_text="how many people want it answered")
    answer = serializers.CharField(allow_blank=True, help_text="a written answer, once it is answered")
    asked_at = serializers.DateTimeField()
    on_air_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    merged = serializers.ListField(child=serializers.CharField(), help_text="the questions that stand in it")
    version = serializers.IntegerField()
    merged_into = serializers.CharField(
        allow_null=True, required=False, help_text="for moderators and helpers"
    )
    undo_until = serializers.DateTimeField(
        allow_null=True, required=False, help_text="for moderators and helpers"
    )
    is_merged = serializers.BooleanField(required=False, help_text="for its author")
    mine = QuestionMineShape()


class QuestionList(serializers.Serializer[Any]):
    results = QuestionShape(many=True)
    next = serializers.CharField(allow_null=True)


class QuestionWanted(serializers.Serializer[Any]):
    text = serializers.CharField(min_length=1, max_length=MAX_TEXT_LENGTH)
    name = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_NAME_LENGTH
    )


class QuestionChange(serializers.Serializer[Any]):
    text = serializers.CharField(
        min_length=1, max_length=MAX_TEXT_LENGTH, required=False, help_text="its author alone"
    )
    name = serializers.CharField(
        max_length=MAX_NAME_LENGTH,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="its author alone; empty takes it back",
    )
    answer = serializers.CharField(
        max_length=MAX_ANSWER_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    pinned = serializers.BooleanField(required=False)
    merged_into = serializers.CharField(required=False, allow_null=True)


class QuestionStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Question.State.choices)
    answer = serializers.CharField(
        max_length=MAX_ANSWER_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    seen = serializers.ChoiceField(
        Question.State.choices, required=False, allow_null=True, help_text="only if it is still in that state"
    )


class QuestionRulesWanted(serializers.Serializer[Any]):
    named = serializers.BooleanField(required=False, allow_null=True)
    moderated = serializers.BooleanField(required=False, allow_null=True)


class QuestionGoneShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.IntegerField()


class SimilarShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(Question.State.choices)
    votes = serializers.IntegerField()


class SimilarList(serializers.Serializer[Any]):
    results = SimilarShape(many=True)
    next = serializers.CharField(allow_null=True)


class QuestionEndpoint(Endpoint):
    """Base class of the endpoints about questions."""

    def find(self, text: str) -> tuple[Question, Caller]:
        """Return the question in the address, and the caller.

        Raises:
            NotFound: also for a question that the caller may not know of.
        """
        question = question_by_id(id_in_address(text))
        caller = self.caller(question.session.event_id)
        keeps, attendee_id = self.standing(caller, question.session_id, question.session.event_id)
        if not may_see_question(question, keeps_queue=keeps, attendee_id=attendee_id):
            raise NotFound
        return question, caller

    def standing(self, caller: Caller, session_id: int, event_id: int) -> tuple[bool, int | None]:
        """Return whether the caller moderates the session's questions, and which attendee they are."""
        attendee = caller.attendee_of(event_id)
        return keeps_queue(caller, session_id), attendee.attendee_id if attendee else None

    def answer(self, question_id: int, caller: Caller, *, status: int = 200) -> Response:
        """Return the question's current state for the caller.

        Raises:
            NotFound: the caller may no longer know of it.
        """
        question = question_by_id(question_id)
        shown = self.for_caller([question], caller, question.session_id, question.session.event_id)
        if not shown:
            raise NotFound
        return Response(shown[0], status=status)

    def for_caller(
        self, questions: list[Question], caller: Caller, session_id: int, event_id: int
    ) -> list[dict[str, Any]]:
        """Return a session's questions that exist for the caller, with the caller's own part."""
        keeps, attendee_id = self.standing(caller, session_id, event_id)
        upvoted = own_upvotes([(attendee_id, session_id)])[0] if attendee_id is not None else set()
        shown = []
        for question in questions:
            is_author = attendee_id is not None and question.attendee_id == attendee_id
            audience = MODERATORS if keeps else AUTHOR if is_author else EVERYBODY
            if body := question_json(question, audience):
                mine = mine_json(question, attendee_id, upvoted=question.pk in upvoted)
                shown.append({**body, "mine": mine})
        return shown


class QuestionsOfSession(QuestionEndpoint):
    """A session's questions."""

    @extend_schema(
        operation_id="session_questions_list",
        auth=OPEN,
        parameters=[AFTER],
        responses=answers(QuestionList, refusals=(400, *READ)),
    )
    def get(self, request: Request, session: str) -> Response:
        """List the questions that the caller may see, oldest first, in pages of up to 100."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        rows = part_of_questions(found.pk, read_cursor(request.query_params), REST_PART)
        shown = self.for_caller(rows, caller, found.pk, found.event_id)
        return part(shown, request, last_of(rows, lambda question: (question.asked_at, question.pk)))

    @extend_schema(
        operation_id="question_ask",
        request=QuestionWanted,
        responses=answers(QuestionShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Ask a question. If the session moderates questions, it waits for approval."""
        found, body = self.session(session), self.body()
        caller = self.caller(found.event_id)
        attendee = self.attendee(caller, found.event_id)
        networks = limited_networks(request._request)
        check_questions(networks=networks, attendee=attendee, session_id=found.pk)
        question = ask_question(
            session_id=found.pk,
            attendee=attendee,
            text=body.get("text"),
            name=body.get("name"),
            now=timezone.now(),
        )
        return self.answer(question.pk, caller, status=201)


class SimilarQuestions(QuestionEndpoint):
    """Questions that ask nearly the same."""

    @extend_schema(
        operation_id="session_questions_similar",
        auth=OPEN,
        parameters=[OpenApiParameter("text", str, required=True)],
        responses=answers(SimilarList, refusals=(400, *READ)),
    )
    def get(self, request: Request, session: str) -> Response:
        """List up to three of the session's public questions that share most of the words of `text`."""
        found = self.session(session)
        text = clean_line(request.query_params.get("text"), field="text", most=MAX_TEXT_LENGTH)
        near = similar_questions(found.pk, text)
        return page([{"id": str(q.pk), "text": q.text, "state": q.state, "votes": q.votes} for q in near])


class RulesOfQuestions(QuestionEndpoint):
    """A session's rules for questions."""

    @extend_schema(
        operation_id="session_question_rules_change",
        request=QuestionRulesWanted,
        responses=answers(QuestionRulesShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Set whether questions may have names, and whether they wait for approval. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        check_moderates(caller=caller, session_id=found.pk)
        body = self.body()
        changed = set_question_rules(
            session_id=found.pk, caller=caller, named=body.get("named"), moderated=body.get("moderated")
        )
        return Response(session_state(changed)["questions"])


class OneQuestion(QuestionEndpoint):
    """One question."""

    @extend_schema(operation_id="question_read", auth=OPEN, responses=answers(QuestionShape))
    def get(self, request: Request, question: str) -> Response:
        """Return a question as the caller may see it."""
        found, caller = self.find(question)
        return self.answer(found.pk, caller)

    @extend_schema(
        operation_id="question_change",
        request=QuestionChange,
        responses=answers(QuestionShape, refusals=WRITE),
    )
    def patch(self, request: Request, question: str) -> Response:
        """Change your own question's `text` and `name`; moderators and helpers: `answer`, `pinned`, `merged_into`."""
        found, caller = self.find(question)
        given, now = self.body(), timezone.now()
        with transaction.atomic():
            own = {field: given[field] for field in ("text", "name") if field in given}
            if own:
                attendee = self.attendee(caller, found.session.event_id)
                edit_question(question_id=found.pk, attendee=attendee, **own)
            if {"answer", "pinned", "merged_into"} & given.keys() or not own:
                check_keeps_queue(caller=caller, session_id=found.session_id)
            if "answer" in given:
                write_answer(question_id=found.pk, caller=caller, answer=given["answer"])
            if "pinned" in given:
                pin_question(question_id=found.pk, caller=caller, pinned=given["pinned"])
            if "merged_into" in given:
                into = given["merged_into"]
                into = None if into is None else clean_id(into, field="merged_into")
                merge_question(question_id=found.pk, caller=caller, into=into, now=now)
        return self.answer(found.pk, caller)

    @extend_schema(
        operation_id="question_withdraw",
        responses=answers(QuestionGoneShape, refusals=WRITE),
    )
    def delete(self, request: Request, question: str) -> Response:
        """Withdraw your own question."""
        found, caller = self.find(question)
        attendee = self.attendee(caller, found.session.event_id)
        gone = withdraw_question(question_id=found.pk, attendee=attendee)
        return Response({"id": str(gone.pk), "version": gone.version})


class StateOfQuestion(QuestionEndpoint):
    """A question's state."""

    @extend_schema(
        operation_id="question_set_state",
        request=QuestionStateWanted,
        responses=answers(QuestionShape, refusals=WRITE),
    )
    def put(self, request: Request, question: str) -> Response:
        """Approve, put on air, answer (perhaps in writing), dismiss, or reopen. For moderators and helpers."""
        found, caller = self.find(question)
        check_keeps_queue(caller=caller, session_id=found.session_id)
        body = self.body()
        set_question_state(
            question_id=found.pk,
            caller=caller,
            state=body.get("state"),
            answer=body.get("answer"),
            seen=body.get("seen"),
            now=timezone.now(),
        )
        return self.answer(found.pk, caller)


class UndoOfQuestion(QuestionEndpoint):
    """Undoing the last move."""

    @extend_schema(
        operation_id="question_undo", request=None, responses=answers(QuestionShape, refusals=WRITE)
    )
    def post(self, request: Request, question: str) -> Response:
        """Undo the last move of a question, or its merge, within five seconds. For moderators and helpers."""
        found, caller = self.find(question)
        undo_question(question_id=found.pk, caller=caller, now=timezone.now())
        return self.answer(found.pk, caller)


class OwnUpvote(QuestionEndpoint):
    """Your own upvote."""

    @extend_schema(
        operation_id="question_upvote",
        request=None,
        responses=answers(QuestionShape, refusals=WRITE),
    )
    def put(self, request: Request, question: str) -> Response:
        """Upvote. Repeating it changes nothing; for a merged question it counts for the one that it was merged into."""
        return self._cast(question, takes_back=False)

    @extend_schema(operation_id="question_take_back", responses=answers(QuestionShape, refusals=WRITE))
    def delete(self, request: Request, question: str) -> Response:
        """Withdraw your upvote."""
        return self._cast(question, takes_back=True)

    def _cast(self, question: str, *, takes_back: bool) -> Response:
        # Not by find(): a question that was merged a moment ago is hidden, but its upvote still counts.
        found = question_by_id(id_in_address(question))
        caller = self.caller(found.session.event_id)
        if caller.attendee_of(found.session.event_id) is None:
            self.find(question)
        attendee = self.attendee(caller, found.session.event_id)
        wanted = read_upvote(question=question, attendee=attendee, takes_back=takes_back)
        return self.answer(upvote_box.put_and_wait(wanted).question_id, caller)
