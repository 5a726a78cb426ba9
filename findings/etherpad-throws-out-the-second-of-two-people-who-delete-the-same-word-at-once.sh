#!/usr/bin/env bash
# Etherpad 1.8.14 disconnects the second of two people who delete the same word at the same moment.
#
# Expected: both edits are taken, and the word is gone once. That is what easysync is for: the second deletion, rewritten
# to follow the first, does nothing. So it is when the two deletions overlap in part, or when any other edit lies between.
# Instead: a change that is, letter for letter, the very last one that the pad took on the same base counts as one that was
# sent twice, whoever sent it. A deletion names no author, so two people's are alike: the second gets "disconnect:
# badChangeset", and with it loses what was typed and not yet sent.
# Here: etherpad_links/padserver/pad_socket.py calls it ChangeRefused, upon which the pad is read again and the line looked for.
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

const isThrownOut = (message) => message.disconnect === "badChangeset"

// What becomes of a second person's change when somebody else's was taken a moment before, on the same base.
async function second(padID, ...changes) {
  await api("createPad", { padID, text: "Hello\nAnn\nBen" })
  const people = [await enter(padID), await enter(padID)]
  for (const person of people) await person.hear((message) => message.type === "CLIENT_VARS")
  people.forEach((person, index) => person.change(0, changes[index]))
  await people[0].hear(isAccepted)
  const answer = await people[1].hear((message) => isAccepted(message) || isThrownOut(message))
  for (const person of people) person.socket.close()
  const { text } = await api("getText", { padID })
  return `${isThrownOut(answer) ? "thrown out" : "accepted"}, text ${JSON.stringify(text)}`
}

async function main() {
  const ann = "Z:e<4|1=6|1-4$"
  const seen = {
    same: await second("same", ann, ann),
    overlapping: await second("overlapping", ann, "Z:e<8|1=6|2-8$"),
  }
  console.log("both delete the line Ann, the second is", seen.same)
  console.log("the second deletes the lines Ann and Ben, and is", seen.overlapping)
  return seen.same.startsWith("thrown out") && seen.overlapping.startsWith("accepted")
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
