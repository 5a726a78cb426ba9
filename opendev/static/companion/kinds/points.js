// Points that are shared out among the options.

import { barWidths, wholeShares } from "../shares.js"
import { counted, text } from "../texts.js"
import { fillForm, paintForm, readForm } from "./points_form.js"
import { orderOf, sumOf, withPoints } from "./points_result.js"

function rows({ options, result }) {
  const { points, mean, given } = result
  const shares = wholeShares(points, given, true)
  const widths = barWidths(points, given)
  const most = Math.max(0, ...points)
  return orderOf(result).map((i) => ({
    id: options[i].id,
    text: options[i].text,
    figure: shares[i],
    sign: "%",
    amount: text("points_amount", { points: points[i] }),
    word: "",
    width: widths[i],
    lead: most > 0 && points[i] === most,
    note: options[i].count ? counted("points_note", options[i].count).replace("{mean}", mean[i]) : "",
  }))
}

function note({ options, result: { points, given } }) {
  if (!given) return ""
  const most = Math.max(...points)
  const names = options.filter((_, index) => points[index] === most).map((option) => option.text)
  return text("points_most", { names: names.join(", "), points: most, total: given })
}

function withAnswer({ options, ballots, result }, before, after) {
  const ids = options.map(({ id }) => id)
  return withPoints(result, ids, ballots, before, after)
}

function formNote(answer, { rules: { total } }) {
  const left = total - sumOf(answer)
  return left < 0 ? text("points_over", { over: -left }) : text("points_left", { left, total })
}

function isReady(answer, { rules: { total, exact } }) {
  const given = sumOf(answer)
  return exact ? given === total : given > 0 && given <= total
}

export default {
  name: "points",
  field: "points",
  input: "number",
  oneRow: false,
  look: "points",
  none: {},
  keyOf: (answer) =>
    Object.keys(answer)
      .sort()
      .map((id) => `${id}:${answer[id]}`)
      .join(),
  optionsIn: (answer) => Object.keys(answer),
  ask: ({ rules }) => text(rules.exact ? "points_exactly" : "points_up_to", rules),
  fillForm,
  formNote,
  isReady,
  note,
  paintForm,
  readForm,
  rows,
  voteWords: (answer) => text(sumOf(answer) ? "points_vote" : "vote"),
  withAnswer,
}
