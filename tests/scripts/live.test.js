import assert from "node:assert/strict"
import { mock, test } from "node:test"

const sockets = []
const asked = []
let answer = async () => ({ status: 200 })

globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" })
globalThis.addEventListener = () => {}
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true })
globalThis.location = new URL("https://companion.test/s/one/")
globalThis.WebSocket = class {
  static OPEN = 1
  constructor(address) {
    this.address = address
    sockets.push(this)
  }
  close() {}
}
globalThis.fetch = (address) => {
  asked.push(address)
  return answer()
}
mock.method(Math, "random", () => 0.5)
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] })
const { connect } = await import("../companion/live.js")

const settle = () => new Promise((done) => setImmediate(done))
const fail = (socket) => socket.onclose({ code: 1006, reason: "" })

async function wait(milliseconds) {
  mock.timers.tick(milliseconds)
  for (let round = 0; round < 5; round++) await settle()
}

async function failAll(count) {
  for (let round = 0; round < count; round++) {
    fail(sockets.at(-1))
    await wait(7_500)
  }
}

test("after four failures the server is asked by a request before a socket is tried", async () => {
  connect("/ws/room/one/")
  await failAll(3)
  assert.equal(sockets.length, 4)
  assert.deepEqual(asked, [])

  answer = () => Promise.reject(new TypeError("no server"))
  await failAll(1)
  await wait(7_500)
  await wait(7_500)
  assert.equal(sockets.length, 4, "a socket was opened while no request was answered")
  assert.deepEqual([...new Set(asked)], ["/healthz"])
  assert.ok(asked.length >= 3)

  answer = async () => ({ status: 502 })
  await wait(7_500)
  assert.equal(sockets.length, 4, "a proxy without its server was taken for the server")

  answer = async () => ({ status: 403 })
  await wait(7_500)
  assert.equal(sockets.length, 5, "a refusal is an answer")
})

test("a frame ends the asking", async () => {
  const before = asked.length
  sockets.at(-1).onmessage({ data: JSON.stringify({ type: "snapshot" }) })
  await failAll(1)
  assert.equal(asked.length, before)
})

test("an answer that comes after the page has opened a socket of its own opens no second one", async () => {
  let tell
  answer = () =>
    new Promise((done) => {
      tell = done
    })
  await failAll(4)
  const before = sockets.length
  document.dispatchEvent(new CustomEvent("live:reconnect"))
  assert.equal(sockets.length, before + 1)
  tell({ status: 200 })
  await wait(0)
  assert.equal(sockets.length, before + 1)
})

test("a request without an answer is given up after ten seconds", async () => {
  let signal
  globalThis.fetch = (_address, options) => {
    signal = options.signal
    return new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason)))
  }
  await failAll(4)
  assert.equal(signal.aborted, false)
  const hanging = signal
  await wait(10_000)
  assert.equal(hanging.aborted, true)
  await wait(7_500)
  assert.notEqual(signal, hanging)
})
