// What the presenter's screen can do by itself: fill the whole display, and show the join code as large as it goes.

const main = document.querySelector("[data-screen]")

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}

function toggleQr() {
  main.toggleAttribute("data-big-qr")
}

const ACTS = { "full-screen": toggleFullScreen, "big-qr": toggleQr }

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-screen-act]")
  if (!button) return
  button.closest("dialog[open]")?.close()
  ACTS[button.dataset.screenAct]()
})

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) main.removeAttribute("data-big-qr")
})
