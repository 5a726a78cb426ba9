// Pure: the state of a session that people are shown, from what frames carry of it.

export function shownState({ state, cancelled }) {
  return cancelled && state === "upcoming" ? "cancelled" : state
}

// Whether people can join it, ask and vote.
export function isOpenState(state) {
  return state === "upcoming" || state === "live"
}
