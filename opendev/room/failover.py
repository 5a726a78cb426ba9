"""After a failover that lost commits, versions have to continue from those that people have seen."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Model

from etherpad_links.models import EtherpadLink
from polls.models import Poll
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.run_sheet.models import RunSheet
from sessions.suggestions.models import Suggestion

# Kind of topic -> the column of its version.
VERSIONS: Mapping[str, tuple[type[Model], str]] = {
    "session": (Session, "version"),
    "poll": (Poll, "version"),
    "question": (Question, "version"),
    "suggestion": (Suggestion, "version"),
    "line": (SignUpLine, "version"),
    "pad": (EtherpadLink, "version"),
    "run_sheet": (RunSheet, "version"),
    "running": (RunSheet, "running_version"),
}


@transaction.atomic
def raise_versions(*, session_id: int, above: Mapping[str, int]) -> None:
    """Raise the versions of these topics of a session over the given ones. Several processes may do so at once."""
    for topic, version in sorted(above.items()):
        kind, _, pk = topic.partition(":")
        model, column = VERSIONS[kind]
        where = {"pk": pk or session_id} if pk or model is Session else {"session": session_id}
        rows = model._default_manager.filter(**where, **{f"{column}__lte": version})
        rows.update(**{column: version + 1})
