#!/usr/bin/env bash
# numpy 2.3.5: one vote each for 0.0, 0.1 … 1.0 in ten bins from 0 to 1 gives 1 1 2 0 1 2 1 0 1 2.
#
# Expected: 1 in each bin and 2 in the last, which is closed: numpy corrects for rounding where it computes a value's bin from
# `range`, and the edges that it prints are 0.1, 0.2, 0.3 …
# Instead: it makes values agree with its own edges, and those are 0.30000000000000004, 0.6000000000000001, 0.7000000000000001:
# 0.3, as JSON, CSV and Python write it, lies below the third. `bins=`linspace and arange share the edges and the fault. d3-array
# 3.2.5 divides whole numbers for its edges and is right.
# Here: polls/kinds/number.py counts in whole steps from the lower bound, with Decimal and no float.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q numpy==2.3.5
npm init -y > /dev/null
npm install --no-audit --no-fund --silent d3-array@3.2.5
cat > seen.py <<'PYTHON'
import json

import numpy

votes = json.loads("[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]")
ways = {"range": {"bins": 10, "range": (0, 1)}, "linspace": {"bins": numpy.linspace(0, 1, 11)}, "arange": {"bins": numpy.arange(0, 1.05, 0.1)}}
for way, options in ways.items():
    counts, edges = numpy.histogram(votes, **options)
    print(f"numpy, {way}:", *counts)
print("edges as numpy prints them:", edges, "and in full:", *edges.tolist())
PYTHON
cat > seen.mjs <<'JS'
import { bin } from "d3-array"

const votes = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
console.log("d3-array:", ...bin().domain([0, 1]).thresholds(10)(votes).map((part) => part.length))
JS
{ venv/bin/python seen.py; node seen.mjs; } | tee said
[ "$(grep -c '^numpy, .*: 1 1 2 0 1 2 1 0 1 2$' said)" = 3 ] && grep -qx 'd3-array: 1 1 1 1 1 1 1 1 1 2' said
