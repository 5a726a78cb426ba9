"""The server's application: pages and REST as WSGI in threads, static files and sockets on the loop, and the lifespan.

Django's own ASGI handler switches threads for every middleware: 130 requests per second against 735 this way
(measured).
"""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendev.settings")
pages: Any = get_wsgi_application()  # sets Django up; the following imports need models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from opendev.door import waiting  # noqa: E402
from opendev.door.files import StaticFiles  # noqa: E402
from opendev.door.health import Health  # noqa: E402
from opendev.door.pages import Pages  # noqa: E402
from opendev.door.refusals import render_all  # noqa: E402
from opendev.door.shared import SharedPages  # noqa: E402
from opendev.door.threads import PageThreads  # noqa: E402
from opendev.room.lifespan import lifespan  # noqa: E402
from opendev.room.routing import urlpatterns  # noqa: E402

PAGE_THREADS = 8


class Sockets:
    """Routes sockets; an unknown address is refused instead of ending in an exception."""

    def __init__(self) -> None:
        self.router: Any = URLRouter(urlpatterns)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one socket."""
        try:
            await self.router(scope, receive, send)
        except ValueError as error:
            if "No route found" not in str(error):
                raise
            await send({"type": "websocket.close", "code": 4404})


def serving(threads: PageThreads) -> ProtocolTypeRouter:
    """Return the application around these page threads: health, files and shared pages come before the others."""
    render_all()
    waiting.page(settings.LANGUAGE_CODE)
    own = Pages(threads)
    http = Health(StaticFiles(SharedPages(own)), own.answer_in_time)
    return ProtocolTypeRouter({"http": http, "websocket": Sockets(), "lifespan": lifespan})


application = serving(PageThreads(pages, workers=PAGE_THREADS))
