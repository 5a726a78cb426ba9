// Pure: shares and bar widths of a poll. polls/kinds/shares.py does the same; a test compares the two.

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
    for (const [index, other] of counts.entries()) shares[index] += Number(other === count)
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
