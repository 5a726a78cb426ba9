// Pure: bars of a histogram and the place of the median, in percent. polls/kinds/number.py does the same.

export function histogramOf({ from, to, step }, counts, median) {
  const most = Math.max(...counts)
  const share = 100 / counts.length
  const bars = counts.map((count, place) => ({
    x: `${(share * place + 0.4).toFixed(2)}%`,
    width: `${(share - 0.8).toFixed(2)}%`,
    y: `${(100 - (100 * count) / most).toFixed(2)}%`,
    height: `${((100 * count) / most).toFixed(2)}%`,
  }))
  return { bars, median_at: placeOf({ from, to, step }, counts.length, median) }
}

export function placeOf({ from, to, step }, bins, value) {
  const steps = (value - from) / step
  const values = Math.round((to - from) / step) + 1
  const isOneEach = values === bins
  const width = isOneEach ? 1 : stepsOfBin(values - 1)
  return `${Math.min((((steps + (isOneEach ? 0.5 : 0)) / width) * 100) / bins, 100).toFixed(2)}%`
}

const MOST_BINS = 20

function stepsOfBin(steps) {
  for (let power = 1; ; power *= 10) {
    for (const base of [1, 2, 5]) if (Math.ceil(steps / (base * power)) <= MOST_BINS) return base * power
  }
}
