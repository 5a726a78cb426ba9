// Takes the submit of the upvote forms and sends it over the socket. The tap shows at once; an upvote without an answer is
// kept and sent again when the connection is back: saying it twice changes nothing.

import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { emit, on } from "./markup.js"
import { hasText, text } from "./texts.js"

export const pendingUpvotes = new Map() // question id -> wanted

let findQuestion = () => null

export function startUpvoting(questionById) {
  findQuestion = questionById
  document.addEventListener("submit", takeSubmit)
  on("live:status", ({ connected }) => {
    if (connected) for (const id of pendingUpvotes.keys()) send(id)
  })
}

function takeSubmit(event) {
  if (!event.target.matches("[data-upvote-form]")) return
  const { asked: id } = event.target.closest("[data-asked]").dataset
  const question = findQuestion(id)
  if (!question || !canAsk()) return
  event.preventDefault()
  pendingUpvotes.set(id, !(pendingUpvotes.get(id) ?? question.mine.upvoted))
  emit("upvote:changed")
  send(id)
}

async function send(id) {
  const wanted = pendingUpvotes.get(id)
  const answer = await ask({ type: wanted ? "question.upvote" : "question.take_back", question: id })
  if (pendingUpvotes.get(id) !== wanted) return // tapped again meanwhile
  if (answer.code === "no_answer" && !canAsk()) return // the next connection sends it
  pendingUpvotes.delete(id)
  if (answer.type === "ok") return emit("upvote:answered", { question: answer.question, upvoted: wanted })
  showBanner(
    "notice",
    hasText(`error_${answer.code}`) ? text(`error_${answer.code}`) : answer.detail || text("error_unsent"),
  )
  emit("upvote:changed")
}
