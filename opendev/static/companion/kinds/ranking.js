// A ranking: options that are put in order, and the places that all the orders give them.

import { clone } from "../markup.js"
import { counted, text } from "../texts.js"
import { fillForm, paintForm, readForm } from "./ranking_form.js"
import { orderOf, shown, widthOf, withRanking } from "./ranking_result.js"

function ask({ min, max, options }) {
  if (min === max) return text(max === options.length ? "rank_all" : "rank_exactly", { max })
  if (min > 1) return text("rank_range", { min, max })
  return text(max >= options.length ? "rank_any" : "rank_up_to", { max })
}

function rows({ options, ballots, result }) {
  return orderOf(result).map((i) => ({
    id: options[i].id,
    text: options[i].text,
    figure: result.places[i],
    sign: "",
    amount: text("rank_points", { points: shown(result.points[i]) }),
    word: "",
    width: widthOf(result.points[i], ballots, options.length),
    lead: ballots > 0 && result.places[i] === 1,
    note: result.first_places[i] ? counted("rank_firsts", result.first_places[i]) : "",
  }))
}

function note({ options, result }) {
  if (!result.points.some(Boolean)) return ""
  const named = (indexes) => indexes.map((i) => options[i].text).join(", ")
  const leaders = orderOf(result).filter((i) => result.places[i] === 1)
  const first = text("rank_first", { names: named(leaders) })
  const { winner, circle } = result
  if (winner !== null) {
    const isFirst = leaders.length === 1 && leaders[0] === winner
    return `${first} ${text(isFirst ? "rank_beats_all_too" : "rank_beats_all", { name: options[winner].text })}`
  }
  return circle.length ? `${first} ${text("rank_circle", { names: named(circle) })}` : first
}

function cell(name, content, attributes = {}) {
  const node = document.createElement(name)
  node.textContent = content
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  return node
}

// The table of who beats whom, by points; it stays as far open as its reader left it.
function paintPicture(place, { options, ballots, result }) {
  if (!ballots) return place.replaceChildren()
  if (!place.firstElementChild) place.append(clone("picture-ranking"))
  const order = orderOf(result)
  const head = order.map((i, place) => cell("th", place + 1, { scope: "col", "aria-label": options[i].text }))
  place.querySelector("[data-duel-head]").replaceChildren(document.createElement("td"), ...head)
  const lines = order.map((i, place) => {
    const line = document.createElement("tr")
    line.append(cell("th", `${place + 1} ${options[i].text}`, { scope: "row" }))
    for (const j of order) {
      const [won, lost] = [result.pairwise[i][j], result.pairwise[j][i]]
      line.append(cell("td", i === j ? "" : won, won > lost ? { "data-beats": "" } : {}))
    }
    return line
  })
  place.querySelector("[data-duel-rows]").replaceChildren(...lines)
}

function withAnswer({ options, ballots, result }, before, after) {
  const ids = options.map(({ id }) => id)
  return withRanking(result, ids, ballots, before, after)
}

export default {
  name: "ranking",
  field: "ranking",
  input: "select",
  oneRow: false,
  isOrder: true,
  look: "ranking",
  keyOf: (answer) => answer.join(),
  ask,
  fillForm,
  note,
  paintForm,
  paintPicture,
  readForm,
  rows,
  voteWords: (answer) => text(answer.length ? "rank_vote" : "vote"),
  withAnswer,
}
