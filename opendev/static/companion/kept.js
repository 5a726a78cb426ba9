// What must survive a reload of this tab: choices not sent yet and votes not answered yet. Without storage (private
// windows of some browsers) it lives as long as the page.

const prefix = `companion:${location.pathname}:`
const memory = new Map()

export function keep(name, value) {
  const text = JSON.stringify(value)
  memory.set(name, text)
  try {
    sessionStorage.setItem(prefix + name, text)
  } catch {
    // full or forbidden: memory holds it
  }
}

export function recall(name) {
  let text = memory.get(name)
  try {
    text = sessionStorage.getItem(prefix + name) ?? text
  } catch {
    // forbidden: memory has it or nobody
  }
  return text ? JSON.parse(text) : null
}

export function forget(name) {
  memory.delete(name)
  try {
    sessionStorage.removeItem(prefix + name)
  } catch {
    // forbidden: nothing was written
  }
}
