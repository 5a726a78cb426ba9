// A list that is being imported shows how many of its rows are read and taken over. Without script the form is sent as
// any other, and the page that comes back tells the same at the end.

import "./gate.js"
import { fill } from "./texts.js"

const EVERY_MS = 400
const form = document.querySelector("[data-import]")
const state = form?.querySelector("[data-import-state]")

async function look() {
  const answer = await fetch(form.dataset.progress)
  const [newest] = answer.ok ? (await answer.json()).results : []
  if (!newest || !["reading", "taking_over"].includes(newest.state)) return
  const isReading = newest.state === "reading"
  const done = isReading ? newest.read : newest.taken_over
  const bar = state.querySelector("[data-import-bar]")
  bar.max = Math.max(newest.total, 1)
  bar.value = done
  const words = isReading ? state.dataset.reading : state.dataset.taking
  state.querySelector("[data-import-words]").textContent = fill(words, { done, all: newest.total })
}

form?.addEventListener("submit", () => {
  // The form goes its ordinary way; the page stays until the answer comes, and asks meanwhile how far it is.
  state.hidden = false
  form.querySelector("button").disabled = true
  setInterval(() => look().catch(() => {}), EVERY_MS)
})
