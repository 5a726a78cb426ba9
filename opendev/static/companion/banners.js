// Banners at the foot of the page. One of a kind at a time; a button in it says `banner:<act>` to the document.

import { clone, emit, on, setText } from "./markup.js"
import { sayNow } from "./speak.js"

function place() {
  return document.querySelector("[data-banners]")
}

export function showBanner(name, sentence) {
  const banner = clone(`banner-${name}`)
  if (sentence) setText(banner, "[data-banner-text]", sentence)
  hideBanner(banner.dataset.banner)
  place().append(banner)
  sayNow(banner.querySelector("p").textContent)
  return banner
}

export function hideBanner(kind) {
  for (const banner of place().querySelectorAll(`[data-banner="${kind}"]`)) banner.remove()
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-banner] [data-act]")
  if (!button) return
  const banner = button.closest("[data-banner]")
  if (button.dataset.act === "dismiss") banner.remove()
  emit(`banner:${button.dataset.act}`, { kind: banner.dataset.banner })
})

on("banner:reload", () => location.reload())
on("banner:reconnect", () => emit("live:reconnect"))
