// Swaps the [data-region] elements of this page for those of a fetched one. What somebody types, where the focus is,
// what is folded open and how far it is scrolled stays.

import { catchFocus, hasFocus } from "./focus.js"

const scrollers = "[id], [data-region]"

function likenessOf(node) {
  return JSON.stringify([node.tagName, node.name, node.value, node.getAttribute("href"), node.textContent.trim()])
}

function alike(region, likeness) {
  const all = document.querySelectorAll(`[data-region="${region}"] :is(a, button, summary, input, select, textarea)`)
  return [...all].filter((node) => likenessOf(node) === likeness)
}

// Where the focus is: what has no id is found again by what it says and does.
function placeOf(node) {
  const region = node?.closest("[data-region]")?.dataset.region
  if (node?.id || !region) return { id: node?.id }
  const likeness = likenessOf(node)
  return { region, likeness, number: alike(region, likeness).indexOf(node) }
}

function found({ id, region, likeness, number }) {
  return region ? alike(region, likeness)[number] : document.getElementById(id)
}

// Regions that are made anew say themselves which boxes are ticked.
function remember(anew) {
  const scrolled = [...document.querySelectorAll(scrollers)].filter((node) => node.scrollTop > 0)
  return {
    focus: placeOf(document.activeElement),
    hadFocus: hasFocus(),
    ticked: [...document.querySelectorAll("[data-keeps-tick]:checked")]
      .filter((box) => !anew.includes(box.closest("[data-region]").dataset.region))
      .map(({ value }) => value),
    open: [...document.querySelectorAll("details[open][id]")].map(({ id }) => id),
    scroll: scrolled.filter(({ id }) => id).map((node) => [node.id, node.scrollTop]),
  }
}

function restore({ focus, hadFocus, open, scroll, ticked }) {
  for (const value of ticked) {
    const box = document.querySelector(`[data-keeps-tick][value="${CSS.escape(value)}"]`)
    if (box) box.checked = true
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "")
  for (const [id, top] of scroll) document.getElementById(id)?.scrollTo({ top, behavior: "instant" })
  if (focus && document.activeElement === document.body) found(focus)?.focus({ preventScroll: true })
  if (hadFocus) catchFocus()
}

function sameMarkup(a, b) {
  return a.innerHTML === b.innerHTML
}

// Forms carry a fresh token in every page; it is not news.
function withoutTokens(region) {
  const copy = region.cloneNode(true)
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.removeAttribute("value")
  return copy
}

// A region that is made anew loses what was typed into it, which is in no markup.
function swapRegion(standing, fresh, { anew }) {
  if (!anew && sameMarkup(withoutTokens(standing), withoutTokens(fresh))) return
  for (const { name, value } of fresh.attributes) standing.setAttribute(name, value)
  standing.replaceChildren(...fresh.childNodes)
}

// Somebody has begun to change a field in it, or drags a row of it: news wait until that is saved.
export function isHalfWritten(name) {
  if (document.querySelector(`[data-region="${name}"] .dragged`)) return true
  const fields = document.querySelectorAll(`[data-region="${name}"] :is(input:not([type=hidden]), textarea)`)
  return [...fields].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked)
}

export function hasRegions(page) {
  return page.querySelector("[data-region]") !== null
}

export function swapRegions(page, { except = [], anew = [] } = {}) {
  const kept = remember(anew)
  for (const standing of document.querySelectorAll("[data-region]")) {
    const { region } = standing.dataset
    const fresh = page.querySelector(`[data-region="${region}"]`)
    if (!fresh || except.includes(region)) continue
    swapRegion(standing, document.adoptNode(fresh), { anew: anew.includes(region) })
  }
  document.title = page.title
  restore(kept)
}

export async function fetchPage(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options })
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  return { page, url: answer.url, status: answer.status }
}

let before = Promise.resolve()

// Asks of a page go one at a time, in the order of the taps: an older page never lies over a newer one.
export function inTurn(work) {
  const done = before.then(work)
  before = done.catch(() => {})
  return done
}
