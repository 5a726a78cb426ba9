#!/usr/bin/env bash
# Etherpad 1.8.14 adds an empty line at the end whenever a pad's own content is put somewhere.
#
# Expected: a copy equals its source: copyPadWithoutHistory has the same text, restoreRevision brings back the text of that
# revision, and setHTML of what getHTML gave changes nothing. copyPad and setText of getText show that it can be so.
# Instead: each of the three leaves one newline more than there was, and each round adds another. A template that is copied
# from copy to copy, or a pad that is synchronised by HTML, grows at its end.
# Here: pads are made once from the template itself, never from a copy, and are written by changesets alone:
# etherpad_links/padserver/http.py, etherpad_links/easysync.
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

const newlines = (text) => /\n*$/.exec(text)[0].length

async function main() {
  const atEnd = async (padID) => newlines((await api("getText", { padID })).text)
  await api("createPad", { padID: "notes", text: "one\ntwo" })
  const seen = { source: await atEnd("notes") }
  await api("copyPad", { sourceID: "notes", destinationID: "copy" })
  seen.copyPad = await atEnd("copy")
  await api("setText", { padID: "copy", text: (await api("getText", { padID: "copy" })).text })
  seen.setTextOfGetText = await atEnd("copy")
  await api("copyPadWithoutHistory", { sourceID: "notes", destinationID: "first" })
  await api("copyPadWithoutHistory", { sourceID: "first", destinationID: "second" })
  seen.copyPadWithoutHistory = [await atEnd("first"), await atEnd("second")]
  await api("setText", { padID: "notes", text: "three" })
  await api("restoreRevision", { padID: "notes", rev: 0 })
  seen.restoreRevision = await atEnd("notes")
  seen.setHTMLOfGetHTML = []
  for (let round = 0; round < 3; round++) {
    await api("setHTML", { padID: "copy", html: (await api("getHTML", { padID: "copy" })).html })
    seen.setHTMLOfGetHTML.push(await atEnd("copy"))
  }
  console.log("newlines at the end:", seen)
  const same = [seen.source, seen.copyPad, seen.setTextOfGetText].every((count) => count === 1)
  const copies = seen.copyPadWithoutHistory.join() === "2,3" && seen.restoreRevision === 2
  return same && copies && seen.setHTMLOfGetHTML.join() === "2,3,4"
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
