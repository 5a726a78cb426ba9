// The server's time, from the `now` of the last frame: phones' clocks are often minutes off.

import { on } from "./markup.js"

let offset = 0

function learn(frame) {
  const now = Date.parse(frame.now)
  if (!Number.isNaN(now)) offset = now - Date.now()
}

for (const type of [
  "snapshot",
  "poll.changed",
  "session.changed",
  "questions.changed",
  "running.changed",
  "run_sheet.changed",
])
  on(`live:${type}`, learn)

export function serverNow() {
  return Date.now() + offset
}
