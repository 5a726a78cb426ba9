// A scale: rows as for one choice, the average in words above them, and the answers as bars around the middle.

import { clone, setText } from "../markup.js"
import { text } from "../texts.js"
import { barsOf, npsOf, oneDecimal, resultOf, signed } from "./scale_result.js"

function note({ options, rules }) {
  const { mean, median } = resultOf(options)
  if (mean === null) return ""
  const key = rules.from === 0 || rules.from === 1 ? "scale_note_of" : "scale_note"
  const average = text(key, { ...rules, mean: oneDecimal(mean), median })
  if (!rules.nps) return average
  const nps = npsOf(options)
  return `${text("scale_nps", { ...nps, score: signed(nps.score) })} ${average}`
}

function paintPicture(place, { options, rules }) {
  const picture = barsOf(options)
  if (!picture) return place.replaceChildren()
  if (!place.firstElementChild) place.append(clone("picture-scale"))
  const group = place.querySelector("[data-bars]")
  picture.bars.forEach(({ x, width, side, strength }, index) => {
    const bar = group.children[index] ?? group.appendChild(document.createElementNS(group.namespaceURI, "rect"))
    for (const [name, value] of Object.entries({ x, y: 0, width, height: "100%" })) bar.setAttribute(name, value)
    bar.dataset.side = side
    bar.dataset.strength = strength
  })
  while (group.children.length > picture.bars.length) group.lastElementChild.remove()
  place.querySelector("[data-mean]").setAttribute("cx", picture.mean_at)
  const { from, to, labels } = rules
  setText(place, "[data-low]", `${from} ${labels[0]}`)
  setText(place, "[data-high]", `${to} ${labels[1]}`)
}

export default { name: "scale", field: "options", input: "radio", oneRow: true, look: "steps", note, paintPicture }
