// "One more option" while editing a draft; without script the page has two empty lines at the end.

import "./gate.js"
import { clone } from "./markup.js"

const MOST_OPTIONS = 20
const options = document.querySelector("[data-options]")
const button = options.querySelector("[data-add-option]")

function count() {
  return options.querySelectorAll("[name=option_text]").length
}

function add() {
  const field = clone("option-field")
  const last = [...options.querySelectorAll(".option-field")].pop()
  last.after(field)
  field.querySelector("[name=option_right]").value = count()
  field.querySelector("[name=option_text]").focus()
  button.hidden = count() >= MOST_OPTIONS
}

if (button) {
  button.hidden = count() >= MOST_OPTIONS
  button.addEventListener("click", add)
}
