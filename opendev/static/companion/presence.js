// "214 here", wherever the page says it.

import { emit, on, setText } from "./markup.js"

let here = null

export function peopleHere() {
  return here ?? (Number(document.querySelector("[data-present]")?.textContent) || 0)
}

function paint({ present }) {
  if (!Number.isInteger(present)) return
  here = present
  setText(document, "[data-present]", present)
  emit("presence:painted", { present })
}

on("live:snapshot", paint)
on("live:presence", paint)
