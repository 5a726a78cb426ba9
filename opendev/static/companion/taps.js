// Takes the submit of forms that are a tap (an upvote, a support) and sends them over the socket. The tap shows at once; one
// without an answer is kept and sent again when the connection is back: saying it twice changes nothing.

import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { on } from "./markup.js"
import { wordsFor } from "./refusals.js"

// `find(id)` returns what is tapped, `isOn(it)` whether it is tapped already; `frame(id, wanted)` is the command. Returns what
// is wanted of each id and not answered yet.
export function startTaps({ selector, idOf, find, isOn, frame, changed, answered }) {
  const pending = new Map()

  function takeSubmit(event) {
    if (!event.target.matches(selector)) return
    const id = idOf(event.target)
    const it = find(id)
    if (!it || !canAsk()) return
    event.preventDefault()
    pending.set(id, !(pending.get(id) ?? isOn(it)))
    changed()
    send(id)
  }

  async function send(id) {
    const wanted = pending.get(id)
    const answer = await ask(frame(id, wanted))
    if (pending.get(id) !== wanted) return // tapped again meanwhile
    if (answer.code === "no_answer" && !canAsk()) return // the next connection sends it
    pending.delete(id)
    if (answer.type === "ok") return answered(answer, wanted)
    showBanner("notice", wordsFor(answer))
    changed()
  }

  document.addEventListener("submit", takeSubmit)
  on("live:status", ({ connected }) => {
    if (connected) for (const id of pending.keys()) send(id)
  })
  return pending
}
