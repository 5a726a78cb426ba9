// The room's parts and their tabs. The tabs are links that work without this file; here they open without a new page.
// Which part is seen, the style sheet says by the body's data-open-part. On a wide page the notes have a column of their own beside the others, so that they are no tab there.
// Says `tabs:opened`; hears `tabs:news` {part} (marks a tab that is not open), `tabs:exists` {part, count?, exists?} and `tabs:suggest`
// {part}: opens it for a reader who did not choose another part, and marks its tab for who did.

import { emit, on } from "./markup.js"

const nav = document.querySelector("[data-tabs]")
const wide = matchMedia("(min-width: 60rem)") // as in product.css

const first = nav.querySelector("[data-tab]").dataset.tab
let search = location.search
let chosen = new URLSearchParams(search).get("tab")

function tabOf(part) {
  return nav.querySelector(`[data-tab="${CSS.escape(part)}"]`)
}

export function isOpenPart(part) {
  return document.body.dataset.openPart === part
}

export function isInColumn(part) {
  return part === "notes" && wide.matches && "hasNotes" in document.body.dataset
}

function markNews(part, isNew) {
  const tab = tabOf(part)
  tab.querySelector("[data-tab-news]").hidden = !isNew
}

function open(part) {
  document.body.dataset.openPart = part
  for (const tab of nav.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === part) tab.setAttribute("aria-current", "page")
    else tab.removeAttribute("aria-current")
  }
  markNews(part, false)
  emit("tabs:opened", { part })
}

function addressOf(part) {
  const url = new URL(location.href)
  url.searchParams.set("tab", part)
  url.hash = ""
  return url
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-tabs] [data-tab], [data-tab-link]")
  const tab = link && tabOf(link.dataset.tab ?? link.dataset.tabLink)
  if (!tab || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  visit(tab.dataset.tab)
  scrollTo({ top: 0, behavior: "instant" })
})

// Each tab that somebody goes to is a step of its own, so that Back leads to the one before.
function visit(part) {
  const address = addressOf(part)
  if (chosen !== part) {
    if (!chosen) history.replaceState({ part: document.body.dataset.openPart }, "")
    history.pushState({ part }, "", address)
  }
  chosen = part
  search = location.search
  open(part)
}

addEventListener("popstate", ({ state }) => {
  if (location.search === search) return // a jump inside the page
  search = location.search
  chosen = new URLSearchParams(search).get("tab")
  const part = chosen ?? state?.part ?? first
  if (tabOf(part) && !tabOf(part).hidden) open(part)
})

// Writing, or choosing in a poll and not sent yet: nobody is led away from that.
function isBusy() {
  const isTyping = document.activeElement?.matches("input:not([type=radio], [type=checkbox]), textarea")
  return isTyping || document.querySelector('[data-part="poll"] [name="option"]:checked') !== null
}

let suggested = null // until there is such a part: its own news may come a moment later

function followSuggestion() {
  const part = suggested
  if (!part || tabOf(part).hidden) return
  suggested = null
  const isFree = !chosen || chosen === first
  if (isOpenPart(part)) return
  if (isFree && !isBusy()) open(part)
  else markNews(part, true)
}

on("tabs:suggest", ({ part }) => {
  suggested = part
  followSuggestion()
})

function keepColumn() {
  if (isInColumn(document.body.dataset.openPart)) open("poll")
  else emit("tabs:opened", { part: document.body.dataset.openPart })
}

wide.addEventListener("change", keepColumn)

on("tabs:news", ({ part }) => isOpenPart(part) || markNews(part, true))

// A part that comes to be gets its tab; the tabs are there from the second part on.
on("tabs:exists", ({ part, count, exists = Boolean(count) }) => {
  const tab = tabOf(part)
  if (part === "notes" && count) {
    document.body.dataset.hasNotes = ""
    keepColumn()
  }
  if (exists) tab.hidden = false
  if (count !== undefined) tab.querySelector("[data-tab-count]")?.replaceChildren(String(count))
  nav.hidden = nav.querySelectorAll("[data-tab]:not([hidden])").length < 2
  document.body.toggleAttribute("data-has-tabs", !nav.hidden) // the dock stands above them
  followSuggestion()
})

if (isInColumn(document.body.dataset.openPart)) open("poll")
