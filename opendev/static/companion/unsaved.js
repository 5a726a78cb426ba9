// Warns before somebody leaves a page with words that were not sent, and keeps the place on the page over a save.
// A form takes part by `data-unsaved`; one that came back refused says `data-unsaved="yes"`, for its words are unsaved
// already. Without this script nothing is lost by any button of the page: the server takes all boxes with each press.

import "./gate.js"

const PLACE = `place:${location.pathname}`
let isLeaving = false

function isChanged(field) {
  if (!field.name || field.type === "hidden" || field.localName === "button" || field.disabled) return false
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
  if (field.type === "file") return field.files.length > 0
  if (field.localName === "select") return isChosenAnew([...field.options])
  return field.value !== field.defaultValue
}

// A list of which the page chose no entry shows its first one: that is no change of anybody's.
function isChosenAnew(options) {
  const before = Math.max(
    options.findIndex((option) => option.defaultSelected),
    0,
  )
  return !options[before]?.selected
}

// Asked each time: parts of some pages are swapped.
function isUnsaved() {
  const forms = [...document.querySelectorAll("form[data-unsaved]")]
  return forms.some((form) => form.dataset.unsaved === "yes" || [...form.elements].some(isChanged))
}

function warn(event) {
  if (isLeaving || !isUnsaved()) return
  event.preventDefault()
  event.returnValue = ""
}

function show() {
  const unsaved = isUnsaved()
  for (const note of document.querySelectorAll("[data-unsaved-note]")) {
    note.hidden = !unsaved
    note.closest(".save-bar")?.toggleAttribute("data-waiting", unsaved)
  }
  // Heard only while it is needed: a page that listens is not kept for Back in some browsers.
  window.removeEventListener("beforeunload", warn)
  if (unsaved) window.addEventListener("beforeunload", warn)
}

function keepPlace() {
  try {
    sessionStorage.setItem(PLACE, String(Math.round(window.scrollY)))
  } catch {
    // Storage may be forbidden; then the page begins at its top.
  }
}

function returnToPlace() {
  try {
    const place = sessionStorage.getItem(PLACE)
    sessionStorage.removeItem(PLACE)
    if (place && !location.hash && !document.querySelector("[aria-invalid]")) window.scrollTo(0, Number(place))
  } catch {
    // As above.
  }
}

document.addEventListener("input", show)
document.addEventListener("change", show)
document.addEventListener("control:swapped", show)
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return
  isLeaving = true
  if (event.target.matches("form[data-unsaved]")) keepPlace()
})
// By a script, which goes on to another page.
document.addEventListener("form:sent", () => {
  isLeaving = true
})
window.addEventListener("pageshow", () => {
  isLeaving = false
  show()
})
returnToPlace()
show()
