// Pure: what a scale's counts say. polls/kinds/scale.py does the same; a test compares the two.

const STRONGEST = 4
const [PROMOTERS_FROM, DETRACTORS_TO] = [9, 6]

function pointsOf(options) {
  return options.filter(({ value }) => value !== undefined)
}

function sumOf(points, of) {
  return points.reduce((sum, point) => sum + of(point), 0)
}

// `amount / of` in hundredths, so in whole percent, rounded half up.
function inHundredths(amount, of) {
  return Math.floor((200 * amount + of) / (2 * of))
}

function answerAt(points, place) {
  for (const { value, count } of points) {
    if (place < count) return value
    place -= count
  }
}

export function resultOf(options) {
  const points = pointsOf(options)
  const answers = sumOf(points, ({ count }) => count)
  const without = sumOf(options, ({ value, count }) => (value === undefined ? count : 0))
  const result = { answers, no_opinion: without, mean: null, median: null, spread: null }
  if (!answers) return result
  const total = sumOf(points, ({ value, count }) => value * count)
  const squares = sumOf(points, ({ value, count }) => value * value * count)
  const [low, high] = [answerAt(points, Math.floor((answers - 1) / 2)), answerAt(points, Math.floor(answers / 2))]
  result.mean = inHundredths(total, answers) / 100
  result.median = (low + high) / 2
  result.spread = Math.floor((Math.sqrt(answers * squares - total * total) / answers) * 100 + 0.5) / 100
  return result
}

// The percentage of promoters (9 and 10) less that of detractors (0 to 6), rounded half up.
export function npsOf(options) {
  const points = pointsOf(options)
  const answers = sumOf(points, ({ count }) => count)
  const promoters = sumOf(points, ({ value, count }) => (value >= PROMOTERS_FROM ? count : 0))
  const detractors = sumOf(points, ({ value, count }) => (value <= DETRACTORS_TO ? count : 0))
  const score = answers ? inHundredths(promoters - detractors, answers) : null
  return { score, promoters, passives: answers - promoters - detractors, detractors }
}

export function signed(score) {
  return score > 0 ? `+${score}` : `${score}`.replace("-", "\u2212")
}

// Hundredths rounded half up to tenths.
export function oneDecimal(mean) {
  return (Math.floor((Math.round(mean * 100) + 5) / 10) / 10).toFixed(1)
}

function weight(points, place) {
  const away = 2 * place - (points.length - 1)
  return away < 0 ? 1 : away ? 0 : 0.5
}

// The bars around the middle, in percent of the width; half of a middle point's answers stand on either side.
export function barsOf(options) {
  const points = pointsOf(options)
  const answers = sumOf(points, ({ count }) => count)
  if (!answers) return null
  let at = 50 - (50 * points.reduce((sum, { count }, place) => sum + weight(points, place) * count, 0)) / answers
  const bars = points.map(({ count }, place) => {
    const width = (50 * count) / answers
    const away = 2 * place - (points.length - 1)
    const bar = {
      x: `${at.toFixed(2)}%`,
      width: `${width.toFixed(2)}%`,
      strength: Math.round((Math.abs(away) / (points.length - 1)) * STRONGEST),
      side: away < 0 ? "low" : away ? "high" : "middle",
    }
    at += width
    return bar
  })
  const [low, high] = [points[0].value, points.at(-1).value]
  return { bars, mean_at: `${((100 * (resultOf(options).mean - low)) / (high - low)).toFixed(2)}%` }
}
