"""Shared by the organisers' pages: how a refused form is shown again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opendev.core.errors import DomainError
from opendev.core.web.pages import mark


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, refused: DomainError | None = None
) -> HttpResponse:
    """Return a page; if a form was refused, with its values and the reason."""
    said = {
        "errors": refused.fields if refused else {},
        "form_error": refused.message if refused else "",
        "unsaved": "yes" if refused else "",
        "error_code": refused.code if refused else "",
    }
    response = render(
        request,
        f"home/organise/{template}.html",
        {**context, **said},
        status=refused.status if refused else 200,
    )
    return mark(response, refused) if refused else response
