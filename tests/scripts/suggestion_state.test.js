import assert from "node:assert/strict"
import { test } from "node:test"
import { standing } from "../companion/standing.js"
import {
  bySupport,
  byTime,
  ofLines,
  openSuggestions,
  ownHidden,
  reduceSuggestions,
  withMine,
} from "../companion/suggestion_state.js"

function suggestion(id, more = {}) {
  return {
    id,
    version: 1,
    state: "open",
    title: `Topic ${id}`,
    supporters: 0,
    line: null,
    suggested_at: `2026-01-01T10:00:0${id}Z`,
    mine: { author: false, supported: false },
    ...more,
  }
}

function bookOf(...suggestions) {
  return reduceSuggestions(new Map(), { type: "snapshot", suggestions })
}

function changed(book, id, more) {
  const { mine, ...told } = suggestion(id, { version: 2, ...more })
  return reduceSuggestions(book, { type: "suggestion.changed", suggestion: told })
}

const idsOf = (rows) => rows.map(({ id }) => id)

test("news that are older than what is known change nothing", () => {
  const book = bookOf(suggestion("1", { version: 5, supporters: 3 }))
  assert.equal(changed(book, "1", { version: 5, title: "Old" }), book)
  const tally = { type: "suggestion.tally", suggestions: [{ id: "1", supporters: 9, version: 5 }] }
  assert.equal(reduceSuggestions(book, tally).get("1").supporters, 3)
  assert.equal(reduceSuggestions(book, { type: "suggestion.gone", suggestion: "1", version: 4 }), book)
})

test("a tally moves the supporters and leaves what is mine", () => {
  const book = bookOf(suggestion("1", { mine: { author: false, supported: true } }))
  const tally = { type: "suggestion.tally", suggestions: [{ id: "1", supporters: 4, version: 2 }] }
  const after = reduceSuggestions(book, tally).get("1")
  assert.deepEqual([after.supporters, after.mine.supported], [4, true])
})

test("news of my own say that it is mine, in every window", () => {
  const book = changed(new Map(), "1", { is_own: true, state: "waiting" })
  assert.deepEqual(idsOf(ownHidden(book)), ["1"])
  assert.deepEqual(openSuggestions(book), [])
  assert.equal(changed(new Map(), "2", {}).get("2").mine.author, false)
})

test("what is gone is listed nowhere, and comes back with newer news", () => {
  const gone = reduceSuggestions(bookOf(suggestion("1")), { type: "suggestion.gone", suggestion: "1", version: 2 })
  assert.deepEqual(openSuggestions(gone), [])
  assert.deepEqual(idsOf(openSuggestions(changed(gone, "1", { version: 3 }))), ["1"])
})

test("a line says what I was to the suggestion that it was opened from", () => {
  const supported = { author: false, supported: true }
  let book = bookOf(suggestion("1", { mine: supported }), suggestion("2"), suggestion("3"))
  book = changed(book, "1", { state: "opened", line: "11" })
  book = changed(book, "2", { state: "opened", line: "12" })
  book = changed(book, "3", { state: "opened", line: "13", is_own: true })
  assert.deepEqual(
    [...ofLines(book)],
    [
      ["11", "supporter"],
      ["13", "author"],
    ],
  )
  assert.equal(withMine(book, "9", supported), book)
})

test("rows that are listed keep their places, and new ones come last", () => {
  const rows = [suggestion("1", { supporters: 9 }), suggestion("2"), suggestion("4"), suggestion("3")]
  assert.deepEqual(
    standing(["2", "1", "7"], rows, (added) => added.sort(byTime)),
    ["2", "1", "3", "4"],
  )
  assert.deepEqual(idsOf(rows.sort(bySupport)), ["1", "2", "3", "4"])
})
