// The book of sign-up lines, kept by version: what is newer than what is known counts, the rest is dropped.

import { byId } from "./ids.js"

export function emptyLines() {
  return new Map()
}

export function reduceLines(book, frame) {
  if (frame.type === "snapshot") return new Map(frame.lines.map((line) => [line.id, line]))
  const id = frame.type === "line.changed" ? frame.line.id : frame.line
  const known = book.get(id)
  const next = new Map(book)
  if (frame.type === "line.changed") {
    if (known && known.version >= frame.line.version) return book
    next.set(id, { ...frame.line, mine: known?.mine ?? { signed_up: false, removed: false } })
  } else if (frame.type === "line.gone") {
    next.delete(id)
  } else {
    if (!known || known.version >= frame.version) return book
    next.set(id, { ...known, version: frame.version, count: frame.count, names: frame.names })
  }
  return next
}

export function withMyName(book, id, mine) {
  const known = book.get(id)
  return known ? new Map(book).set(id, { ...known, mine }) : book
}

export function inOrder(book) {
  return [...book.values()].sort((a, b) => a.position - b.position || byId(a.id, b.id))
}
