"""What pages that refuse have in common."""

from django.http import HttpResponse

from opendev.core.errors import DomainError


def mark(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Return the response with what its headers should say of the refusal."""
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
