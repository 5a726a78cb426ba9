#!/usr/bin/env bash
# Etherpad's easysync (1.8.14) tears a word that somebody types at the very place where a line of "name + newline" goes in.
#
# Expected: of two insertions at one place the earlier goes first, or the lower author; so it is one whether a program adds a
# line as "Ann\n" at the start of the next line, or as "\nAnn" at the end of the line before: the text is the same.
# Instead: what goes first is what does not begin with a newline, whoever came first. At the start of a line both begin with a
# letter, so the word comes before the name where it was first: "Be" and "Ann" become "BeAnn", and what is typed on lands a
# line below. At the end of a line the newline always goes last: no order tears anything.
# Here: etherpad_links/easysync/lines.py adds a line behind the one above it; docs/adr/0013-pads-are-written-as-a-member.md.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent ep_etherpad-lite@1.8.14 > /dev/null
tar -xzf ep_etherpad-lite-1.8.14.tgz
cat > seen.cjs <<'JS'
const changes = require("./package/static/js/Changeset.js")
const AttributePool = require("./package/static/js/AttributePool.js")

const TEXT = "Heading\nnext\n"
const insert = (place, words) => changes.makeSplice(TEXT, place, 0, words)

// What the server makes of two changes on the same base: the second is rewritten to follow the first.
function merged(first, second) {
  const rewritten = changes.follow(first, second, false, new AttributePool())
  return changes.applyToText(rewritten, changes.applyToText(first, TEXT))
}
const START = "Heading\n".length
const END = "Heading".length
const seen = {
  "Ann\\n at the start of the next line, word first": merged(insert(START, "Be"), insert(START, "Ann\n")),
  "Ann\\n at the start of the next line, name first": merged(insert(START, "Ann\n"), insert(START, "Be")),
  "\\nAnn at the end of the line before, word first": merged(insert(END, "Be"), insert(END, "\nAnn")),
  "\\nAnn at the end of the line before, name first": merged(insert(END, "\nAnn"), insert(END, "Be")),
}
for (const [how, text] of Object.entries(seen)) console.log(`${how}: ${JSON.stringify(text)}`)
const asDescribed = ["Heading\nBeAnn\nnext\n", "Heading\nAnn\nBenext\n", "HeadingBe\nAnn\nnext\n", "HeadingBe\nAnn\nnext\n"]
process.exit(JSON.stringify(Object.values(seen)) === JSON.stringify(asDescribed) ? 0 : 1)
JS
node seen.cjs
