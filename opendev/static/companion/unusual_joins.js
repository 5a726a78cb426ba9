// The control room's calm line about a network that joins in an unusual way. The server says it with every presence.

import { on } from "./markup.js"

function paint({ joins }) {
  if (!joins) return
  for (const line of document.querySelectorAll("[data-unusual-joins]")) line.hidden = joins !== "unusual"
}

on("live:snapshot", paint)
on("live:presence", paint)
