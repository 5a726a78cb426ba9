// What is known of the session's questions: a Map from id to question, made new by each frame. Nothing here paints.

import { byId } from "./ids.js"

export function reduceQuestions(book, frame) {
  switch (frame.type) {
    case "snapshot":
      return new Map(frame.questions.map((question) => [question.id, question]))
    case "question.changed":
      return withChanged(book, frame.question)
    case "questions.changed":
      return frame.gone.reduce(without, frame.questions.reduce(withChanged, book))
    case "question.tally":
      return frame.questions.reduce(withVotes, book)
    case "question.gone":
      return without(book, frame)
    case "question.mine":
      return withMineUpvoted(book, frame.question, frame.mine.upvoted)
  }
  return book
}

function withChanged(book, question) {
  const before = book.get(question.id)
  if (before && before.version >= question.version) return book
  // A duplicate that I voted for stands in this one now: then I voted for this.
  const isUpvoted = question.merged.some((id) => book.get(id)?.mine.upvoted)
  const isAuthor = before?.mine.author || "is_merged" in question
  const mine = { author: isAuthor, upvoted: Boolean(before?.mine.upvoted || isUpvoted) }
  return new Map(book).set(question.id, { ...question, mine })
}

function withVotes(book, { id, votes, version }) {
  const before = book.get(id)
  return before && before.version < version ? new Map(book).set(id, { ...before, votes, version }) : book
}

// A merged question is kept as a note of one's vote: the question that it stands in may be told after it.
function without(book, { question: id, version }) {
  const before = book.get(id)
  return before && before.version < version ? new Map(book).set(id, { ...before, version, isGone: true }) : book
}

export function withMineUpvoted(book, id, upvoted) {
  const before = book.get(id)
  return before ? new Map(book).set(id, { ...before, mine: { ...before.mine, upvoted } }) : book
}

export function visible(book) {
  return [...book.values()].filter(({ isGone }) => !isGone)
}

export function questionOnAir(book) {
  return visible(book).find(({ state }) => state === "on_air") ?? null
}

export function openQuestions(book) {
  return visible(book).filter(({ state, is_merged: isMerged }) => state === "open" && !isMerged)
}

export function answeredQuestions(book) {
  const found = visible(book).filter(({ state, is_merged: isMerged }) => state === "answered" && !isMerged)
  return found.sort((a, b) => b.answered_at.localeCompare(a.answered_at) || byId(a.id, b.id))
}

// One's own that nobody else in the room sees.
export function ownHidden(book) {
  const isHidden = ({ state, is_merged: isMerged }) => isMerged || state === "waiting" || state === "dismissed"
  return visible(book).filter((question) => question.mine.author && isHidden(question))
}

// The order of a list that is read again: pinned first, then by votes or by time.
export function sorted(questions, by) {
  const byTime = (a, b) => a.asked_at.localeCompare(b.asked_at) || byId(a.id, b.id)
  const byVotes = (a, b) => b.votes - a.votes || byTime(a, b)
  return [...questions].sort((a, b) => b.pinned - a.pinned || (by === "time" ? byTime(a, b) : byVotes(a, b)))
}
