"""The act of docs/roles.md about rehearsals: how it is tried by each door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sessions.programme.models import Session
from tests.support.doors import PAGE, REST
from tests.support.people import Answer, Person

if TYPE_CHECKING:
    from tests.roles.cast import Cast


@contextmanager
def upcoming(cast: "Cast") -> Iterator[None]:
    """As if the session had not started, which alone can be rehearsed."""
    rows = Session.objects.filter(pk=cast.session.pk)
    rows.update(state=Session.State.UPCOMING)
    try:
        yield
    finally:
        rows.update(state=Session.State.LIVE)


def rehearse_by_page(cast: "Cast", who: Person) -> Answer:
    path = f"{cast.session.get_absolute_url()}rehearsal/"
    with upcoming(cast):
        started, ended = who.post(path), who.post(f"{path}end/", confirmed="yes")
    assert started.code == ended.code, (started, ended)
    return started


def rehearse_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/rehearsal/"
    with upcoming(cast):
        started, read, ended = (who.rest(method, path) for method in ("POST", "GET", "DELETE"))
    assert started.code == read.code == ended.code, (started, read, ended)
    return started


ACTS = {"Rehearse the session, and clear the rehearsal": {PAGE: [rehearse_by_page], REST: [rehearse_by_rest]}}
