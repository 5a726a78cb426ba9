// Pure: what the ballots of a poll that shares out points say. polls/kinds/points.py does the same; a test compares the two.

export function resultOf(sums, ballots) {
  return {
    points: sums,
    mean: sums.map((points) => (ballots ? Math.floor((200 * points + ballots) / (2 * ballots)) / 100 : 0)),
    given: sums.reduce((sum, points) => sum + points, 0),
  }
}

export function orderOf({ points }) {
  return points.map((_, index) => index).sort((a, b) => points[b] - points[a] || a - b)
}

export function withPoints({ points }, ids, ballots, before, after) {
  const sums = points.map((sum, index) => sum - (before[ids[index]] ?? 0) + (after[ids[index]] ?? 0))
  return resultOf(sums, ballots)
}

export function sumOf(answer) {
  return Object.values(answer).reduce((sum, points) => sum + points, 0)
}
