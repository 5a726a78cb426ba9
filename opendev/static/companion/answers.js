// Pure: an answer as a form holds it: ids of options, what was written, or what the poll's kind makes of its form.

import { kindOf } from "./kinds/index.js"

export function noAnswer(kind) {
  return kind.none ?? []
}

// An option in one's own words stands among the ids as "=words"; no id begins like that.
const OWN = "="

export function asOther(words) {
  return OWN + words
}

export function otherIn(kind, answer) {
  if (kind.isWritten || !Array.isArray(answer)) return ""
  return answer.find((part) => part.startsWith(OWN))?.slice(OWN.length) ?? ""
}

function withoutOther(kind, answer) {
  return kind.isWritten || !Array.isArray(answer) ? answer : answer.filter((part) => !part.startsWith(OWN))
}

// My answer as the server knows it; none where I gave it on another device.
export function answerOf(poll) {
  const kind = kindOf(poll)
  const held = poll.mine?.voted ? poll.mine[kind.field] : null
  if (held === null || held === undefined) return noAnswer(kind)
  if (kind.takesOne) return [held]
  return poll.mine.other && Array.isArray(held) ? [...held, asOther(poll.mine.other)] : held
}

// An answer as it is sent.
export function asSent(kind, answer) {
  return kind.takesOne ? (answer[0] ?? "") : withoutOther(kind, answer)
}

// The options that an answer names, or the words of it.
export function optionsIn(kind, answer) {
  return kind.optionsIn?.(answer) ?? withoutOther(kind, answer)
}

export function isSameAnswer(kind, one, other) {
  const keyOf = kind.keyOf ?? ((answer) => [...answer].sort().join())
  return keyOf(one) === keyOf(other)
}
