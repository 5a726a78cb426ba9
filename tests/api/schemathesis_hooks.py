"""For schemathesis: each call as another attendee, since one alone would soon be told to wait."""

import json
import os
from itertools import cycle
from typing import Any

import schemathesis

TOKENS = cycle(json.loads(os.environ["ATTENDEE_TOKENS"]))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    case.headers["Authorization"] = f"Bearer {next(TOKENS)}"
