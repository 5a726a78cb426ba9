// A press that began on a button has to end on it: whoever swaps buttons waits here while one is held down.

let held = null

function hold() {
  if (held) return
  held = {}
  held.promise = new Promise((resolve) => {
    held.letGo = resolve
  })
}

// The click comes after the pointer or the key is up; only then may its button go.
function release() {
  const ending = held
  held = null
  if (ending) setTimeout(ending.letGo)
}

addEventListener("pointerdown", hold, true)
addEventListener("keydown", ({ key }) => key === " " && hold(), true)
// A drag ends the press. WebKit says so by dragend alone: neither pointerup nor pointercancel comes.
for (const type of ["pointerup", "pointercancel", "keyup", "dragend"]) addEventListener(type, release, true)
addEventListener("blur", release) // of the window: the release happens elsewhere

export async function nothingIsPressed() {
  while (held) await held.promise
}
