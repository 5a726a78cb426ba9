// Reactions and pace: one tap each. A pace signal stays pressed until it is tapped again, or fades on the server.

import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { on } from "./markup.js"
import { wordsFor } from "./refusals.js"

const STAYS = { reaction: 2_000, pace: 120_000 } // as long as another tap would be refused, or changes nothing
const form = document.querySelector("[data-react-form]")
const timers = new Map()

function isPressed(button) {
  return button.getAttribute("aria-pressed") === "true"
}

function press(button, isOn) {
  clearTimeout(timers.get(button))
  button.setAttribute("aria-pressed", isOn)
  if (isOn) timers.set(button, setTimeout(press, STAYS[button.name], button, false))
}

async function tap(button) {
  const { name } = button
  const isOn = !isPressed(button)
  if (name === "reaction" && !isOn) return
  if (name === "pace") for (const other of form.querySelectorAll("[name=pace]")) press(other, false)
  press(button, isOn)
  const word = isOn ? button.dataset.tap : null
  const answer = await ask(
    name === "pace" ? { type: "pace.set", pace: word } : { type: "reaction.send", reaction: word },
  )
  if (answer.type === "ok" || (name === "reaction" && answer.code === "too_often")) return
  press(button, !isOn)
  showBanner("notice", wordsFor(answer))
}

function paint({ session }) {
  form.hidden = session.state !== "live" || !session.reactions.taken
}

if (form) {
  form.addEventListener("submit", (event) => {
    if (!canAsk()) return
    event.preventDefault()
    tap(event.submitter)
  })
  on("live:snapshot", paint)
  on("live:session.changed", paint)
}
