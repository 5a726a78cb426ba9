// What is folded in the programme: a jump opens the day that it leads to, Escape and a press elsewhere close the acts of
// a row, and paper has every day.

import "./gate.js"

const MENU = "details.row-acts[open]"

function openTo(target) {
  const fold = target?.closest("details.day-part")
  if (fold) fold.open = true
  target?.scrollIntoView({ block: target.matches("li") ? "center" : "start" })
  const link = target?.querySelector("a, summary")
  link?.focus({ preventScroll: true })
}

function targetOf(hash) {
  return hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll(MENU)) if (menu !== except) menu.open = false
}

let foldedForPaper = []

addEventListener("beforeprint", () => {
  foldedForPaper = [...document.querySelectorAll("details.day-part:not([open])")]
  for (const fold of foldedForPaper) fold.open = true
})
addEventListener("afterprint", () => {
  for (const fold of foldedForPaper) fold.open = false
})
document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.row-acts"))
  const jump = event.target.closest("[data-jump]")
  if (!jump) return
  event.preventDefault()
  history.replaceState(null, "", jump.hash)
  openTo(targetOf(jump.hash))
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  const menu = document.querySelector(MENU)
  if (!menu) return
  const hadFocus = menu.contains(document.activeElement)
  menu.open = false
  if (hadFocus) menu.querySelector("summary").focus()
})
if (location.hash) {
  const target = targetOf(location.hash)
  if (target?.closest("details.day-part:not([open])")) openTo(target)
}
