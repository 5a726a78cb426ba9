// The words that belong to a poll: label, notes, headline. The sentences stand in templates/room/texts.html.

import { kindOf } from "./kinds/index.js"
import { hasCounts } from "./poll_state.js"
import { summaryOf } from "./poll_summary.js"
import { rowsOf } from "./result_rows.js"
import { hasText, text } from "./texts.js"

export function label(poll) {
  if (poll.number === null || poll.number === undefined) return ""
  return text(poll.round > 1 ? "label_round" : "label", poll)
}

function howMany(poll) {
  const { min, max, options } = poll
  if (kindOf(poll).oneRow) return "one"
  if (min === max) return "exactly"
  if (min > 1) return "range"
  return max >= options.length ? "any" : "up_to"
}

function pickNote(poll) {
  const kind = kindOf(poll)
  if (kind.pickNote) return kind.pickNote(poll)
  const pick = kind.ask?.(poll)
  if (pick) return text(`asked_${poll.may_change ? "change" : "final"}`, { pick })
  return text(`pick_${howMany(poll)}_${poll.may_change ? "change" : "final"}`, poll)
}

export function note(poll, view, { isPending, hasVoted }) {
  if (view === "form") return pickNote(poll)
  if (isPending) return text("note_sending")
  if (view === "waiting") return text("note_waiting")
  if (poll.state !== "live") return text("note_over")
  return text(hasVoted ? "note_live_voted" : "note_live")
}

export function hiddenNote(poll) {
  if (hasCounts(poll)) return ""
  const key = `hidden_${poll.visibility}`
  return text(hasText(key) ? key : "hidden_after_publishing")
}

export function privacyNote(poll) {
  return text(poll.anonymous ? "privacy_anonymous" : "privacy_named")
}

export function footnote({ kind }) {
  return hasText(`footnote_${kind}`) ? text(`footnote_${kind}`) : ""
}

export function headline(poll) {
  const summary = summaryOf(poll)
  if (summary || kindOf(poll).isWritten) return summary
  const leaders = rowsOf(poll).filter(({ lead }) => lead)
  const option = leaders.map((leader) => leader.text).join(", ")
  return text(leaders.length > 1 ? "headline_tied" : "headline", { share: leaders[0]?.figure ?? 0, option })
}

// What moderators changed after votes came, one sentence a change: words after the first vote, and how written answers
// are grouped after the close.
export function changes(poll) {
  const told = (key, change) => text(key, { ...change, time: change.at.slice(11, 16) })
  const reworded = (poll.reworded ?? []).map((change) => told("reworded", change))
  const regrouped = (poll.regrouped ?? []).map((change) => told(`regrouped_${change.act}`, change))
  return [...reworded, ...regrouped].join(" ")
}
