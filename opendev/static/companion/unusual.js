// The control room's calm lines about a network that does what a program would. The server says what with every presence.

import { on } from "./markup.js"

function paint({ unusual }) {
  if (!unusual) return
  for (const line of document.querySelectorAll("[data-unusual]")) line.hidden = !unusual.includes(line.dataset.unusual)
}

on("live:snapshot", paint)
on("live:presence", paint)
