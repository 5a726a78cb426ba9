// Asking, changing and withdrawing by socket; and the hint that somebody asked nearly the same. What is typed is kept until
// the server has it. Without a socket the forms post as they are.

import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { forget, keep, recall } from "./kept.js"
import { sayNow } from "./speak.js"
import { hasText, text } from "./texts.js"

const LOOK_AFTER = 600 // of quiet, so that a fast typist asks once
const SHORTEST = 8

const form = document.querySelector("[data-ask-form]")
const field = form.elements.text
const list = form.querySelector("[data-similar-list]")
let timer = null
let looked = ""

function wordsFor({ code, detail, fields }) {
  return (
    Object.values(fields ?? {})[0] ??
    (hasText(`error_${code}`) ? text(`error_${code}`) : detail || text("error_unsent"))
  )
}

function showError(sentence) {
  const node = form.querySelector("[data-ask-error]")
  node.hidden = !sentence
  node.querySelector("[data-ask-error-text]").textContent = sentence
  if (sentence) field.setAttribute("aria-invalid", "true")
  else field.removeAttribute("aria-invalid")
  field.setAttribute("aria-describedby", sentence ? "ask-note ask-error" : "ask-note")
  if (sentence) sayNow(sentence)
}

async function put(event) {
  if (!canAsk()) return
  event.preventDefault()
  const button = form.querySelector("#ask-button")
  if (button.getAttribute("aria-busy") === "true") return
  button.setAttribute("aria-busy", "true")
  const name = form.elements.name
  const answer = await ask({ type: "question.ask", text: field.value, ...(name.disabled ? {} : { name: name.value }) })
  button.removeAttribute("aria-busy")
  if (answer.type === "error") return showError(wordsFor(answer))
  field.value = ""
  forget("question")
  showError("")
  showSimilar([])
  form.closest("details").open = false
  sayNow(text("said_asked"))
}

// ---- nearly the same

function showSimilar(questions) {
  form.querySelector("[data-similar-part]").hidden = questions.length === 0
  list.replaceChildren(...questions.map(itemOf))
}

function itemOf({ id, text: said }) {
  const item = document.createElement("li")
  const link = document.createElement("a")
  link.className = "link"
  link.href = `#question-${id}`
  link.textContent = said
  item.append(link)
  return item
}

async function look() {
  const wanted = field.value.trim()
  if (wanted === looked) return
  looked = wanted
  if (wanted.length < SHORTEST) return showSimilar([])
  try {
    const answer = await fetch(`${form.dataset.similar}?text=${encodeURIComponent(wanted)}`)
    const { results } = await answer.json()
    if (looked === wanted && answer.ok) showSimilar(results)
  } catch {
    // a hint: without it one asks all the same
  }
}

field.addEventListener("input", () => {
  keep("question", field.value)
  clearTimeout(timer)
  timer = setTimeout(look, LOOK_AFTER)
})
form.addEventListener("submit", put)
if (!field.value) field.value = recall("question") ?? ""
if (field.value) form.closest("details").open = true // what was typed before a reload is in sight

// Whoever opens the form wants to write.
form.closest("details").addEventListener("toggle", ({ target }) => target.open && field.focus())

// ---- one's own

async function change(event, frame) {
  const own = event.target
  if (!canAsk()) return
  event.preventDefault()
  const { asked: question } = own.closest("[data-asked]").dataset
  const answer = await ask({ ...frame, question })
  if (answer.type === "error") return showBanner("notice", wordsFor(answer))
  own.closest("details")?.removeAttribute("open")
  if (frame.type === "question.withdraw") field.focus()
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-edit-form]"))
    change(event, { type: "question.edit", text: event.target.elements.text.value })
  if (event.target.matches("[data-withdraw-question]")) change(event, { type: "question.withdraw" })
})
