// What runs of the run sheet, as everybody may know it: the newest that was told. Nothing here paints.

export function reduceRunning(known, frame) {
  if (frame.type === "snapshot") return frame.running ?? null
  if (frame.type === "running.gone") return null
  if (frame.type === "running.changed" && (!known || known.version < frame.running.version)) return frame.running
  return known
}

export function runningItem(running) {
  return running?.item ?? null
}
