// An export shows how many of its rows have come. Without script, or where it cannot be read piece by piece, the link is
// an ordinary download. The server says in `Export-Rows` how many rows there will be; a spreadsheet comes in one go.

import "./gate.js"
import { fill } from "./texts.js"

const NEWLINE = 10
const state = document.querySelector("[data-export-state]")
const words = state?.querySelector("[data-export-words]")
const bar = state?.querySelector("[data-export-bar]")
let isBusy = false

function show(done, all) {
  state.hidden = false
  if (done === null) bar.removeAttribute("value")
  else [bar.max, bar.value] = [Math.max(all, 1), Math.min(done, all)]
  words.textContent = fill(state.dataset.words, { done: Math.min(done ?? 0, all), all })
}

function newlinesIn(piece) {
  let found = 0
  for (const byte of piece) if (byte === NEWLINE) found += 1
  return found
}

async function collect(response) {
  const all = Number(response.headers.get("Export-Rows") ?? 0)
  const isText = !response.headers.get("Content-Type")?.includes("openxmlformats")
  const pieces = []
  let lines = 0
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) return { pieces, all }
    pieces.push(value)
    if (isText) lines += newlinesIn(value)
    show(isText ? lines : null, all)
  }
}

function save(pieces, response) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob(pieces, { type: response.headers.get("Content-Type") }))
  link.download = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))?.[1] ?? "export"
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function bring(address) {
  isBusy = true
  show(null, 0)
  try {
    const response = await fetch(address)
    if (!response.ok) throw new Error(String(response.status))
    const { pieces, all } = await collect(response)
    save(pieces, response)
    show(all, all)
    words.textContent = fill(state.dataset.ready, { all })
  } catch {
    show(0, 1)
    words.textContent = state.dataset.failed
  } finally {
    isBusy = false
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-export]")
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0
  if (!link || !state || !isPlain || !("body" in Response.prototype)) return
  event.preventDefault()
  if (!isBusy) bring(link.href)
})
