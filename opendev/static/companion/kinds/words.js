// Words that people write: a cloud that keeps its places while it grows, and the list of all.

import { clone, setText } from "../markup.js"
import { counted, text } from "../texts.js"
import { ROOM, SCREEN, cloudOf } from "./cloud.js"

const NAMED = 3

// The first words with their counts; fewer than three where a cut would part equals. words.py does the same.
export function mostNamed(options) {
  let named = options
  if (options.length > NAMED && options[NAMED].count === options[NAMED - 1].count) {
    const above = options.slice(0, NAMED).filter(({ count }) => count > options[NAMED].count)
    if (above.length) named = above
  }
  return named.slice(0, NAMED).map(({ text: word, count }) => `${word} (${count})`)
}

function note({ options }) {
  const named = mostNamed(options)
  return named.length ? text("words_note", { words: named.join(", ") }) : ""
}

function pickNote(poll) {
  return text(`words_pick_${poll.max === 1 ? "one" : "several"}_${poll.may_change ? "change" : "final"}`, poll)
}

function placesIn(svg) {
  const at = (node) => [Number(node.getAttribute("x")), Number(node.getAttribute("y"))]
  return new Map([...svg.querySelectorAll("[data-word]")].map((node) => [node.dataset.word, at(node)]))
}

function paintPicture(place, { options, result }) {
  if (!place.firstElementChild) place.append(clone("picture-words"))
  const box = place.closest("[data-screen]") ? SCREEN : ROOM
  const svg = place.querySelector("svg")
  svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`)
  const words = cloudOf(options, box, placesIn(svg))
  const nodes = new Map([...svg.querySelectorAll("[data-word]")].map((node) => [node.dataset.word, node]))
  for (const word of words) {
    const node = nodes.get(word.id) ?? svg.appendChild(document.createElementNS(svg.namespaceURI, "text"))
    nodes.delete(word.id)
    node.dataset.word = word.id
    node.dataset.tier = word.tier
    if (node.textContent !== word.text) node.textContent = word.text
    for (const [name, value] of Object.entries({ x: word.x, y: word.y, "font-size": word.size }))
      node.setAttribute(name, value)
  }
  for (const node of nodes.values()) node.remove()
  const left = result.different - words.length
  setText(place, "[data-left]", left ? counted("words_more", left) : "")
}

export default {
  name: "words",
  field: "words",
  input: "text",
  oneRow: false,
  isWritten: true,
  look: "words",
  note,
  pickNote,
  paintPicture,
}
