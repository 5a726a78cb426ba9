// One sign-up line on the page: its words, the names under it, and what its reader can do.

import { clone, setHidden, setText } from "./markup.js"
import { inPad } from "./pad_state.js"
import { counted, text } from "./texts.js"

const NAMES_SHOWN = 3

export function makeLine(id) {
  const card = clone("line")
  card.dataset.line = id
  card.id = `line-${id}`
  card.querySelector("h3").id = `line-${id}-h`
  card.setAttribute("aria-labelledby", `line-${id}-h`)
  card.querySelector("[data-tap-form] button").id = `tap-${id}`
  return card
}

// `pending` is what was tapped and is not answered yet: "signing" or "withdrawing".
export function paintLine(card, line, { pending, me }) {
  card.dataset.lineState = line.state
  setText(card, "[data-title]", line.title)
  card.querySelector("[data-title]").href = line.url
  for (const form of card.querySelectorAll("form")) {
    form.action = `${line.url}${form.matches("[data-tap-form]") ? "sign-up" : "withdraw"}/`
  }
  for (const words of card.querySelectorAll("[data-title-too]")) words.textContent = `: ${line.title}`
  setText(card, "[data-summary]", line.summary)
  setHidden(card, "[data-summary]", !line.summary)
  paintNumber(card, line)
  const isOn = pending ? pending === "signing" : line.mine.signed_up
  paintNames(card, line, isOn, me)
  paintOwn(card, line, isOn, pending)
}

// Where a pad says which line it is now, that number counts; else the one that people said.
function paintNumber(card, line) {
  const number = inPad(line.id)?.number ?? line.announced_line
  setText(card, "[data-number]", number ?? "")
  setHidden(card, "[data-numbered]", !number)
}

function savedWords(line) {
  const pad = inPad(line.id)
  if (!line.mine.shown) return text("line_saved_unlisted")
  if (!pad) return text("line_saved")
  if (pad.state === "missing" || pad.state === "doubled") return text("line_unplaced")
  return pad.pending || pad.number === null ? text("line_waiting") : text("line_under", { number: pad.number })
}

function paintNames(card, line, isOn, me) {
  const own = isOn ? line.mine.name || me : ""
  const mine = own && line.names.findIndex(({ name }) => name === own)
  const isCounted = line.mine.signed_up
  const others = line.names.filter((_, index) => !own || index !== mine).slice(0, NAMES_SHOWN)
  const more = Math.max(0, line.count - others.length - (isCounted ? 1 : 0))
  putNames(
    card,
    others.map(({ name }) => name),
  )
  setText(card, "[data-own-name]", own)
  setHidden(card, "[data-own]", !own)
  setHidden(card, "[data-own-comma]", others.length === 0)
  setText(card, "[data-more]", moreWords(more, others.length > 0 || own !== ""))
}

// Each name stands alone, so that one that is read from right to left turns no other.
function putNames(card, names) {
  for (const node of card.querySelectorAll("[data-others]")) {
    if (node.textContent === names.join(", ")) continue
    node.replaceChildren(...names.flatMap((name, place) => [...(place ? [", "] : []), isolated(name)]))
  }
}

function isolated(name) {
  const node = document.createElement("bdi")
  node.textContent = name
  return node
}

function moreWords(more, hasNames) {
  if (more === 0) return hasNames ? "" : text("line_nobody")
  return hasNames ? ` ${counted("line_more", more).trim()}` : counted("line_names", more)
}

function paintOwn(card, line, isOn, pending) {
  const { removed } = line.mine
  setHidden(card, "[data-tap-form]", isOn || removed || line.state === "closed")
  setHidden(card, "[data-signed-up]", !isOn)
  setHidden(card, "[data-removed]", !removed)
  setHidden(card, "[data-closed]", line.state !== "closed")
  if (!isOn) return
  if (pending) setText(card, "[data-saved]", text("line_sending"))
  else setText(card, "[data-saved]", savedWords(line))
}
