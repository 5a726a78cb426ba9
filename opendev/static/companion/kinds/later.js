// Brings the kinds that a page came without, when a frame tells of a poll of one.

import { kindNamed } from "./index.js"

let coming = null
let tries = 0

function kindsIn({ polls = [], poll }) {
  return [...polls, poll].map((one) => one?.kind).filter(Boolean)
}

// What a frame has to wait for; null where nothing lacks. A load that failed is tried again by the next frame, under
// another fragment: browsers remember for good that an address failed.
export function kindsFor(frame) {
  if (kindsIn(frame).every(kindNamed)) return null
  coming ??= load()
  return coming
}

async function load() {
  tries += 1
  try {
    await import(`${document.body.dataset.moreKinds}#${tries}`)
  } catch (error) {
    coming = null
    throw error
  }
}
