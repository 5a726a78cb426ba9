// Open answers, as cards. polls/kinds/text.py is the server's side.

import { counted, text } from "../texts.js"

function note({ result }) {
  return result?.different ? counted("text_note", result.different) : ""
}

function pickNote(poll) {
  const said = text(`text_pick_${poll.may_change ? "change" : "final"}`)
  return poll.rules.approve ? `${said} ${text("text_pick_approve")}` : said
}

function paintField(field, { rules }) {
  field.querySelector("[name=written]").maxLength = rules.length
}

export default {
  name: "text",
  field: "text",
  input: "text",
  oneRow: true,
  isWritten: true,
  takesOne: true,
  look: "cards",
  note,
  pickNote,
  paintField,
}
