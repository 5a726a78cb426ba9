// Markup comes from the server: clones of <template>s that are rendered from the same partials as the real rows.

export function clone(name) {
  const home = document.querySelector(`template[data-template="${name}"]`)
  return home.content.firstElementChild.cloneNode(true)
}

export function cloneAll(name) {
  return document.querySelector(`template[data-template="${name}"]`).content.cloneNode(true)
}

export function setText(root, selector, value) {
  for (const node of root.querySelectorAll(selector)) {
    if (node.textContent !== String(value)) node.textContent = value
  }
}

export function setHidden(root, selector, isHidden) {
  for (const node of root.querySelectorAll(selector)) node.hidden = isHidden
}

// A template's links are those of poll 0.
export function addressPicture(root, pollId) {
  const link = root.querySelector("[data-picture-svg]")
  link.setAttribute("href", link.getAttribute("href").replace("/polls/0/", `/polls/${pollId}/`))
}

// Brings the children that match `keyOf` in line with `keys`: kept where they stand, made where missing, removed where gone.
// What already stands in the right place is not touched, so focus and open details survive.
export function syncChildren(parent, keys, { keyOf, make }) {
  const standing = new Map([...parent.children].map((child) => [keyOf(child), child]))
  let place = parent.firstElementChild
  for (const key of keys) {
    const child = standing.get(key) ?? make(key)
    standing.delete(key)
    if (child === place) place = place.nextElementSibling
    else parent.insertBefore(child, place)
  }
  for (const child of standing.values()) child.remove()
}

export function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }))
}

export function on(name, listen) {
  document.addEventListener(name, (event) => listen(event.detail, event))
}
