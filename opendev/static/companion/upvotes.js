// Upvotes by socket.

import { emit } from "./markup.js"
import { startTaps } from "./taps.js"

export function startUpvoting(questionById) {
  return startTaps({
    selector: "[data-upvote-form]",
    idOf: (form) => form.closest("[data-asked]").dataset.asked,
    find: questionById,
    isOn: ({ mine }) => mine.upvoted,
    frame: (question, wanted) => ({ type: wanted ? "question.upvote" : "question.take_back", question }),
    changed: () => emit("upvote:changed"),
    answered: ({ question }, upvoted) => emit("upvote:answered", { question, upvoted }),
  })
}
