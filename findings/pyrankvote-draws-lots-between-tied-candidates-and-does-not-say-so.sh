#!/usr/bin/env bash
# pyrankvote 2.0.6 draws lots where candidates tie: counting the same ballots again gives another winner.
#
# Expected: instant_runoff_voting is a count, so the same ballots give the same result; a tie is reported, or broken by a
# rule that can be looked up and repeated.
# Instead: of three candidates with three first places each the one to go is drawn with Python's random, and with it the
# winner is. The printed rounds look like any others: somebody is "Rejected" with as many votes as those who stay.
# Here: polls/kinds/ranking.py counts by itself, breaks no tie, and names all who share a place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyrankvote==2.0.6
cat > "$folder/seen.py" <<'PYTHON'
import sys
from collections import Counter

from pyrankvote import Ballot, Candidate, instant_runoff_voting

first, second, third = candidates = [Candidate(name) for name in ("Cinder", "Manila", "Swift")]
orders = [(first, second, third), (second, third, first), (third, first, second)]
ballots = [Ballot(order) for order in orders for _ in range(3)]
results = [instant_runoff_voting(candidates, ballots) for _ in range(200)]
winners = Counter(str(result.get_winners()[0]) for result in results)
text = str(results[0])
says_so = any(word in text.lower() for word in ("tie", "random", "lot"))
print(text.strip())
print("winners of 200 counts of the same nine ballots:", dict(winners), "- a tie is mentioned:", says_so)
sys.exit(len(winners) < 2 or says_so)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
