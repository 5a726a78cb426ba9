// Keys can be switched off, for those whose speech input or tremor types letters by accident; this device remembers it.

const STORED = "companion:keys"
const box = document.querySelector("[data-keys-switch]")

function isStoredOff() {
  try {
    return localStorage.getItem(STORED) === "off"
  } catch {
    return false // storage is forbidden: on, until the page is left
  }
}

function store(value) {
  try {
    localStorage.setItem(STORED, value)
  } catch {
    // it lasts as long as the page
  }
}

export function isSwitchedOn() {
  return document.body.dataset.keys === "on"
}

function turn(value) {
  document.body.dataset.keys = value // the hints on the buttons follow it
}

box.checked = !isStoredOff()
turn(box.checked ? "on" : "off")
box.addEventListener("change", () => {
  turn(box.checked ? "on" : "off")
  store(document.body.dataset.keys)
})
