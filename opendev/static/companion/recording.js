// A recording is loaded when somebody asks for it, and not before: until then nothing is fetched from its provider.
// Without script, and for providers that we know no frame of, the same places are links.

import "./gate.js"

const home = document.querySelector("[data-player]")

function frameOf(address) {
  const frame = home.querySelector("iframe") ?? document.createElement("iframe")
  frame.src = address
  frame.title = home.dataset.title
  frame.allow = "autoplay; fullscreen; picture-in-picture"
  frame.allowFullscreen = true
  frame.referrerPolicy = "strict-origin-when-cross-origin" // some providers refuse a frame that does not say where it is
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups")
  return frame
}

function play(address) {
  const frame = frameOf(address)
  if (!frame.isConnected) home.prepend(frame)
  home.querySelector("[data-play]")?.remove()
  frame.scrollIntoView({ block: "nearest" })
  frame.focus()
}

if (home?.dataset.frame) {
  for (const words of home.querySelectorAll("[data-when-frame]")) words.hidden = false
  for (const words of home.querySelectorAll("[data-when-link]")) words.hidden = true
  document.addEventListener("click", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey
    const asked = event.target.closest("[data-play], [data-chapter]")
    if (!asked || !isPlain) return
    event.preventDefault()
    play(asked.dataset.chapter ?? home.dataset.frame)
  })
}
