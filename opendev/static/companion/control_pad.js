// The pad in the control room: asks for the page anew when a heading moved, got lost or was found.

import { emit, on } from "./markup.js"

let shown = null

on("pad:news", ({ pad }) => {
  const now = JSON.stringify(
    pad && [pad.url, pad.health, pad.lines.map(({ line, number, state }) => [line, number, state])],
  )
  if (shown !== null && shown !== now) emit("pad:moved", {})
  shown = now
})
