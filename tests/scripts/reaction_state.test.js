import assert from "node:assert/strict"
import { test } from "node:test"
import { recent, SHOWN_FOR, shareOf, sumOf } from "../companion/reaction_state.js"

const heard = [
  { at: 0, reactions: { applause: 3, thumbs_up: 0 } },
  { at: 2_000, reactions: { applause: 2, thumbs_up: 1 } },
]

test("reactions of the last seconds add up, and what is older is dropped", () => {
  assert.equal(sumOf(heard, "applause"), 5)
  assert.equal(sumOf(heard, "thumbs_up"), 1)
  assert.equal(sumOf(heard, "boo"), 0)
  assert.deepEqual(recent(heard, 2_000), heard)
  assert.deepEqual(recent(heard, SHOWN_FOR), [heard[1]])
  assert.deepEqual(recent(heard, SHOWN_FOR + 2_000), [])
  assert.equal(sumOf([], "applause"), 0)
})

test("a bar is full where everybody reacted, and never longer", () => {
  assert.equal(shareOf(0, 40), 0)
  assert.equal(shareOf(10, 40), 25)
  assert.equal(shareOf(90, 40), 100)
  assert.equal(shareOf(1, 0), 100)
})
