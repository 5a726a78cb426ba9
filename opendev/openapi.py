"""drf-spectacular's settings for the OpenAPI document."""

from typing import Any

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "OpenDev Companion",
    "DESCRIPTION": "Polls beside a live session. Ids are strings, times ISO 8601 in UTC; see docs/live-protocol.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "PollState": "polls.models.Poll.State",
        "SessionState": "sessions.models.Session.State",
        "QuestionState": "sessions.models.Question.State",
        "LineState": "sessions.models.SignUpLine.State",
        "SuggestionState": "sessions.models.Suggestion.State",
        "ItemKind": "sessions.models.RunSheetItem.Kind",
        "PollKind": "polls.kinds.NAMES",
        "WrittenState": "polls.models.Option.State",
        "WrittenMove": "polls.services.moderating.STATES",
        "NextStepKind": "sessions.models.NextStep.Kind",
        "ResourceKind": "sessions.models.Resource.Kind",
        "PersonRole": ["host", "presenter", "moderator", "helper"],
        "PollVisibility": ["always", "after_voting", "after_close", "after_publishing", "moderators"],
        "EventVisibility": "sessions.models.Event.Visibility",
        "StageRole": ["host", "presenter"],
        "DeliveryState": "sessions.models.WebhookDelivery.State",
    },
    "WEBHOOKS": [
        "sessions.webhooks.shapes.poll_closed",
        "sessions.webhooks.shapes.poll_published",
        "sessions.webhooks.shapes.line_opened",
        "sessions.webhooks.shapes.session_ended",
        "sessions.webhooks.shapes.recap_published",
        "sessions.webhooks.shapes.test",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
