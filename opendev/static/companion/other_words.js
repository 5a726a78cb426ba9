// What people wrote for "Other" and may be read, in a line. polls/kinds/other.py says the same on the server.

import { setHidden, setText } from "./markup.js"
import { text } from "./texts.js"

const MOST_NAMED = 10

export function ownWords({ other }) {
  const named = (other?.answers ?? []).slice(0, MOST_NAMED)
  if (!named.length) return ""
  const words = named.map((answer) => `${answer.text} (${answer.count})`).join(", ")
  const more = other.different - named.length
  return text(more > 0 ? "own_words_more" : "own_words", { words, more })
}

export function paintOwnWords(root, poll) {
  const line = ownWords(poll)
  setText(root, "[data-own-words]", line)
  setHidden(root, "[data-own-words-row]", !line)
}
