// When the button that was pressed is gone, the keyboard goes on at [data-fallback-focus] instead of the top of the page.

export function hasFocus() {
  return document.activeElement !== null && document.activeElement !== document.body
}

export function catchFocus() {
  if (!hasFocus()) document.querySelector("[data-fallback-focus]")?.focus({ preventScroll: true })
}

export function removeGently(node) {
  const hadFocus = node?.contains(document.activeElement)
  node?.remove()
  if (hadFocus) catchFocus()
}
