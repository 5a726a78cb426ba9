import assert from "node:assert/strict"
import { test } from "node:test"
import { emptyBook, hasCounts, livePolls, onAir, overPolls, reduce, withMine } from "../companion/poll_state.js"

function poll(id, more = {}) {
  return {
    id,
    version: 1,
    state: "live",
    launched_at: null,
    ballots: 0,
    options: options(),
    mine: { voted: false },
    ...more,
  }
}

function options(counts = []) {
  return ["a", "b"].map((id, place) => (counts.length > 0 ? { id, text: id, count: counts[place] } : { id, text: id }))
}

function bookOf(...polls) {
  return reduce(emptyBook(), { type: "snapshot", polls })
}

function tally(version, counts) {
  const frame = { type: "poll.tally", poll: "1", version, ballots: 9 }
  return counts ? { ...frame, options: options(counts) } : frame
}

const ids = (polls) => polls.map(({ id }) => id)

test("late and doubled tallies are dropped", () => {
  const book = reduce(bookOf(poll("1", { version: 3 })), tally(4, [5, 4]))
  assert.equal(reduce(book, tally(3, [1, 1])), book)
  assert.equal(reduce(book, tally(4, [1, 1])), book)
})

test("one version may come twice, the second time with the counts", () => {
  const hidden = reduce(bookOf(poll("1")), tally(2))
  assert.equal(hasCounts(hidden.polls.get("1")), false)
  const shown = reduce(hidden, tally(2, [5, 4]))
  assert.deepEqual(
    shown.polls.get("1").options.map(({ count }) => count),
    [5, 4],
  )
})

test("a tally without counts takes the counts away", () => {
  const book = reduce(bookOf(poll("1", { options: options([1, 2]) })), tally(2))
  assert.equal(hasCounts(book.polls.get("1")), false)
})

test("a tally of an unknown poll changes nothing", () => {
  const book = bookOf(poll("2"))
  assert.equal(reduce(book, tally(5, [1, 1])), book)
})

test("a change keeps one's own answer unless it carries one", () => {
  const book = bookOf(poll("1", { mine: { voted: true } }))
  const changed = poll("1", { version: 2, mine: undefined })
  assert.deepEqual(reduce(book, { type: "poll.changed", poll: changed }).polls.get("1").mine, { voted: true })
  const told = { ...changed, mine: { voted: false } }
  assert.deepEqual(reduce(book, { type: "poll.changed", poll: told }).polls.get("1").mine, { voted: false })
})

test("a snapshot that is older than what is known keeps the poll and takes one's own answer", () => {
  const book = bookOf(poll("1", { version: 5, ballots: 7 }))
  const next = reduce(book, { type: "snapshot", polls: [poll("1", { version: 4, mine: { voted: true } })] })
  assert.equal(next.polls.get("1").ballots, 7)
  assert.deepEqual(next.polls.get("1").mine, { voted: true })
})

test("a poll that went away does not come back by a late frame", () => {
  const gone = reduce(bookOf(poll("1")), { type: "poll.gone", poll: "1", version: 4 })
  assert.equal(gone.polls.size, 0)
  assert.equal(reduce(gone, { type: "poll.changed", poll: poll("1", { version: 3 }) }).polls.size, 0)
  assert.equal(reduce(gone, { type: "poll.changed", poll: poll("1", { version: 5 }) }).polls.size, 1)
})

test("an old farewell is dropped", () => {
  const book = bookOf(poll("1", { version: 5 }))
  assert.equal(reduce(book, { type: "poll.gone", poll: "1", version: 4 }), book)
})

test("one's own answer is set where the poll is known", () => {
  const book = bookOf(poll("1"))
  assert.deepEqual(withMine(book, "1", { voted: true }).polls.get("1").mine, { voted: true })
  assert.equal(withMine(book, "2", { voted: true }), book)
  assert.equal(withMine(book, "1", null), book)
  assert.deepEqual(reduce(book, { type: "poll.mine", poll: "1", mine: { voted: true } }).polls.get("1").mine, {
    voted: true,
  })
})

test("unknown frames change nothing", () => {
  const book = bookOf(poll("1"))
  assert.equal(reduce(book, { type: "question.changed" }), book)
})

test("on air is the last one launched of those that are live, or of those that are over", () => {
  const over = [
    poll("1", { state: "closed", launched_at: "2026-01-01T10:00:00Z" }),
    poll("2", { state: "published", launched_at: "2026-01-01T12:00:00Z" }),
  ]
  const live = poll("3", { launched_at: "2026-01-01T11:00:00Z" })
  assert.equal(onAir(bookOf(...over)).id, "2")
  assert.equal(onAir(bookOf(...over, live)).id, "3")
  assert.equal(onAir(emptyBook()), null)
  assert.deepEqual(ids(overPolls(bookOf(...over, live))), ["2", "1"])
  assert.deepEqual(ids(livePolls(bookOf(...over, live))), ["3"])
})
