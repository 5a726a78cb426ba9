// A list that is being imported shows how many of its rows are read and taken over. The form is sent by fetch: WebKit fails
// every other request while a page waits for the answer to an ordinary form. Without script the form is sent as any other.

import "./gate.js"
import { bodyOf } from "./forms.js"
import { fill } from "./texts.js"

const EVERY_MS = 400
let timer = null

const stateOf = (form) => form.querySelector("[data-import-state]")

async function look(form) {
  const answer = await fetch(form.dataset.progress)
  const [newest] = answer.ok ? (await answer.json()).results : []
  if (timer === null || !newest || !["reading", "taking_over"].includes(newest.state)) return
  const state = stateOf(form)
  const isReading = newest.state === "reading"
  const done = isReading ? newest.read : newest.taken_over
  const bar = state.querySelector("[data-import-bar]")
  bar.max = Math.max(newest.total, 1)
  bar.value = done
  const words = isReading ? state.dataset.reading : state.dataset.taking
  state.querySelector("[data-import-words]").textContent = fill(words, { done, all: newest.total })
}

function begin(form) {
  const state = stateOf(form)
  state.hidden = false
  state.querySelector("[data-import-words]").textContent = ""
  state.querySelector("[data-import-bar]").removeAttribute("value")
  form.querySelector("button").disabled = true
  timer = setInterval(() => look(form).catch(() => {}), EVERY_MS)
}

function stop() {
  clearInterval(timer)
  timer = null
}

// The form as it was before: after a failure, and when Back brings this page from memory.
function reset(form, sentence = "") {
  stop()
  const state = stateOf(form)
  state.hidden = !sentence
  state.querySelector("[data-import-words]").textContent = sentence
  state.querySelector("[data-import-bar]").value = 0
  form.querySelector("button").disabled = false
}

// A list that was taken leads to its page; one that was refused came back with the reason, which is shown here.
async function show(answer) {
  if (answer.redirected && answer.ok) return location.assign(answer.url)
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelector("main")
  if (!fresh) throw new Error(String(answer.status))
  document.title = page.title
  document.querySelector("main").replaceWith(document.adoptNode(fresh))
  document.querySelector("main [aria-invalid]")?.focus()
}

async function send(form, button) {
  const body = bodyOf(form, button)
  begin(form)
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } })
    stop()
    await show(answer)
  } catch {
    reset(form, stateOf(form).dataset.unsent)
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-import]")) return
  event.preventDefault()
  if (timer === null) send(event.target, event.submitter)
})
addEventListener("pageshow", ({ persisted }) => {
  const form = document.querySelector("[data-import]")
  if (persisted && form) reset(form)
})
