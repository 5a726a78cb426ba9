// Pure: shares and bar widths of a poll. polls/shares.py does the same; a test compares the two.

const AXES = [25, 40, 60, 80, 100]

// Single choice: largest remainder, so that the shares add up to 100, or to a little less where options with equal counts
// would get unequal shares. Several choices: each share of the people stands alone, rounded half up.
export function wholeShares(counts, ballots, isSingle) {
  if (ballots <= 0) return counts.map(() => 0)
  if (!isSingle) return counts.map((count) => Math.floor((200 * count + ballots) / (2 * ballots)))
  const shares = counts.map((count) => Math.floor((100 * count) / ballots))
  let left = 100 - shares.reduce((sum, share) => sum + share, 0)
  const remainder = (count) => (100 * count) % ballots
  for (const count of [...new Set(counts)].sort((a, b) => remainder(b) - remainder(a) || b - a)) {
    const equal = counts.filter((other) => other === count).length
    if (equal > left) break // and none after it either: fewer votes never show a greater share
    left -= equal
    counts.forEach((other, index) => (shares[index] += Number(other === count)))
  }
  return shares
}

// Bars start at zero; the axis ends at the first of AXES that holds the leader, so bars rescale rarely.
export function barWidths(counts, ballots) {
  if (ballots <= 0) return counts.map(() => "0.0%")
  const exact = counts.map((count) => (100 * count) / ballots)
  const leader = Math.max(...exact)
  const axis = AXES.find((end) => leader <= end) ?? 100
  return exact.map((share) => `${oneDecimal(Math.min((share * 100) / axis, 100))}%`)
}

// As Python does it: the one exact half that toFixed() rounds the other way is x.25.
function oneDecimal(value) {
  return (value % 1 === 0.25 ? value - 0.05 : value).toFixed(1)
}

export function rowsOf(poll) {
  const counts = poll.options.map((option) => option.count)
  const shares = wholeShares(counts, poll.ballots, poll.kind === "single")
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
