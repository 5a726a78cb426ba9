// A form by which somebody puts something to the room (a question, a suggestion): sends it by socket, says what is wrong, and
// hints at what is nearly the same. What is typed is kept until the server has it. Without a socket it posts as it is.

import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { forget, keep, recall } from "./kept.js"
import { wordsFor } from "./refusals.js"
import { sayNow } from "./speak.js"
import { text } from "./texts.js"

const LOOK_AFTER = 600 // of quiet, so that a fast typist asks once
const SHORTEST = 8

// `name` is how it is kept and the prefix of its ids; `field` the input's name, also in the frame and in the hint's query;
// `frame()` is the command without it; `said` the sentence's key; `linkOf(row)` returns [hash, words] of what is similar.
export function startAsking(form, { name, field: key, frame, said, linkOf }) {
  const field = form.elements[key]
  const details = form.closest("details")
  let timer = null
  let looked = ""

  function showError(sentence) {
    const node = form.querySelector("[data-ask-error]")
    node.hidden = !sentence
    node.querySelector("[data-ask-error-text]").textContent = sentence
    if (sentence) field.setAttribute("aria-invalid", "true")
    else field.removeAttribute("aria-invalid")
    field.setAttribute("aria-describedby", sentence ? `${name}-note ${name}-error` : `${name}-note`)
    if (sentence) sayNow(sentence)
  }

  async function put(event) {
    if (!canAsk()) return
    event.preventDefault()
    const button = form.querySelector("[data-ask-button]")
    if (button.getAttribute("aria-busy") === "true") return
    button.setAttribute("aria-busy", "true")
    const answer = await ask({ ...frame(), [key]: field.value })
    button.removeAttribute("aria-busy")
    if (answer.type === "error") return showError(wordsFor(answer))
    field.value = ""
    forget(name)
    showError("")
    showSimilar([])
    details.open = false
    sayNow(text(said))
  }

  function showSimilar(rows) {
    form.querySelector("[data-similar-part]").hidden = rows.length === 0
    form.querySelector("[data-similar-list]").replaceChildren(...rows.map(itemOf))
  }

  function itemOf(row) {
    const item = document.createElement("li")
    const link = document.createElement("a")
    const [hash, words] = linkOf(row)
    link.className = "link"
    link.href = hash
    link.textContent = words
    item.append(link)
    return item
  }

  async function look() {
    const typed = field.value.trim()
    if (typed === looked) return
    looked = typed
    if (typed.length < SHORTEST) return showSimilar([])
    try {
      const answer = await fetch(`${form.dataset.similar}?${key}=${encodeURIComponent(typed)}`)
      const { results } = await answer.json()
      if (looked === typed && answer.ok) showSimilar(results)
    } catch {
      // a hint: without it one asks all the same
    }
  }

  field.addEventListener("input", () => {
    keep(name, field.value)
    clearTimeout(timer)
    timer = setTimeout(look, LOOK_AFTER)
  })
  form.addEventListener("submit", put)
  if (!field.value) field.value = recall(name) ?? ""
  if (field.value) details.open = true // what was typed before a reload is in sight
  // Whoever opens the form wants to write.
  details.addEventListener("toggle", ({ target }) => target.open && field.focus())
  return field
}

// Takes the submit of a form that changes or withdraws one's own, and sends `frame`. Returns whether the server did it.
export async function changeOwn(event, frame) {
  if (!canAsk()) return false
  event.preventDefault()
  const form = event.target
  const answer = await ask(frame)
  if (answer.type === "error") {
    showBanner("notice", wordsFor(answer))
    return false
  }
  form.closest("details")?.removeAttribute("open")
  return true
}
