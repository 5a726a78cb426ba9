import assert from "node:assert/strict"
import { test } from "node:test"
import { byId } from "../companion/ids.js"
import { reduceRunning, runningItem } from "../companion/running_state.js"
import { isOpenState, shownState } from "../companion/session_state.js"
import { barWidths, wholeShares } from "../companion/shares.js"

test("of two running items the newer version is kept", () => {
  const known = { version: 4, item: { id: "1" } }
  const changed = (version) => ({ type: "running.changed", running: { version, item: { id: "2" } } })
  assert.equal(reduceRunning(known, changed(4)), known)
  assert.equal(reduceRunning(known, changed(5)).item.id, "2")
  assert.equal(reduceRunning(null, changed(1)).item.id, "2")
})

test("a snapshot says what runs, and a farewell ends it", () => {
  const running = { version: 2, item: { id: "1" } }
  assert.equal(reduceRunning(null, { type: "snapshot", running }), running)
  assert.equal(reduceRunning(running, { type: "snapshot" }), null)
  assert.equal(reduceRunning(running, { type: "running.gone" }), null)
  assert.equal(reduceRunning(running, { type: "presence" }), running)
  assert.equal(runningItem(null), null)
  assert.equal(runningItem({ version: 1, item: null }), null)
})

test("a session that was cancelled is shown as cancelled until it has begun", () => {
  assert.equal(shownState({ state: "upcoming", cancelled: true }), "cancelled")
  assert.equal(shownState({ state: "live", cancelled: true }), "live")
  assert.deepEqual(["upcoming", "live", "over", "cancelled"].filter(isOpenState), ["upcoming", "live"])
})

test("shares of a single choice add up to 100 where no tie forbids it", () => {
  assert.deepEqual(wholeShares([2, 1], 3, true), [67, 33])
  assert.deepEqual(wholeShares([1, 1, 1], 3, true), [33, 33, 33])
  assert.deepEqual(wholeShares([0, 0], 0, true), [0, 0])
})

test("shares of several choices are each of the people who voted", () => {
  assert.deepEqual(wholeShares([2, 1, 2], 2, false), [100, 50, 100])
  assert.deepEqual(wholeShares([1, 1], 8, false), [13, 13])
})

test("bars start at zero and the leader fills the axis that holds it", () => {
  assert.deepEqual(barWidths([1, 0], 4), ["100.0%", "0.0%"])
  assert.deepEqual(barWidths([3, 1], 4), ["93.8%", "31.2%"])
  assert.deepEqual(barWidths([5, 5], 0), ["0.0%", "0.0%"])
})

test("ids are compared as whole numbers of any length", () => {
  const ids = ["10", "9", "9007199254740993", "9007199254740992"]
  assert.deepEqual(ids.sort(byId), ["9", "10", "9007199254740992", "9007199254740993"])
})
