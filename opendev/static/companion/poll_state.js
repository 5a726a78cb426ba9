// Pure: what is known of the session's polls, and how a frame changes it. Nothing here touches the page.
//
// A book is {polls: Map(id -> poll), seen: Map(id -> version)}. News that are not newer than what was seen are dropped,
// so late and doubled frames do no harm; `seen` outlives a poll that went away.

import { byId } from "./ids.js"

const OVER = new Set(["closed", "published"])

export function emptyBook() {
  return { polls: new Map(), seen: new Map() }
}

export function hasCounts(poll) {
  if (poll?.result) return true
  return Boolean(poll?.options?.length) && poll.options.every((option) => Number.isInteger(option.count))
}

export function reduce(book, frame) {
  switch (frame.type) {
    case "snapshot":
      return fromSnapshot(book, frame.polls)
    case "poll.changed":
      return withChange(book, frame.poll)
    case "poll.tally":
      return withTally(book, frame)
    case "poll.gone":
      return withoutPoll(book, frame)
    case "poll.mine":
      return withMine(book, frame.poll, frame.mine)
    default:
      return book
  }
}

export function withMine(book, id, mine) {
  const poll = book.polls.get(id)
  return poll && mine ? withPoll(book, { ...poll, mine }) : book
}

function fromSnapshot(book, polls) {
  const next = emptyBook()
  for (const poll of polls) {
    const known = book.polls.get(poll.id)
    const kept = known && known.version > poll.version ? { ...known, mine: poll.mine } : poll
    next.polls.set(poll.id, kept)
    next.seen.set(poll.id, kept.version)
  }
  return next
}

function withChange(book, poll) {
  if (!isNews(book, poll.id, poll.version, hasCounts(poll))) return book
  return withPoll(book, { ...poll, mine: poll.mine ?? book.polls.get(poll.id)?.mine })
}

function withTally(book, frame) {
  const poll = book.polls.get(frame.poll)
  if (!poll || !isNews(book, frame.poll, frame.version, Boolean(frame.options ?? frame.answers))) return book
  const counts = new Map((frame.options ?? []).map((option) => [option.id, option.count]))
  const known = poll.options.map(({ count, ...option }) =>
    counts.has(option.id) ? { ...option, count: counts.get(option.id) } : option,
  )
  const options = frame.answers ?? known // what people write comes anew each time
  const { version, ballots, result, moderation, other } = frame
  return withPoll(book, { ...poll, version, ballots, options, result, moderation, other })
}

// The same version may come twice: first as everybody sees it, then, after one's own vote, with the counts.
function isNews(book, id, version, bringsCounts) {
  const seen = book.seen.get(id) ?? -1
  return version > seen || (version === seen && bringsCounts && !hasCounts(book.polls.get(id)))
}

function withPoll(book, poll) {
  const polls = new Map(book.polls).set(poll.id, poll)
  const seen = new Map(book.seen).set(poll.id, Math.max(poll.version, book.seen.get(poll.id) ?? 0))
  return { polls, seen }
}

function withoutPoll(book, { poll: id, version }) {
  if (version < (book.seen.get(id) ?? 0)) return book
  const polls = new Map(book.polls)
  polls.delete(id)
  return { polls, seen: new Map(book.seen).set(id, version) }
}

function lastLaunchedFirst(a, b) {
  return (b.launched_at ?? "").localeCompare(a.launched_at ?? "") || byId(b.id, a.id)
}

export function livePolls(book) {
  return [...book.polls.values()].filter((poll) => poll.state === "live").sort(lastLaunchedFirst)
}

export function overPolls(book) {
  return [...book.polls.values()].filter((poll) => OVER.has(poll.state)).sort(lastLaunchedFirst)
}

// On air: the last one launched of those that are live; when none is, the last one launched at all.
export function onAir(book) {
  return livePolls(book)[0] ?? overPolls(book)[0] ?? null
}
