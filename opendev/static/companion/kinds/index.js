// The kinds of polls, a module each, as in polls/kinds. Nothing outside this folder names a kind.

import multiple from "./multiple.js"
import scale from "./scale.js"
import single from "./single.js"

const KINDS = new Map([single, multiple, scale].map((kind) => [kind.name, kind]))

export function kindOf(poll) {
  return KINDS.get(poll.kind)
}
