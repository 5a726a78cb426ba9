// The record that the room becomes after its end: polls, and the prompts that were shown, in the order of the hour.

import { clone, setText } from "./markup.js"

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }

export function keyOfPrompt({ id }) {
  return `prompt-${id}`
}

// Polls by their id, prompts by their key.
export function recordKeys(polls, prompts) {
  const entries = [
    ...polls.map(({ id, launched_at }) => ({ key: id, at: launched_at ?? "" })),
    ...Array.from(prompts, (prompt) => ({ key: keyOfPrompt(prompt), at: prompt.shown_at })),
  ]
  return entries.sort((a, b) => a.at.localeCompare(b.at)).map(({ key }) => key)
}

export function makePrompt(key) {
  const entry = clone("prompt")
  entry.dataset.prompt = key
  return entry
}

export function paintPrompt(entry, { text, shown_at }) {
  setText(entry, "[data-prompt-text]", text)
  for (const time of entry.querySelectorAll("[data-shown-at]")) {
    time.dateTime = shown_at
    time.textContent = new Intl.DateTimeFormat("en-GB", { ...TIME, timeZone: time.dataset.zone }).format(
      new Date(shown_at),
    )
  }
}
