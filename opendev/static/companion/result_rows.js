// Pure: a poll's rows with shares and widths, and what my own vote adds to them before the server has counted it.

import { kindOf } from "./kinds/index.js"
import { barWidths, wholeShares } from "./shares.js"

export function rowsOf(poll) {
  const counts = poll.options.map((option) => option.count)
  const shares = wholeShares(counts, poll.ballots, kindOf(poll).oneRow)
  const widths = barWidths(counts, poll.ballots)
  const most = Math.max(0, ...counts)
  return poll.options.map(({ id, text, count }, index) => ({
    id,
    text,
    count,
    share: shares[index],
    width: widths[index],
    lead: count > 0 && count === most,
  }))
}

// My vote counts at once on my own page, until the server's tally holds it.
export function withOptimism(poll, before, after) {
  const step = (id) => Number(after.includes(id)) - Number(before.includes(id))
  const voters = Number(after.length > 0) - Number(before.length > 0)
  const options = poll.options.map((option) =>
    Number.isInteger(option.count) ? { ...option, count: Math.max(0, option.count + step(option.id)) } : option,
  )
  return { ...poll, options, ballots: Math.max(0, poll.ballots + voters) }
}
