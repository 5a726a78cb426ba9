// The kinds of polls, a module each, as in polls/kinds. Nothing outside this folder names a kind.

import multiple from "./multiple.js"
import number from "./number.js"
import points from "./points.js"
import ranking from "./ranking.js"
import scale from "./scale.js"
import single from "./single.js"
import text from "./text.js"
import words from "./words.js"

const ALL = [single, multiple, scale, ranking, points, words, text, number]
const KINDS = new Map(ALL.map((kind) => [kind.name, kind]))

export function kindOf(poll) {
  return KINDS.get(poll.kind)
}

export function kindNamed(name) {
  return KINDS.get(name)
}
