// A poll's picture as a PNG: the browser draws the SVG, with the fonts that its reader has. The server has none.

import "./gate.js"

const SCALE = 2 // for slides and dense screens
const MOST_PIXELS = 16_000_000 // Safari on phones draws no larger canvas

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = reject
    image.src = address
  })
}

async function pngOf(address) {
  const image = await loaded(address)
  const { naturalWidth: width, naturalHeight: height } = image
  const scale = Math.min(SCALE, Math.sqrt(MOST_PIXELS / (width * height)))
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"))
}

// "/event/sessions/scaling/polls/12/picture.svg" becomes "scaling-poll-12.png".
export function nameOf(address) {
  const parts = new URL(address).pathname.split("/")
  return `${parts.at(-4)}-poll-${parts.at(-2)}.png`
}

function save(png, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(png)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function bring(button) {
  const { href } = button.parentElement.querySelector("[data-picture-svg]")
  button.setAttribute("aria-busy", "true")
  try {
    save(await pngOf(href), nameOf(href))
  } catch {
    location.assign(href) // the SVG itself, or the page that says why there is none
  } finally {
    button.removeAttribute("aria-busy")
  }
}

document.documentElement.dataset.drawsPng = "" // shows the buttons, also those of parts that are fetched later
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-picture-png]")
  if (button && !button.hasAttribute("aria-busy")) bring(button)
})
