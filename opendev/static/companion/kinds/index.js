// The kinds of polls, a module each, as in polls/kinds. Nothing outside this folder names a kind.

import multiple from "./multiple.js"
import number from "./number.js"
import scale from "./scale.js"
import single from "./single.js"
import text from "./text.js"
import words from "./words.js"

const KINDS = new Map([single, multiple, scale, words, text, number].map((kind) => [kind.name, kind]))

export function kindOf(poll) {
  return KINDS.get(poll.kind)
}

// One's own answer as the form holds it: the ids of options, or what one wrote.
export function ownAnswer(poll) {
  return poll.mine?.voted ? [poll.mine[kindOf(poll).field] ?? []].flat() : []
}

// An answer as it is sent.
export function asSent(poll, answer) {
  const { field, takesOne } = kindOf(poll)
  return { [field]: takesOne ? (answer[0] ?? "") : answer }
}
