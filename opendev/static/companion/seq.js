// The number of a tap: each is higher than the last one of this device, in whichever window that was. It counts; it is
// not the time, since the server keeps it beside the vote and no time shall stand there.

const prefix = "companion:seq:"
const memory = new Map()

export function nextSeq(poll) {
  const seq = Math.max(poll.mine?.seq ?? 0, lastSeq(poll.id)) + 1
  memory.set(poll.id, seq)
  try {
    localStorage.setItem(prefix + poll.id, String(seq))
  } catch {
    // full or forbidden: memory holds it for this window
  }
  return seq
}

function lastSeq(id) {
  let stored = 0
  try {
    stored = Number(localStorage.getItem(prefix + id)) || 0
  } catch {
    // forbidden: memory has it or nobody
  }
  return Math.max(stored, memory.get(id) ?? 0)
}
