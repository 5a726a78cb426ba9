import assert from "node:assert/strict"
import { test } from "node:test"

// Sentences stand in the page; here a key and its words are enough.
const nothing = () => {}
globalThis.document = { addEventListener: nothing, querySelectorAll: () => [], documentElement: { lang: "en" } }
globalThis.matchMedia = () => ({ matches: false })

await import("../companion/kinds/more.js")
const { hadItRight, rightOf, rightOptions } = await import("../companion/right_answer.js")
const AT = "2026-06-01T10:00:00.000Z"

function poll(kind, right, mine, more = {}) {
  return { id: "1", kind, options: [], right_answer: { revealed_at: AT, ...right }, mine, ...more }
}

test("what was not revealed is not there", () => {
  assert.equal(rightOf({}), null)
  assert.equal(rightOf(undefined), null)
  const known = {
    kind: "single",
    right_answer: { revealed_at: null, options: ["2"] },
    mine: { voted: true, options: ["2"] },
  }
  assert.equal(rightOf(known), null)
  assert.deepEqual(rightOptions(known), [])
  assert.equal(hadItRight(known), null)
})

for (const [kind, right, own, isRight] of [
  ["single", ["1", "3"], ["3"], true],
  ["single", ["1", "3"], ["2"], false],
  ["scale", ["4"], ["4"], true],
  ["multiple", ["1", "3"], ["3", "1"], true],
  ["multiple", ["1", "3"], ["1"], false],
  ["multiple", ["1"], ["1", "2"], false],
]) {
  test(`${kind}: ${own} where ${right} is right`, () => {
    const mine = { voted: true, options: own }
    assert.equal(hadItRight(poll(kind, { options: right }, mine)), isRight)
    assert.deepEqual(rightOptions(poll(kind, { options: right }, mine)), right)
  })
}

test("an order and a number are right when they are the same", () => {
  const ranked = (own) =>
    hadItRight(poll("ranking", { ranking: ["3", "1"] }, { voted: true, options: own, ranking: own }))
  assert.deepEqual([ranked(["3", "1"]), ranked(["1", "3"]), ranked(["3"])], [true, false, false])
  const number = (own) => hadItRight(poll("number", { number: "3.5" }, { voted: true, options: ["9"], number: own }))
  assert.deepEqual([number("3.5"), number("3")], [true, false])
})

test("who did not vote, or on another device, had it neither right nor wrong", () => {
  for (const mine of [undefined, { voted: false, options: null }, { voted: true, options: null }])
    assert.equal(hadItRight(poll("single", { options: ["1"] }, mine)), null)
})
