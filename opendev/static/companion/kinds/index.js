// The kinds of polls, a module each, as in polls/kinds. Nothing outside this folder names a kind.
//
// Most rooms need the first two alone; the others come in a script of their own (more.js), which a room's page loads when
// one of them is about to be shown. Both scripts are bundles, so they meet at a name that the page has.

import multiple from "./multiple.js"
import single from "./single.js"

globalThis.pollKinds ??= new Map()

export function register(...kinds) {
  for (const kind of kinds) globalThis.pollKinds.set(kind.name, kind)
}

export function kindOf(poll) {
  return kindNamed(poll.kind)
}

export function kindNamed(name) {
  return globalThis.pollKinds.get(name)
}

register(single, multiple)
