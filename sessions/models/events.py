"""Where a merged migration looks for them."""

from sessions.programme.models.events import validate_event_slug, validate_time_zone

__all__ = ["validate_event_slug", "validate_time_zone"]
