// Rows that change their places glide there, except for those who want less motion.

const STILL = matchMedia("(prefers-reduced-motion: reduce)")
const LASTS = 450

export function withMoves(list, keys, keyOf, order) {
  const before = [...list.children]
  const stays = before.every((row, index) => keyOf(row) === keys[index])
  if (stays || STILL.matches || !list.offsetParent) return order()
  const tops = new Map(before.map((row) => [row, row.getBoundingClientRect().top]))
  order()
  for (const row of list.children) {
    const by = (tops.get(row) ?? row.getBoundingClientRect().top) - row.getBoundingClientRect().top
    if (by)
      row.animate?.([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: LASTS, easing: "ease" })
  }
}
