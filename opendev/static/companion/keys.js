// One key for each act: a letter presses the [data-key] button or link that says it, as a click would. Space, Enter and Tab
// stay the browser's; nothing happens while somebody types, with a modifier held, or when keys are switched off.

import { isSwitchedOn } from "./keys_switch.js"

const FIELDS = "input, select, textarea, [contenteditable]"
const MODIFIERS = ["ctrlKey", "metaKey", "altKey"]

function isTyping(target) {
  return target instanceof Element && target.matches(FIELDS)
}

// "?" needs Shift on most keyboards; a letter with Shift is somebody else's.
function hasModifier(event) {
  return MODIFIERS.some((name) => event[name]) || (event.shiftKey && event.key !== "?")
}

// The letter of a key; on layouts without Latin letters, the one that stands at its place on a keyboard that has them.
export function letterOf({ key, code }) {
  const isForeign = key.length === 1 && key > "~"
  const place = isForeign ? /^Key([A-Z])$/.exec(code ?? "") : null
  return (place?.[1] ?? key).toLowerCase()
}

export function isKeyForUs(event) {
  if (!isSwitchedOn() || event.defaultPrevented || event.isComposing || event.repeat || hasModifier(event)) return false
  return !isTyping(event.target) && !document.querySelector("dialog[open]")
}

// What stands in the deck comes first: the big button is what the eye is on.
function targetOf(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`
  return document.querySelector(`.deck ${selector}`) ?? document.querySelector(selector)
}

function press(target) {
  if (target.dataset.keyDoes === "focus") target.focus()
  else target.click()
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur()
  const target = isKeyForUs(event) && targetOf(letterOf(event))
  if (!target) return
  event.preventDefault()
  press(target)
})
