// The right answer of a quiz, once it was revealed: in a line, beside its options, and whether mine is right.
// polls/kinds/right_answers.py does the same on the server.

import { kindOf } from "./kinds/index.js"
import { setHidden, setText } from "./markup.js"
import { text } from "./texts.js"

const MOMENT = 2600 // as long as the style sheet has the rows move

export function rightOf(poll) {
  return poll?.right_answer?.revealed_at ? poll.right_answer : null
}

// The ids of the options that are right by themselves; a ranking and a number have none.
export function rightOptions(poll) {
  return rightOf(poll)?.options ?? []
}

function wordsOf(poll, right) {
  const kind = kindOf(poll)
  const value = right[kind.field]
  if (!Array.isArray(value)) return [kind.withUnit(value, poll)]
  return value.map((id) => poll.options.find((option) => option.id === id)?.text ?? "")
}

export function rightLine(poll) {
  const right = rightOf(poll)
  if (!right) return ""
  const words = wordsOf(poll, right)
  const key = kindOf(poll).isOrder ? "right_order" : words.length === 1 ? "right_is" : "right_are"
  const line = text(key, { answer: words.join(", ") })
  if (right.count === undefined) return line
  return `${line} ${text("right_count", { ...right, voted: poll.ballots })}`
}

// Whether my answer is right; null where none is known.
export function hadItRight(poll) {
  const [kind, right, mine] = [kindOf(poll), rightOf(poll), poll.mine]
  const own = mine?.[kind.field]
  if (!right || !mine?.voted || mine.options === null || own === undefined) return null
  const wanted = right[kind.field]
  if (!Array.isArray(wanted)) return own === wanted
  if (kind.isOrder) return own.join() === wanted.join()
  const isIn = own.every((id) => wanted.includes(id))
  return kind.oneRow ? isIn : isIn && own.length === wanted.length
}

function mineLine(poll) {
  const isRight = hadItRight(poll)
  return isRight === null ? "" : text(isRight ? "right_mine" : "right_not_mine")
}

// What was hidden a moment ago comes forward; those who want less motion see it stand there.
function holdMoment(root) {
  root.toggleAttribute("data-revealing", true)
  setTimeout(() => root.toggleAttribute("data-revealing", false), MOMENT)
}

export function paintRight(root, poll) {
  const line = rightLine(poll)
  setText(root, "[data-right-line]", line)
  setText(root, "[data-right-mine]", mineLine(poll))
  setHidden(root, "[data-right-row]", !line)
  if (line && root.dataset.unrevealed === poll.id) holdMoment(root)
  root.dataset.unrevealed = line ? "" : poll.id
}
