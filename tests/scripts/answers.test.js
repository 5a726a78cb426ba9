import assert from "node:assert/strict"
import { test } from "node:test"

const nothing = () => {}
globalThis.document = { addEventListener: nothing, querySelectorAll: () => [], documentElement: { lang: "en" } }
globalThis.matchMedia = () => ({ matches: false })

const { answerOf, asOther, asSent, isSameAnswer, optionsIn, otherIn } = await import("../companion/answers.js")
const choice = { name: "multiple", field: "options" }
const words = { name: "words", field: "words", isWritten: true }

test("an option in one's own words stands beside the ids, and is sent apart from them", () => {
  const answer = ["11", "14", asOther("etcd = 1")]
  assert.deepEqual(asSent(choice, answer), ["11", "14"])
  assert.deepEqual(optionsIn(choice, answer), ["11", "14"])
  assert.equal(otherIn(choice, answer), "etcd = 1")
  assert.equal(otherIn(choice, ["11"]), "")
})

test("other words are another answer", () => {
  assert.equal(isSameAnswer(choice, ["14", asOther("a")], [asOther("a"), "14"]), true)
  assert.equal(isSameAnswer(choice, ["14", asOther("a")], ["14", asOther("b")]), false)
})

test("my own words come back with my answer", () => {
  const poll = { kind: "single", mine: { voted: true, options: ["14"], other: "etcd" } }
  assert.deepEqual(answerOf(poll), ["14", asOther("etcd")])
})

test("words of a poll that asks for words may begin with any sign", () => {
  assert.deepEqual(optionsIn(words, ["=1+1"]), ["=1+1"])
  assert.equal(otherIn(words, ["=1+1"]), "")
})
