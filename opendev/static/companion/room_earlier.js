// The list of earlier polls, each with its chart folded away.

import { addressPicture, clone, setHidden, setText, syncChildren } from "./markup.js"
import { hasCounts } from "./poll_state.js"
import { paintSummary } from "./poll_summary.js"
import { paintResults } from "./poll_rows.js"
import { paintOwnWords } from "./other_words.js"
import { changes, headline, hiddenNote, label } from "./poll_words.js"
import { paintRight } from "./right_answer.js"
import { counted, text } from "./texts.js"

function makeItem(id) {
  const item = clone("earlier")
  item.dataset.earlier = id
  addressPicture(item, id)
  return item
}

function paintItem(item, poll) {
  const isVisible = hasCounts(poll)
  const hasChart = isVisible && poll.options.some(({ count }) => count > 0)
  const state = item.querySelector("[data-state-word]")
  item.dataset.state = state.dataset.state = poll.state
  setText(item, "[data-state-word]", text(`state_${poll.state}`))
  setText(item, "[data-label]", label(poll))
  setText(item, "[data-question]", poll.question)
  setText(item, "[data-changes]", changes(poll))
  setHidden(item, "[data-changes]", !changes(poll))
  setText(item, "[data-votes]", counted("votes", poll.ballots))
  setText(item, "[data-hidden-note]", hiddenNote(poll))
  setHidden(item, "[data-hidden-note]", isVisible)
  paintRight(item, poll)
  paintOwnWords(item, poll)
  setHidden(item, "[data-chart]", !hasChart)
  if (!hasChart) return
  setText(item, "[data-headline]", headline(poll))
  paintSummary(item, poll)
  paintResults(item.querySelector("[data-rows]"), poll, { mine: poll.mine?.voted ? (poll.mine.options ?? []) : [] })
}

export function paintEarlier(polls) {
  const list = document.querySelector("[data-earlier-list]")
  setHidden(document, "[data-earlier-part]", polls.length === 0)
  syncChildren(
    list,
    polls.map(({ id }) => id),
    { keyOf: (item) => item.dataset.earlier, make: makeItem },
  )
  for (const poll of polls) paintItem(list.querySelector(`[data-earlier="${CSS.escape(poll.id)}"]`), poll)
}
