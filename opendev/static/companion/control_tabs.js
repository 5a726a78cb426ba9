// On a phone the control room's parts are tabs: links to #stage, #polls, #panel, and to #questions, which stand in it. CSS
// shows the target; this file marks the tab (a page without tabs has one part) and brings the focus into the quick poll when "Add" was tapped.

const tabs = document.querySelector("[data-tabs]")
const QUICK = "#quick-line"

// News of a followed link come later than the browser's own move of the focus: whoever has written by then, and left the
// field again, is not brought back into it.
let isAwaited = true

function currentPart() {
  const part = document.getElementById(location.hash.slice(1))?.closest(".stage, .side")
  return part?.id ?? "stage"
}

function mark() {
  const current = currentPart()
  document.body.dataset.part = current
  const links = [...(tabs?.querySelectorAll("a") ?? [])]
  const wanted = links.find(({ hash }) => hash === location.hash)?.hash ?? `#${current}`
  for (const link of links) {
    if (link.hash === wanted) link.setAttribute("aria-current", "page")
    else link.removeAttribute("aria-current")
  }
  if (location.hash === QUICK && isAwaited) document.querySelector(QUICK).focus()
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(QUICK)) isAwaited = false
})

// The same link again changes no hash, and still means: let me write.
document.addEventListener("click", (event) => {
  if (!event.target.closest(`a[href="${QUICK}"]`)) return
  isAwaited = true
  if (location.hash === QUICK) mark()
})

addEventListener("hashchange", mark)
mark()
