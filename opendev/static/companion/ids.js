// Ids are whole numbers up to 2^63, more than a Number holds: as Numbers, neighbours are equal. They stay texts.

export function byId(a, b) {
  return a.length - b.length || (a < b ? -1 : Number(a > b))
}
