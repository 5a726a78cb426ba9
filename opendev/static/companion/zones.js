// Time zones: the reader's own, the one that they chose in a programme, and times in either. Nothing here paints.

const STORED = "companion:zone"
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
export const language = document.documentElement.lang || "en-GB"

export function storedZone() {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null // storage is forbidden: the reader's own zone it is
  }
}

export function store(zone) {
  try {
    localStorage.setItem(STORED, zone)
  } catch {
    // the choice lasts as long as the page
  }
}

const formats = new Map() // to make one costs a hundred times what its use does, and a programme has a thousand times

function formatted(date, zone, tongue, how) {
  const key = `${zone} ${tongue} ${Object.keys(how)}`
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(tongue, { ...how, timeZone: zone }))
  return formats.get(key).format(date)
}

export function clock(date, zone) {
  return formatted(date, zone, language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
}

export function dayOf(date, zone) {
  return formatted(date, zone, "en-CA", {})
}

export function weekday(date, zone) {
  return formatted(date, zone, language, { weekday: "short" })
}

// "Central European Summer Time (Europe/Paris)": the words that stand for the zone on a day.
export function inWords(zone, on) {
  const parts = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "long" }).formatToParts(on)
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? zone
  return name === zone ? zone : `${name} (${zone})`
}
