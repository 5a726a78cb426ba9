"""More ways by which a kind's result could reach somebody: of the whole session, and after it."""

import io
import json
import zipfile
from collections.abc import Callable

from opendev.recap.services import draft_recap, publish_recap
from opendev.room.pad_results import PollResults
from polls.models import Poll
from polls.selectors import fresh_options
from polls.serializers import told_poll
from sessions.audit.models import AuditEntry
from sessions.timeline.models import TimelineEntry
from tests.factories import NOW
from tests.factories.sessions import organiser_of
from tests.leaks.channels import (
    CHANNELS,
    FOR_EVERYBODY,
    FOR_MODERATORS,
    SOME,
    Channel,
    Texts,
    page,
    same,
)
from tests.leaks.world import World

FORMS = ("csv", "xlsx", "json", "md")
PUBLISHED = (
    "published/always",
    "published/after_voting",
    "published/after_close",
    "published/after_publishing",
)


def text_of(content: bytes) -> str:
    """What a file says; a workbook is a folder of such files."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [
            name for name in book.namelist() if name.startswith("xl/")
        ]  # the rest says when it was made
        return "".join(book.read(name).decode() for name in sheets)


def files(query: str) -> Callable[[World, str], Texts]:
    def look(world: World, role: str) -> Texts:
        address = f"{world.session.get_absolute_url()}export"
        responses = [world.people[role].get(f"{address}.{form}{query}") for form in FORMS]
        return same("\n".join(text_of(response.content) for response in responses))

    return look


def written(world: World, role: str) -> Texts:
    """What is moderated: everything that people wrote, by page and REST."""
    texts = {}
    for name in SOME:
        poll = world.polls[name]
        address = world.session.address("control-poll-written", poll=poll.pk)
        answer = world.people[role].rest("GET", f"polls/{poll.pk}/written/")
        texts[name] = page(world, role, address) + answer.text
    return texts


def control(world: World, role: str) -> Texts:
    address = world.session.address("control")
    return {name: page(world, role, f"{address}?poll={world.polls[name].pk}") for name in SOME}


def recap(world: World, role: str) -> Texts:
    slug = world.event.slug
    paths = [f"/{slug}/recap/", *(f"/{slug}/recap.{form}" for form in ("md", "html", "txt"))]
    texts = [page(world, role, path) for path in paths]
    texts.append(world.people[role].rest("GET", f"events/{slug}/recap/").text)
    return same("\n".join(texts).replace(",", ""))  # of thousands


def chapters(world: World, role: str) -> Texts:
    path = f"{world.session.get_absolute_url()}recording/"
    answer = world.people[role].rest("GET", f"sessions/{world.session.pk}/recording/")
    return same(page(world, role, path) + answer.text)


def notes(world: World, role: str) -> Texts:
    """What is written into the shared notes, which everybody may read."""
    passages = PollResults().read(world.session.pk)
    return same("\n".join(line for passage in passages for line in passage.lines))


def logs(world: World, role: str) -> Texts:
    """Timeline and audit log as they are stored: neither holds a result."""
    rows = [
        *TimelineEntry.objects.filter(session__event=world.event).values(),
        *AuditEntry.objects.filter(event=world.event.pk).values(),
    ]
    return same(json.dumps(rows, default=str))


def webhooks(world: World, role: str) -> Texts:
    """What a webhook would be told of each poll now, whoever asked for it."""
    now = {poll.pk: poll for poll in Poll.objects.filter(session=world.session)}
    polls = {name: now[poll.pk] for name, poll in world.polls.items()}
    return {name: json.dumps(told_poll(poll, fresh_options(poll))) for name, poll in polls.items()}


OF_KINDS = CHANNELS | {
    "control": Channel(control, FOR_MODERATORS, CHANNELS["control"].shows),
    "written": Channel(written, FOR_MODERATORS),
    "files": Channel(files(""), FOR_EVERYBODY),
    "files with what is hidden": Channel(
        files("?hidden=1&people=1"), FOR_MODERATORS, CHANNELS["control"].shows
    ),
    "recap": Channel(recap, FOR_EVERYBODY),
    "chapters": Channel(chapters, FOR_EVERYBODY),
    "notes": Channel(notes, FOR_EVERYBODY),
    "logs": Channel(logs, FOR_EVERYBODY),
    "webhooks": Channel(webhooks, FOR_EVERYBODY),
}
LOOKS = {
    "visitor": (
        *("room, results wanted", "room, on air, results wanted", "screen", "REST list", "socket"),
        *("control", "written", "files", "pictures", "recap", "chapters", "notes", "logs", "webhooks"),
    ),
    "voted": (
        *("room, results wanted", "room, form wanted", "room, on air, results wanted"),
        *("REST list", "REST ballot", "socket", "pictures", "refusals"),
    ),
    "moderator": (
        *("control", "REST list", "socket for moderators", "written"),
        *("files", "files with what is hidden", "pictures"),
    ),
}
ROWS = [(role, channel) for role, channels in LOOKS.items() for channel in channels]
LET_IN_NOBODY_ELSE = {"control", "socket for moderators", "written", "files", "files with what is hidden"}
MODERATED_IN = {"written"}
# Where a kind's numbers are told one by one, to who may see them; pages tell what the kind makes of them.
WHOLE = {"REST list", "socket", "socket for moderators"}


def publish(world: World) -> None:
    caller = organiser_of(world.event)
    draft_recap(event_id=world.event.pk, caller=caller, now=NOW)
    publish_recap(event_id=world.event.pk, caller=caller, now=NOW)
