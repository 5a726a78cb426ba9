// What is known of the session's suggested follow-ups: a Map from id to suggestion, made new by each frame. Nothing here paints.

import { byId } from "./ids.js"

export function reduceSuggestions(book, frame) {
  switch (frame.type) {
    case "snapshot":
      return new Map(frame.suggestions.map((suggestion) => [suggestion.id, suggestion]))
    case "suggestion.changed":
      return withChanged(book, frame.suggestion)
    case "suggestion.tally":
      return frame.suggestions.reduce(withSupporters, book)
    case "suggestion.gone":
      return without(book, frame)
    case "suggestion.mine":
      return withMine(book, frame.suggestion, frame.mine)
  }
  return book
}

function withChanged(book, suggestion) {
  const before = book.get(suggestion.id)
  if (before && before.version >= suggestion.version) return book
  const author = before?.mine.author || "is_own" in suggestion
  const mine = { author, supported: Boolean(before?.mine.supported) }
  return new Map(book).set(suggestion.id, { ...suggestion, mine })
}

function withSupporters(book, { id, supporters, version }) {
  const before = book.get(id)
  return before && before.version < version ? new Map(book).set(id, { ...before, supporters, version }) : book
}

function without(book, { suggestion: id, version }) {
  const before = book.get(id)
  return before && before.version < version ? new Map(book).set(id, { ...before, version, isGone: true }) : book
}

export function withMine(book, id, mine) {
  const before = book.get(id)
  return before ? new Map(book).set(id, { ...before, mine }) : book
}

function visible(book) {
  return [...book.values()].filter(({ isGone }) => !isGone)
}

export function openSuggestions(book) {
  return visible(book).filter(({ state }) => state === "open")
}

// One's own that nobody else in the room sees, oldest first.
export function ownHidden(book) {
  const hidden = visible(book).filter(({ state }) => state === "waiting" || state === "dismissed")
  return hidden.filter(({ mine }) => mine.author).sort(byTime)
}

// What I am to the suggestion that each line was opened from: a Map from the line's id to "author" or "supporter".
export function ofLines(book) {
  const opened = visible(book).filter(({ line, mine }) => line && (mine.author || mine.supported))
  return new Map(opened.map(({ line, mine }) => [line, mine.author ? "author" : "supporter"]))
}

export function byTime(a, b) {
  return a.suggested_at.localeCompare(b.suggested_at) || byId(a.id, b.id)
}

export function bySupport(a, b) {
  return b.supporters - a.supporters || byTime(a, b)
}
