// What is known of the session's pad: where it is, and on which line each sign-up line's heading is now. Says `pad:news`.

import { emit, on } from "./markup.js"

let pad = null

// { number, state, pending } of a sign-up line; null where there is no pad, or the pad knows nothing of it.
export function inPad(lineId) {
  return pad?.lines.find(({ line }) => line === lineId) ?? null
}

export function padNow() {
  return pad
}

function take(news) {
  if (news && pad && news.session === pad.session && news.version < pad.version) return
  pad = news
  emit("pad:news", { pad })
}

on("live:snapshot", (snapshot) => take(snapshot.pad))
on("live:pad.changed", (frame) => take(frame.pad))
on("live:pad.gone", () => take(null))
