import assert from "node:assert/strict"
import { test } from "node:test"
import {
  answeredQuestions,
  openQuestions,
  ownHidden,
  questionOnAir,
  reduceQuestions,
  sorted,
  visible,
} from "../companion/question_state.js"

function question(id, more = {}) {
  return {
    id,
    version: 1,
    state: "open",
    votes: 0,
    pinned: false,
    merged: [],
    asked_at: `2026-01-01T10:00:0${id}Z`,
    answered_at: null,
    mine: { author: false, upvoted: false },
    ...more,
  }
}

function bookOf(...questions) {
  return reduceQuestions(new Map(), { type: "snapshot", questions })
}

const ids = (questions) => questions.map(({ id }) => id)

test("a snapshot replaces what was known", () => {
  const book = reduceQuestions(bookOf(question("1")), { type: "snapshot", questions: [question("2")] })
  assert.deepEqual([...book.keys()], ["2"])
})

test("older and equal versions change nothing", () => {
  const book = bookOf(question("1", { version: 5, text: "New" }))
  for (const version of [4, 5]) {
    const frame = { type: "question.changed", question: question("1", { version, text: "Old" }) }
    assert.equal(reduceQuestions(book, frame), book)
    const tally = { type: "question.tally", questions: [{ id: "1", votes: 9, version }] }
    assert.equal(reduceQuestions(book, tally), book)
    assert.equal(reduceQuestions(book, { type: "question.gone", question: "1", version }), book)
  }
})

test("a frame makes a new book and leaves the one before alone", () => {
  const book = bookOf(question("1"))
  const next = reduceQuestions(book, { type: "question.tally", questions: [{ id: "1", votes: 3, version: 2 }] })
  assert.equal(book.get("1").votes, 0)
  assert.equal(next.get("1").votes, 3)
})

test("a change keeps what is one's own", () => {
  const book = bookOf(question("1", { mine: { author: true, upvoted: true } }))
  const next = reduceQuestions(book, { type: "question.changed", question: question("1", { version: 2 }) })
  assert.deepEqual(next.get("1").mine, { author: true, upvoted: true })
})

test("an upvote for a duplicate counts for the question that it is merged into, also after the duplicate went", () => {
  const book = bookOf(question("1"), question("2", { mine: { author: false, upvoted: true } }))
  const gone = reduceQuestions(book, { type: "question.gone", question: "2", version: 2 })
  const merged = question("1", { version: 2, merged: ["2"] })
  for (const known of [book, gone]) {
    assert.equal(reduceQuestions(known, { type: "question.changed", question: merged }).get("1").mine.upvoted, true)
  }
})

test("a question that went is not visible, and a late tally does not bring it back", () => {
  const gone = reduceQuestions(bookOf(question("1")), { type: "question.gone", question: "1", version: 3 })
  const late = reduceQuestions(gone, { type: "question.tally", questions: [{ id: "1", votes: 2, version: 2 }] })
  assert.deepEqual(visible(late), [])
})

test("several changes arrive in one frame", () => {
  const frame = {
    type: "questions.changed",
    questions: [question("2"), question("3")],
    gone: [{ question: "1", version: 2 }],
  }
  assert.deepEqual(ids(visible(reduceQuestions(bookOf(question("1")), frame))), ["2", "3"])
})

test("one's own upvote is set and unknown questions are left alone", () => {
  const book = bookOf(question("1"))
  assert.equal(
    reduceQuestions(book, { type: "question.mine", question: "1", mine: { upvoted: true } }).get("1").mine.upvoted,
    true,
  )
  assert.equal(reduceQuestions(book, { type: "question.mine", question: "9", mine: { upvoted: true } }), book)
})

test("unknown frames change nothing", () => {
  const book = bookOf(question("1"))
  assert.equal(reduceQuestions(book, { type: "poll.tally" }), book)
})

test("lists hold the questions of their state", () => {
  const mine = { author: true, upvoted: false }
  const book = bookOf(
    question("1"),
    question("2", { state: "on_air" }),
    question("3", { state: "answered", answered_at: "2026-01-01T11:00:00Z" }),
    question("4", { state: "answered", answered_at: "2026-01-01T12:00:00Z" }),
    question("5", { state: "waiting", mine }),
    question("6", { state: "dismissed", mine }),
    question("7", { is_merged: true, mine }),
    question("8", { state: "waiting" }),
  )
  assert.equal(questionOnAir(book).id, "2")
  assert.deepEqual(ids(openQuestions(book)), ["1"])
  assert.deepEqual(ids(answeredQuestions(book)), ["4", "3"])
  assert.deepEqual(ids(ownHidden(book)), ["5", "6", "7"])
})

test("pinned questions come first, then votes, then age", () => {
  const questions = [
    question("1", { votes: 1 }),
    question("2", { votes: 7 }),
    question("3", { votes: 7 }),
    question("4", { pinned: true }),
  ]
  assert.deepEqual(ids(sorted(questions, "votes")), ["4", "2", "3", "1"])
  assert.deepEqual(ids(sorted(questions, "time")), ["4", "1", "2", "3"])
  assert.deepEqual(ids(questions), ["1", "2", "3", "4"])
})

test("questions of one moment stand in the order of ids that are larger than a Number holds", () => {
  const at = "2026-01-01T10:00:00Z"
  const questions = ["9007199254740993", "9007199254740992", "99"].map((id) => question(id, { asked_at: at }))
  assert.deepEqual(ids(sorted(questions, "time")), ["99", "9007199254740992", "9007199254740993"])
})
