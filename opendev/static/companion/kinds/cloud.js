// Pure: the places of words in a cloud. polls/kinds/cloud.py does the same; a test compares the two.
//
// A word that stands somewhere already is tried there first, so the cloud keeps its places while it grows.

const FULL = 58
const NARROW = new Set("fijlrtI.,:;!|'()[]{}/ ")
const BROAD = new Set("mwMW@%&")
const STEPS = 3

export const ROOM = { width: 360, height: 320, greatest: 64, smallest: 18, least: 14, most: 40, gap: 5 }
export const SCREEN = { width: 1280, height: 540, greatest: 150, smallest: 40, least: 34, most: 60, gap: 14 }

const floor = Math.floor

function unitsOfSign(sign) {
  const code = sign.codePointAt(0)
  if (code < 0x80) {
    if (NARROW.has(sign)) return 36
    if (BROAD.has(sign)) return 92
    return sign >= "A" && sign <= "Z" ? 76 : 62
  }
  if (/\p{M}/u.test(sign)) return 0
  if (code >= 0x1f000) return 135
  return (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xffa0) ? 104 : 66
}

export function unitsOf(text) {
  return [...text].reduce((sum, sign) => sum + unitsOfSign(sign), 0)
}

const heightOf = (size) => floor((size * 11) / 10)

function sizeIn(text, size, box) {
  const fitting = floor((9 * box.width * 10) / Math.max(1, unitsOf(text)))
  const even = floor(Math.min(size, fitting) / 2) * 2
  return even >= box.least ? even : 0
}

function areaOf(words, sizes, gap) {
  return sizes.reduce((sum, size, index) => {
    const width = floor((unitsOf(words[index].text) * size) / 100)
    return sum + (width + gap) * (heightOf(size) + gap)
  }, 0)
}

export function sizesOf(words, box) {
  const top = words[0].count
  const weights = words.map(({ count }) => floor(Math.sqrt(floor((1_000_000 * count) / top))))
  const without = (sizes) => [...sizes, ...Array(words.length - sizes.length).fill(0)]
  let sizes = []
  for (let shown = words.length; shown > 0; shown -= 2) {
    for (let greatest = box.greatest; greatest >= 2 * box.smallest; greatest -= 4) {
      const more = greatest - box.smallest
      sizes = words
        .slice(0, shown)
        .map(({ text }, index) => sizeIn(text, box.smallest + floor((more * weights[index]) / 1000), box))
      if (100 * areaOf(words, sizes, box.gap) <= FULL * box.width * box.height) return without(sizes)
    }
  }
  return without(sizes)
}

function placeAt(text, size, x, y) {
  return { x, y, width: floor((unitsOf(text) * size) / 100), height: heightOf(size), size }
}

const fits = (middle, extent, room) => extent <= 2 * middle && 2 * middle <= 2 * room - extent
const isInside = ({ x, y, width, height }, box) => fits(x, width, box.width) && fits(y, height, box.height)

// Middles inside the box: where the word stood, then beside those that stand, the nearest first.
function candidates(width, height, box, taken, before) {
  const [x, y] = before ?? [floor(box.width / 2), floor(box.height / 2)]
  const around = [[x, y]]
  for (const other of taken) {
    const aside = floor((other.width + width) / 2) + box.gap
    const over = floor((other.height + height) / 2) + floor(box.gap / 2)
    const inset = floor((other.width - width) / 2)
    around.push([other.x + aside, other.y], [other.x - aside, other.y])
    for (const dx of [0, inset, -inset]) around.push([other.x + dx, other.y + over], [other.x + dx, other.y - over])
  }
  const far = ([left, top]) => ((left - x) * box.height) ** 2 + ((top - y) * box.width) ** 2
  return around
    .filter(([left, top]) => fits(left, width, box.width) && fits(top, height, box.height))
    .sort((a, b) => far(a) - far(b) || a[1] - b[1] || a[0] - b[0])
}

function isFree(place, taken, gap) {
  return !taken.some(
    (other) =>
      2 * Math.abs(place.x - other.x) < place.width + other.width + gap &&
      2 * Math.abs(place.y - other.y) < place.height + other.height + floor(gap / 2),
  )
}

// Where the word stood, though a little smaller than it should be: a reader follows places, not sizes.
function keptPlace(text, size, box, taken, [x, y]) {
  for (let smaller = size; 5 * smaller >= 4 * size && smaller >= box.least; smaller -= 2) {
    const place = placeAt(text, smaller, x, y)
    if (isInside(place, box) && isFree(place, taken, box.gap)) return place
  }
  return null
}

function placeFor({ text }, size, box, taken, before) {
  const kept = before && keptPlace(text, size, box, taken, before)
  if (kept) return kept
  for (let step = 0; step < STEPS; step += 1) {
    const smaller = floor((size - floor(((size - box.least) * step) / (STEPS - 1))) / 2) * 2
    const { width, height } = placeAt(text, smaller, 0, 0)
    for (const [x, y] of candidates(width, height, box, taken, before)) {
      const place = { x, y, width, height, size: smaller }
      if (isFree(place, taken, box.gap)) return place
    }
  }
  return null
}

export function tierOf(rank) {
  return rank < 3 ? 0 : rank < 10 ? 1 : 2
}

// The words of {id, text, count}, the most named first; `kept` has the places of those that stand already, by id.
export function cloudOf(options, box, kept = new Map()) {
  const shown = options.slice(0, box.most)
  if (!shown.length) return []
  const sizes = sizesOf(shown, box)
  const taken = []
  const drawn = []
  shown.forEach((word, rank) => {
    const place = sizes[rank] && placeFor(word, sizes[rank], box, taken, kept.get(word.id))
    if (!place) return
    taken.push(place)
    drawn.push({ id: word.id, text: word.text, x: place.x, y: place.y, size: place.size, tier: tierOf(rank) })
  })
  return drawn
}
