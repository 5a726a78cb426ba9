import assert from "node:assert/strict"
import { mock, test } from "node:test"

const sockets = []
const heard = []
let settleNeed = {}

globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" })
globalThis.addEventListener = () => {}
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true })
globalThis.location = new URL("https://companion.test/s/one/")
globalThis.WebSocket = class {
  static OPEN = 1
  constructor() {
    this.isClosed = false
    sockets.push(this)
  }
  close() {
    this.isClosed = true
  }
}
mock.method(Math, "random", () => 0.5)
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] })
const { connect } = await import("../companion/live.js")
for (const type of ["snapshot", "poll.changed", "presence"])
  document.addEventListener(`live:${type}`, ({ detail }) => heard.push(detail.number ?? detail.type))

const settle = async () => {
  for (let round = 0; round < 8; round++) await new Promise((done) => setImmediate(done))
}
const say = (frame) => sockets.at(-1).onmessage({ data: JSON.stringify(frame) })

connect("/ws/room/one/", ({ lacks }) => (lacks ? later() : null))

function later() {
  return new Promise((resolve, reject) => {
    settleNeed = { resolve, reject }
  })
}

test("frames behind one that waits are said after it, in their order", async () => {
  say({ type: "snapshot", number: 1 })
  assert.deepEqual(heard, [1], "a frame that needs nothing was not said at once")
  say({ type: "poll.changed", number: 2, lacks: true })
  say({ type: "presence", number: 3 })
  say({ type: "poll.changed", number: 4 })
  await settle()
  assert.deepEqual(heard, [1])
  settleNeed.resolve()
  await settle()
  assert.deepEqual(heard, [1, 2, 3, 4])
  say({ type: "presence", number: 5 })
  assert.deepEqual(heard, [1, 2, 3, 4, 5], "frames still wait though nothing lacks")
})

test("where what is needed does not come, the connection is begun anew and nothing of the old one is said", async () => {
  heard.length = 0
  const old = sockets.at(-1)
  say({ type: "poll.changed", number: 6, lacks: true })
  say({ type: "presence", number: 7 })
  settleNeed.reject(new TypeError("no network"))
  await settle()
  assert.ok(old.isClosed)
  assert.deepEqual(heard, [])
  mock.timers.tick(15_000)
  await settle()
  assert.equal(sockets.length, 2)
  say({ type: "snapshot", number: 8 })
  await settle()
  assert.deepEqual(heard, [8])
})
