// Pure: a poll's rows with shares and widths, and what my own vote adds to them before the server has counted it.

import { optionsIn } from "./answers.js"
import { kindOf } from "./kinds/index.js"
import { barWidths, wholeShares } from "./shares.js"
import { counted } from "./texts.js"

// Each {id, text, figure, sign, amount, word, width, lead, note}, in the order in which they are shown.
export function rowsOf(poll) {
  return kindOf(poll).rows?.(poll) ?? shareRows(poll)
}

function shareRows(poll) {
  const counts = poll.options.map((option) => option.count)
  const shares = wholeShares(counts, poll.ballots, kindOf(poll).oneRow)
  const widths = barWidths(counts, poll.ballots)
  const most = Math.max(0, ...counts)
  return poll.options.map(({ id, text, count, written }, index) => ({
    id,
    text,
    figure: shares[index],
    sign: "%",
    amount: count,
    word: counted("vote_word", count),
    width: widths[index],
    lead: count > 0 && count === most,
    note: written ? counted("wrote_it", written) : "",
  }))
}

// My vote counts at once on my own page, until the server's tally holds it.
export function withOptimism(poll, before, after) {
  const kind = kindOf(poll)
  const [was, is] = [optionsIn(kind, before), optionsIn(kind, after)]
  const step = (id) => Number(is.includes(id)) - Number(was.includes(id))
  const voters = Number(is.length > 0) - Number(was.length > 0)
  const options = poll.options.map((option) =>
    Number.isInteger(option.count) ? { ...option, count: Math.max(0, option.count + step(option.id)) } : option,
  )
  const next = { ...poll, options, ballots: Math.max(0, poll.ballots + voters) }
  return kind.withAnswer ? { ...next, result: kind.withAnswer(next, before, after) } : next
}
