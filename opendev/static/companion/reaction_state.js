// Pure: the reactions of the last seconds, from the tallies that tell of them.

export const SHOWN_FOR = 6_000

// What was heard, without what is too old to be shown.
export function recent(heard, now) {
  return heard.filter(({ at }) => now - at < SHOWN_FOR)
}

export function sumOf(heard, reaction) {
  return heard.reduce((sum, { reactions }) => sum + (reactions[reaction] ?? 0), 0)
}

// The width of a bar: how many reacted, of those who are here.
export function shareOf(count, here) {
  return Math.min(100, Math.round((100 * count) / Math.max(1, here)))
}
