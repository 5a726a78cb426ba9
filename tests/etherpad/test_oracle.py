"""Our changesets against Etherpad's own code: a few hundred edits at once, merged by both."""

import json
import subprocess

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etherpad_links.easysync import follow, pack, unpack
from etherpad_links.easysync.documents import Document
from tests.etherpad_links.strategies import changesets, documents
from tests.support.etherpad import Etherpad
from tools import etherpad as recipe

SCRIPT = """
const Changeset = require('ep_etherpad-lite/static/js/Changeset');
const Pool = require('ep_etherpad-lite/static/js/AttributePool');
const cases = JSON.parse(require('fs').readFileSync(0));
console.log(JSON.stringify(cases.map((one) => {
  const pool = new Pool();
  const here = ([wire, theirs]) => Changeset.moveOpsToNewPool(wire, new Pool().fromJsonable(theirs), pool);
  const [a, b] = [here(one.a), here(one.b)];
  const merged = Changeset.follow(a, b, false, pool);
  const text = Changeset.applyToText(merged, Changeset.applyToText(a, one.text));
  return {text, merged, pool: pool.toJsonable().numToAttrib};
})));
"""
CASES = 300


def collect_cases() -> list[dict]:
    """Made by the same strategies as the laws' examples; Hypothesis draws, we keep."""
    kept: list[dict] = []

    @settings(
        max_examples=CASES,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        text = data.draw(documents()).text
        document = Document(text, ((),) * len(text))
        a = data.draw(changesets(document, author="a.ann"))
        b = data.draw(changesets(document, author="a.bob"))
        kept.append({"document": document, "a": a, "b": b})

    draw()
    return kept


def test_merging_is_etherpads_own(etherpad: Etherpad):
    cases = collect_cases()
    sent = [
        {
            "text": case["document"].text,
            "a": pack(case["a"], case["document"]),
            "b": pack(case["b"], case["document"]),
        }
        for case in cases
    ]
    answer = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(sent),
        cwd=recipe.prepare(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    theirs = json.loads(answer.stdout)
    assert len(theirs) == len(cases) >= CASES // 2
    for case, their in zip(cases, theirs, strict=True):
        after_a = case["a"].apply(case["document"])
        ours = follow(case["a"], case["b"])
        merged = unpack(their["merged"], their["pool"])
        assert ours.apply(after_a) == merged.apply(after_a), case
