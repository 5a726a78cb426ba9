// Pure: what the ballots of a ranking say. polls/kinds/ranking.py does the same; a test compares the two.

const FEWEST_IN_A_CIRCLE = 3

function indexes(list) {
  return list.map((_, index) => index)
}

function winnerOf(beaten) {
  const every = indexes(beaten)
  const winner = every.find((i) => every.every((j) => i === j || beaten[i][j] > beaten[j][i]))
  return winner ?? null
}

// Those that beat one another in a circle, and that nothing outside it beats.
function circleOf(beaten) {
  const every = indexes(beaten)
  const reached = every.map((i) => new Set(every.filter((j) => beaten[i][j] > beaten[j][i])))
  for (const k of every) {
    for (const i of every) if (reached[i].has(k)) for (const j of reached[k]) reached[i].add(j)
  }
  for (const i of every) {
    const circle = every.filter((j) => reached[i].has(j) && reached[j].has(i))
    const isOnTop = every.every((j) => !reached[j].has(i) || circle.includes(j))
    if (circle.length >= FEWEST_IN_A_CIRCLE && isOnTop) return circle
  }
  return []
}

export function resultOf(ballots, first, pairwise) {
  const every = indexes(first)
  const doubled = every.map((i) =>
    every.reduce((sum, j) => (i === j ? sum : sum + ballots + pairwise[i][j] - pairwise[j][i]), 0),
  )
  const winner = ballots ? winnerOf(pairwise) : null
  return {
    points: doubled.map((points) => points / 2),
    first_places: first,
    places: doubled.map((points) => 1 + doubled.filter((other) => other > points).length),
    pairwise,
    winner,
    circle: ballots && winner === null ? circleOf(pairwise) : [],
  }
}

// What a ballot adds: its options beat those behind them, and those that it leaves out.
function add(to, ids, ranking, step) {
  const order = ranking.map((id) => ids.indexOf(id))
  const out = indexes(ids).filter((index) => !order.includes(index))
  if (order.length) to.first_places[order[0]] += step
  order.forEach((one, place) => {
    for (const other of [...order.slice(place + 1), ...out]) to.pairwise[one][other] += step
  })
}

export function withRanking(result, ids, ballots, before, after) {
  const next = { first_places: [...result.first_places], pairwise: result.pairwise.map((row) => [...row]) }
  add(next, ids, before, -1)
  add(next, ids, after, 1)
  return resultOf(ballots, next.first_places, next.pairwise)
}

export function orderOf({ places }) {
  return indexes(places).sort((a, b) => places[a] - places[b] || a - b)
}

// 24 or 24½.
export function shown(points) {
  const whole = Math.floor(points)
  return points === whole ? `${whole}` : `${whole || ""}½`
}

export function widthOf(points, ballots, options) {
  const most = ballots * (options - 1)
  return most ? `${((100 * points) / most).toFixed(1)}%` : "0.0%"
}
