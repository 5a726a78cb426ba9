import assert from "node:assert/strict"
import { test } from "node:test"
import { emptyLines, inOrder, reduceLines, withMyName } from "../companion/line_state.js"

const mine = { signed_up: false, removed: false }

function line(id, more = {}) {
  return { id, version: 1, position: 0, title: "Packaging", count: 0, names: [], mine, ...more }
}

function bookOf(...lines) {
  return reduceLines(emptyLines(), { type: "snapshot", lines })
}

test("a change that is not newer is dropped, also a tally of names", () => {
  const book = bookOf(line("1", { version: 4 }))
  for (const version of [3, 4]) {
    assert.equal(reduceLines(book, { type: "line.changed", line: line("1", { version }) }), book)
    assert.equal(reduceLines(book, { type: "line.tally", line: "1", version, count: 9, names: [] }), book)
  }
})

test("names and count follow, the rest stays", () => {
  const book = reduceLines(bookOf(line("1")), { type: "line.tally", line: "1", version: 2, count: 1, names: ["Ada"] })
  assert.deepEqual(book.get("1"), line("1", { version: 2, count: 1, names: ["Ada"] }))
})

test("a new line begins without one's name, and a changed one keeps it", () => {
  const { mine: _mine, ...told } = line("2")
  const opened = reduceLines(bookOf(), { type: "line.changed", line: told })
  assert.deepEqual(opened.get("2").mine, mine)
  const signed = withMyName(opened, "2", { signed_up: true, removed: false })
  const changed = reduceLines(signed, { type: "line.changed", line: { ...told, version: 2, title: "Wheels" } })
  assert.equal(changed.get("2").title, "Wheels")
  assert.equal(changed.get("2").mine.signed_up, true)
})

test("a line that went is forgotten, and unknown lines are left alone", () => {
  const book = bookOf(line("1"))
  assert.equal(reduceLines(book, { type: "line.gone", line: "1" }).size, 0)
  assert.equal(reduceLines(book, { type: "line.tally", line: "9", version: 1, count: 1, names: [] }), book)
  assert.equal(withMyName(book, "9", mine), book)
})

test("lines stand by position, then by id", () => {
  const book = bookOf(line("3", { position: 2 }), line("10", { position: 1 }), line("9", { position: 1 }))
  assert.deepEqual(
    inOrder(book).map(({ id }) => id),
    ["9", "10", "3"],
  )
})
