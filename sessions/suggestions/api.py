"""REST for suggested follow-ups."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.floods import check_suggestions
from opendev.core.groups import EVERYBODY
from opendev.core.limits import limited_networks
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_line, id_in_address
from sessions.follow_ups.models import MAX_TITLE_LENGTH
from sessions.programme.endpoints import Endpoint, SuggestionRulesShape, page
from sessions.programme.permissions import MODERATORS
from sessions.programme.selectors import moderates
from sessions.programme.serializers import session_state
from sessions.programme.services.rights import check_moderates
from sessions.suggestions.box import read_support, support_box
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import AUTHOR, may_see_suggestion
from sessions.suggestions.selectors import (
    own_supports,
    similar_lines,
    similar_suggestions,
    suggestion_by_id,
    suggestions_of,
)
from sessions.suggestions.serializers import mine_json, suggestion_json
from sessions.suggestions.services.moving import set_suggestion_state, undo_suggestion
from sessions.suggestions.services.suggesting import (
    edit_suggestion,
    set_suggestion_rules,
    suggest_follow_up,
    withdraw_suggestion,
)

LINE, SUGGESTION = "line", "suggestion"


class SuggestionMineShape(serializers.Serializer[Any]):
    author = serializers.BooleanField()
    supported = serializers.BooleanField()


class SuggestionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    session = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(Suggestion.State.choices)
    supporters = serializers.IntegerField(help_text="how many others support it")
    line = serializers.CharField(allow_null=True, help_text="the sign-up line that it was opened as")
    suggested_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    undo_until = serializers.DateTimeField(allow_null=True, required=False, help_text="for moderators")
    is_own = serializers.BooleanField(required=False, help_text="for its author")
    mine = SuggestionMineShape()


class SuggestionList(serializers.Serializer[Any]):
    results = SuggestionShape(many=True)
    next = serializers.CharField(allow_null=True)


class SuggestionWanted(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=1, max_length=MAX_TITLE_LENGTH)


class SuggestionStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Suggestion.State.choices, help_text="opened: as a sign-up line")
    seen = serializers.ChoiceField(
        Suggestion.State.choices,
        required=False,
        allow_null=True,
        help_text="only if it is still in that state",
    )


class SuggestionRulesWanted(serializers.Serializer[Any]):
    taken = serializers.BooleanField(required=False, allow_null=True)
    moderated = serializers.BooleanField(required=False, allow_null=True)


class SuggestionGoneShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.IntegerField()


class SimilarFollowUpShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([LINE, SUGGESTION], help_text="a sign-up line, or a suggestion")
    id = serializers.CharField()
    title = serializers.CharField()


class SimilarFollowUpList(serializers.Serializer[Any]):
    results = SimilarFollowUpShape(many=True)
    next = serializers.CharField(allow_null=True)


class SuggestionEndpoint(Endpoint):
    """Base class of the endpoints about suggestions."""

    def find(self, text: str) -> tuple[Suggestion, Caller]:
        """Return the suggestion in the address, and the caller.

        Raises:
            NotFound: also for a suggestion that the caller may not know of.
        """
        suggestion = suggestion_by_id(id_in_address(text))
        event_id = suggestion.session.event_id
        caller = self.caller(event_id)
        attendee = caller.attendee_of(event_id)
        attendee_id = attendee.attendee_id if attendee else None
        may_know = moderates(caller, suggestion.session_id)
        if not may_see_suggestion(suggestion, moderates=may_know, attendee_id=attendee_id):
            raise NotFound
        return suggestion, caller

    def answer(self, suggestion_id: int, caller: Caller, *, status: int = 200) -> Response:
        """Return the suggestion as it is now for the caller.

        Raises:
            NotFound: the caller may no longer know of it.
        """
        suggestion = suggestion_by_id(suggestion_id)
        shown = self.for_caller([suggestion], caller, suggestion.session_id, suggestion.session.event_id)
        if not shown:
            raise NotFound
        return Response(shown[0], status=status)

    def for_caller(
        self, suggestions: list[Suggestion], caller: Caller, session_id: int, event_id: int
    ) -> list[dict[str, Any]]:
        """Return a session's suggestions that exist for the caller, with the caller's own part."""
        attendee = caller.attendee_of(event_id)
        attendee_id = attendee.attendee_id if attendee else None
        is_moderator = moderates(caller, session_id)
        supported = own_supports([(attendee_id, session_id)])[0] if attendee_id is not None else set()
        shown = []
        for suggestion in suggestions:
            mine = mine_json(suggestion, attendee_id, suggestion.pk in supported)
            audience = MODERATORS if is_moderator else AUTHOR if mine["author"] else EVERYBODY
            if body := suggestion_json(suggestion, audience):
                shown.append({**body, "mine": mine})
        return shown


class SuggestionsOfSession(SuggestionEndpoint):
    """A session's suggested follow-ups."""

    @extend_schema(
        operation_id="session_suggestions_list", auth=OPEN, responses=answers(SuggestionList, refusals=READ)
    )
    def get(self, request: Request, session: str) -> Response:
        """List the suggestions that the caller may see, oldest first."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        return page(self.for_caller(suggestions_of([here.pk]), caller, here.pk, here.event_id))

    @extend_schema(
        operation_id="follow_up_suggest",
        request=SuggestionWanted,
        responses=answers(SuggestionShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Suggest a follow-up. If the session moderates suggestions, it waits for approval."""
        here, body = self.session(session), self.body()
        caller = self.caller(here.event_id)
        attendee = self.attendee(caller, here.event_id)
        networks = limited_networks(request._request)
        check_suggestions(networks=networks, attendee=attendee, session_id=here.pk)
        suggestion = suggest_follow_up(
            session_id=here.pk, attendee=attendee, title=body.get("title"), now=timezone.now()
        )
        return self.answer(suggestion.pk, caller, status=201)


class SimilarFollowUps(SuggestionEndpoint):
    """Follow-ups, and suggestions for some, that are nearly the same."""

    @extend_schema(
        operation_id="session_suggestions_similar",
        auth=OPEN,
        parameters=[OpenApiParameter("title", str, required=True)],
        responses=answers(SimilarFollowUpList, refusals=(400, *READ)),
    )
    def get(self, request: Request, session: str) -> Response:
        """List up to three sign-up lines, and up to three open suggestions, that share most of the words of `title`."""
        here = self.session(session)
        title = clean_line(request.query_params.get("title"), field="title", most=MAX_TITLE_LENGTH)
        near = [(LINE, each.pk, each.title) for each in similar_lines(here.pk, title)]
        near += [(SUGGESTION, each.pk, each.title) for each in similar_suggestions(here.pk, title)]
        return page([{"kind": kind, "id": str(pk), "title": words} for kind, pk, words in near])


class RulesOfSuggestions(SuggestionEndpoint):
    """A session's rules for suggestions."""

    @extend_schema(
        operation_id="session_suggestion_rules_change",
        request=SuggestionRulesWanted,
        responses=answers(SuggestionRulesShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Set whether follow-ups may be suggested, and whether they wait for approval. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        values = {field: self.body().get(field) for field in ("taken", "moderated")}
        changed = set_suggestion_rules(session_id=here.pk, caller=caller, **values)
        return Response(session_state(changed)["suggestions"])


class OneSuggestion(SuggestionEndpoint):
    """One suggested follow-up."""

    @extend_schema(operation_id="suggestion_read", auth=OPEN, responses=answers(SuggestionShape))
    def get(self, request: Request, suggestion: str) -> Response:
        """Return a suggestion as the caller may see it."""
        row, caller = self.find(suggestion)
        return self.answer(row.pk, caller)

    @extend_schema(
        operation_id="suggestion_change",
        request=SuggestionWanted,
        responses=answers(SuggestionShape, refusals=WRITE),
    )
    def patch(self, request: Request, suggestion: str) -> Response:
        """Change the title of your own suggestion, as long as nobody supports it."""
        row, caller = self.find(suggestion)
        attendee = self.attendee(caller, row.session.event_id)
        edit_suggestion(suggestion_id=row.pk, attendee=attendee, title=self.body().get("title"))
        return self.answer(row.pk, caller)

    @extend_schema(operation_id="suggestion_withdraw", responses=answers(SuggestionGoneShape, refusals=WRITE))
    def delete(self, request: Request, suggestion: str) -> Response:
        """Withdraw your own suggestion."""
        row, caller = self.find(suggestion)
        attendee = self.attendee(caller, row.session.event_id)
        gone = withdraw_suggestion(suggestion_id=row.pk, attendee=attendee)
        return Response({"id": str(gone.pk), "version": gone.version})


class StateOfSuggestion(SuggestionEndpoint):
    """A suggestion's state."""

    @extend_schema(
        operation_id="suggestion_set_state",
        request=SuggestionStateWanted,
        responses=answers(SuggestionShape, refusals=WRITE),
    )
    def put(self, request: Request, suggestion: str) -> Response:
        """Approve, open as a sign-up line, dismiss or restore. For moderators."""
        row, caller = self.find(suggestion)
        check_moderates(caller=caller, session_id=row.session_id)
        values = {field: self.body().get(field) for field in ("state", "seen")}
        set_suggestion_state(suggestion_id=row.pk, caller=caller, now=timezone.now(), **values)
        return self.answer(row.pk, caller)


class UndoOfSuggestion(SuggestionEndpoint):
    """Undoing the last move."""

    @extend_schema(
        operation_id="suggestion_undo", request=None, responses=answers(SuggestionShape, refusals=WRITE)
    )
    def post(self, request: Request, suggestion: str) -> Response:
        """Undo the last move of a suggestion within five seconds. For moderators."""
        row, caller = self.find(suggestion)
        undo_suggestion(suggestion_id=row.pk, caller=caller, now=timezone.now())
        return self.answer(row.pk, caller)


class OwnSupport(SuggestionEndpoint):
    """Your own support."""

    @extend_schema(
        operation_id="suggestion_support", request=None, responses=answers(SuggestionShape, refusals=WRITE)
    )
    def put(self, request: Request, suggestion: str) -> Response:
        """Support it. Repeating it changes nothing."""
        return self._cast(suggestion, takes_back=False)

    @extend_schema(operation_id="suggestion_take_back", responses=answers(SuggestionShape, refusals=WRITE))
    def delete(self, request: Request, suggestion: str) -> Response:
        """Withdraw your support."""
        return self._cast(suggestion, takes_back=True)

    def _cast(self, suggestion: str, *, takes_back: bool) -> Response:
        row, caller = self.find(suggestion)
        attendee = self.attendee(caller, row.session.event_id)
        support = read_support(suggestion=suggestion, attendee=attendee, takes_back=takes_back)
        return self.answer(support_box.put_and_wait(support).suggestion_id, caller)
