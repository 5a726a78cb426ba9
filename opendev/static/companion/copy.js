// Buttons that copy an address. Without script they are not there: the address stands beside them to be marked.

import "./gate.js"

const SAYS_SO = 2000

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue
  const says = button.querySelector("span")
  const { textContent: before } = says
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    says.textContent = button.dataset.copied
    setTimeout(() => {
      says.textContent = before
    }, SAYS_SO)
  })
}
