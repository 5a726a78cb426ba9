#!/usr/bin/env bash
# Etherpad 1.8.14 says once that a pad is read-only, never again to a client that reconnects, and never by refusing.
#
# Expected: who writes through a read-only address gets an error, or at least learns at each connection that it may
# only read: CLIENT_VARS has `readonly`.
# Instead: a change is dropped without an answer, and the client that comes back with `reconnect` gets CLIENT_RECONNECT
# with no word of it. A writer that takes silence for a lost connection reconnects, writes and waits for ever.
# Here: etherpad_links/padserver/pad_socket.py carries `is_read_only` over from one connection to the next.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# One dependency has an optional one that npm would fetch from git; the server wants its folder to be called src.
echo '{"dependencies": {"ep_etherpad-lite": "1.8.14"}, "overrides": {"ueberdb2": {"sqlite3": "npm:ms@2.1.3"}}}' > package.json
npm install --ignore-scripts --no-audit --no-fund --silent
mkdir -p root/node_modules root/var
mv node_modules/ep_etherpad-lite root/src
ln -s ../src root/node_modules/ep_etherpad-lite
cat > seen.cjs <<'JS'
const { spawn } = require("node:child_process")
const { writeFileSync } = require("node:fs")
const net = require("node:net")
const connect = require("socket.io-client")

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
let base, server

async function startServer() {
  const free = net.createServer().listen(0, "127.0.0.1")
  await sleep(100)
  const { port } = free.address()
  await new Promise((done) => free.close(done))
  base = `http://127.0.0.1:${port}`
  const settings = { ip: "127.0.0.1", port, dbType: "dirty", dbSettings: { filename: "var/pads.db" }, skinName: "no-skin" }
  writeFileSync("root/settings.json", JSON.stringify({ ...settings, loglevel: "ERROR", suppressErrorsInPadText: true }))
  writeFileSync("root/APIKEY.txt", "key")
  const env = { ...process.env, NODE_ENV: "production" }
  server = spawn("node", ["src/node/server.js"], { cwd: "root", env, stdio: "ignore" })
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(`${base}/api`).then((answer) => answer.ok, () => false)) return
    await sleep(200)
  }
  throw new Error("Etherpad did not start")
}

async function api(name, parameters) {
  const body = new URLSearchParams({ apikey: "key", ...parameters })
  const answer = await (await fetch(`${base}/api/1.2.15/${name}`, { method: "POST", body })).json()
  if (answer.code) throw new Error(answer.message)
  return answer.data
}

// A member of a pad, by the protocol that Etherpad's own page speaks.
async function enter(padId, { token = `t.${Math.random()}`, ...more } = {}) {
  const socket = connect(base, { transports: ["websocket"], forceNew: true, query: { padId } })
  const heard = []
  socket.on("message", (message) => heard.push(message))
  const hear = async (fits, ms = 5_000) => {
    for (let waited = 0; waited < ms; waited += 20) {
      const message = heard.find(fits)
      if (message) return message
      await sleep(20)
    }
    return null
  }
  const ready = { component: "pad", type: "CLIENT_READY", padId, token, protocolVersion: 2, sessionID: null, ...more }
  socket.send({ ...ready, userInfo: { name: "Ann", colorId: "#cccccc" } })
  const change = (baseRev, changeset) => {
    const data = { type: "USER_CHANGES", baseRev, changeset, apool: { numToAttrib: {}, nextNum: 0 } }
    socket.send({ component: "pad", type: "COLLABROOM", padId, data })
  }
  return { socket, heard, hear, change, token }
}
const isAccepted = (message) => message.data?.type === "ACCEPT_COMMIT"

async function main() {
  await api("createPad", { padID: "notes", text: "Hello" })
  const { readOnlyID } = await api("getReadOnlyID", { padID: "notes" })
  const first = await enter(readOnlyID)
  const { data } = await first.hear((message) => message.type === "CLIENT_VARS")
  first.heard.length = 0
  first.change(0, "Z:6>3=5+3$Ann")
  await first.hear(isAccepted, 2_000)
  const afterWriting = first.heard.map((message) => message.disconnect ?? message.data?.type)
  first.socket.close()
  const again = await enter(readOnlyID, { token: first.token, reconnect: true, client_rev: 0 })
  await sleep(1_000)
  again.change(0, "Z:6>3=5+3$Ann")
  await again.hear(isAccepted, 2_000)
  const afterReturning = again.heard.map((message) => message.data)
  again.socket.close()
  console.log("first connection: readonly is", data.readonly, "- answers to a change:", afterWriting)
  console.log("after coming back, and a change:", JSON.stringify(afterReturning))
  const [only] = afterReturning
  const saysNothing = afterReturning.length === 1 && only.type === "CLIENT_RECONNECT" && !("readonly" in only)
  return data.readonly === true && afterWriting.length === 0 && saysNothing
}

startServer()
  .then(main)
  .then((isAsDescribed) => (process.exitCode = isAsDescribed ? 0 : 1))
  .catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(() => {
    server.once("exit", () => process.exit())
    server.kill("SIGKILL")
  })
JS
node seen.cjs
