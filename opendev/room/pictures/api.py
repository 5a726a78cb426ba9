"""REST for pictures of results."""

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from opendev.core.rest import AnyAccepted
from opendev.core.schema import OPEN, READ, answers
from opendev.room.pictures.pages import CONTENT_TYPE, picture_file, theme_of
from polls.api import PollEndpoint
from polls.kinds.pictures.sheet import THEMES
from polls.selectors import own_answer
from sessions.programme.selectors import session_by_id

THEME = OpenApiParameter("theme", str, enum=THEMES, description="light where it is left out")
REFUSALS = {code: shape for code, shape in answers(None, refusals=(400, 403, *READ)).items() if code != 200}


class PictureOfPoll(PollEndpoint):
    """A poll's result as a picture."""

    content_negotiation_class = AnyAccepted

    @extend_schema(
        operation_id="poll_picture",
        auth=OPEN,
        parameters=[THEME],
        responses={(200, CONTENT_TYPE): OpenApiTypes.STR, **REFUSALS},
    )
    def get(self, request: Request, poll: str) -> HttpResponseBase:
        """Return the picture of a poll's result, as SVG. For everybody who may see the result."""
        asked, caller, is_moderator = self.find(poll)
        here = session_by_id(asked.session_id)
        own, theme = own_answer(caller.attendee_of(here.event_id), asked), theme_of(request.query_params)
        plain = request._request
        response = picture_file(plain, here, asked, own=own, is_moderator=is_moderator, theme=theme)
        known = get_conditional_response(plain, etag=response["ETag"], response=response)
        return known or response
