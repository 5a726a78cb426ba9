"""Retention by several workers at once, on databases in which transactions commit."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from opendev.erasure import retention
from opendev.erasure.retention import plan_of, retain_round
from polls.services import recount_polls
from sessions.audit.models import AuditEntry
from sessions.retention.models import RetentionRule
from tests.erasure.held import LONG_AFTER, Held, rows
from tests.factories import NOW

SORTS = RetentionRule.Data.values


@pytest.mark.parametrize("kind", ["committing_sqlite", "committing_postgres"])
def test_workers_that_look_at_once_count_each_row_once(kind, request, monkeypatch):
    request.getfixturevalue(kind)
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 3)
    held = Held()
    held.keep(**dict.fromkeys(SORTS, 30))
    before, planned = held.counts(), rows(plan_of(held.event, NOW))

    def work():
        for _round in range(15):
            retain_round(LONG_AFTER)

    def work_apart():
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(work_apart) for _worker in range(4)]:
            each.result()
    work()  # what workers left to one another
    entries = AuditEntry.objects.filter(kind="people.expired")
    counted = {data: Counter() for data in SORTS}
    for subject, details in entries.values_list("subject", "details"):
        counted[subject].update({name: number for name, number in details.items() if name != "days"})
    assert {data: dict(counts) for data, counts in counted.items()} == planned
    assert held.counts() == before
    assert recount_polls() == (3, [])
