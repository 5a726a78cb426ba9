// "Tell me when it starts": a notification of the system where it is allowed, and the page's own words in any case.
// It works while the page is open; the calendar beside it works when it is not.

import "./gate.js"
import { clone } from "./markup.js"
import { sayNow } from "./speak.js"
import { fill, text } from "./texts.js"

const wanted = new Set()

// The button says nothing without this script, so the page does not carry one for every session.
function add() {
  for (const row of document.querySelectorAll('.slot[data-state="upcoming"]:not(.off, .pause)')) {
    const acts = row.querySelector(".prog-acts")
    if (!acts || acts.querySelector("[data-tell]")) continue
    const button = clone("tell")
    button.dataset.tell = row.dataset.session
    button.querySelector("[data-tell-title]").textContent = `: ${row.querySelector("h3").textContent}`
    acts.append(button)
  }
}

function paint() {
  add()
  for (const button of document.querySelectorAll("[data-tell]")) {
    button.setAttribute("aria-pressed", String(wanted.has(button.dataset.tell)))
  }
}

async function ask() {
  if (!("Notification" in window) || Notification.permission !== "default") return
  try {
    await Notification.requestPermission()
  } catch {
    // an old form of the call, or none at all: the page itself will say it
  }
}

function notify(title, room) {
  const sentence = fill(text("has_started"), { title })
  sayNow(sentence)
  document.title = sentence
  if (!("Notification" in window) || Notification.permission !== "granted") return
  try {
    new Notification(sentence).addEventListener("click", () => {
      window.focus()
      location.assign(room)
    })
  } catch {
    // phones allow notifications to service workers alone
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tell]")
  if (!button) return
  const id = button.dataset.tell
  if (wanted.delete(id)) return paint()
  wanted.add(id)
  paint()
  sayNow(text("will_tell"))
  ask()
})
document.addEventListener("programme:started", ({ detail }) => {
  if (wanted.delete(detail.id)) notify(detail.title, detail.url)
})
document.addEventListener("page:swapped", paint)
paint()
