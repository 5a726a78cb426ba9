// A list that is being imported shows how many of its rows are read and taken over. The page's form is sent by fetch: WebKit fails
// every other request while a page waits for the answer to an ordinary form. Without script the form is sent as any other.

import "./gate.js"
import { addressOf, bodyOf } from "./forms.js"
import { emit } from "./markup.js"
import { fill } from "./texts.js"

const EVERY_MS = 400
let timer = null

const stateOf = (part) => part.querySelector("[data-import-state]")

async function look(part) {
  const answer = await fetch(part.dataset.progress)
  const [newest] = answer.ok ? (await answer.json()).results : []
  if (timer === null || !newest || !["reading", "taking_over"].includes(newest.state)) return
  const state = stateOf(part)
  const isReading = newest.state === "reading"
  const done = isReading ? newest.read : newest.taken_over
  const bar = state.querySelector("[data-import-bar]")
  bar.max = Math.max(newest.total, 1)
  bar.value = done
  const words = isReading ? state.dataset.reading : state.dataset.taking
  state.querySelector("[data-import-words]").textContent = fill(words, { done, all: newest.total })
}

function begin(part) {
  const state = stateOf(part)
  state.hidden = false
  state.querySelector("[data-import-words]").textContent = ""
  state.querySelector("[data-import-bar]").removeAttribute("value")
  part.querySelector("button").disabled = true
  timer = setInterval(() => look(part).catch(() => {}), EVERY_MS)
}

function stop() {
  clearInterval(timer)
  timer = null
}

// The part as it was before: after a failure, and when Back brings this page from memory.
function reset(part, sentence = "") {
  stop()
  const state = stateOf(part)
  state.hidden = !sentence
  state.querySelector("[data-import-words]").textContent = sentence
  state.querySelector("[data-import-bar]").value = 0
  part.querySelector("button").disabled = false
}

// A list that was taken is on the page as it is now; one that was refused came back with the reason, which is shown here.
async function show(answer) {
  if (answer.type === "opaqueredirect") {
    emit("form:sent")
    return location.assign(location.pathname)
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelector("main")
  if (!fresh) throw new Error(String(answer.status))
  document.title = page.title
  document.querySelector("main").replaceWith(document.adoptNode(fresh))
  document.querySelector("main [aria-invalid]")?.focus()
}

async function send(part, button) {
  const body = bodyOf(button.form, button)
  begin(part)
  try {
    const answer = await fetch(addressOf(button.form, button), {
      method: "POST",
      body,
      headers: { Accept: "text/html" },
      redirect: "manual", // what was typed into other boxes is shown once, to the request that shows the page
    })
    stop()
    await show(answer)
  } catch {
    reset(part, stateOf(part).dataset.unsent)
  }
}

document.addEventListener("submit", (event) => {
  const part = event.submitter?.closest("[data-import]")
  if (!part) return
  event.preventDefault()
  if (timer === null) send(part, event.submitter)
})
addEventListener("pageshow", ({ persisted }) => {
  const part = document.querySelector("[data-import]")
  if (persisted && part) reset(part)
})
