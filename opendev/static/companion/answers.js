// Pure: an answer as a form holds it: ids of options, what was written, or what the poll's kind makes of its form.

import { kindOf } from "./kinds/index.js"

export function noAnswer(kind) {
  return kind.none ?? []
}

// My answer as the server knows it; none where I gave it on another device.
export function answerOf(poll) {
  const kind = kindOf(poll)
  const held = poll.mine?.voted ? poll.mine[kind.field] : null
  if (held === null || held === undefined) return noAnswer(kind)
  return kind.takesOne ? [held] : held
}

// An answer as it is sent.
export function asSent(kind, answer) {
  return kind.takesOne ? (answer[0] ?? "") : answer
}

// The options that an answer names, or the words of it.
export function optionsIn(kind, answer) {
  return kind.optionsIn?.(answer) ?? answer
}

export function isSameAnswer(kind, one, other) {
  const keyOf = kind.keyOf ?? ((answer) => [...answer].sort().join())
  return keyOf(one) === keyOf(other)
}
