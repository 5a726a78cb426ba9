// The line and the picture above a poll's rows, where its kind has them.

import { kindOf } from "./kinds/index.js"
import { setHidden, setText } from "./markup.js"
import { hasCounts } from "./poll_state.js"

const LONG = 60 // letters; a longer line is set smaller on the screen

export function summaryOf(poll) {
  return (hasCounts(poll) && kindOf(poll).note?.(poll)) || ""
}

export function paintSummary(root, poll) {
  const summary = summaryOf(poll)
  setText(root, "[data-summary]", summary)
  for (const line of root.querySelectorAll("[data-summary]")) line.toggleAttribute("data-long", summary.length > LONG)
  setHidden(root, "[data-summary-row]", !summary)
  if (!summary) return
  for (const place of root.querySelectorAll("[data-picture]")) {
    if (place.dataset.of !== poll.id) place.replaceChildren() // a screen shows one poll after the other
    place.dataset.of = poll.id
    kindOf(poll).paintPicture?.(place, poll)
  }
}
