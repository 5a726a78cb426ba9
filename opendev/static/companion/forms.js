// What a form sends and how a button is pressed, in every browser that the README names.

// The fields of `form` and the button that was pressed. `new FormData(form, button)` says the same from Safari 16.4,
// Firefox 111 and Chrome 112 on; older ones ignore the button without an error.
export function bodyOf(form, button) {
  const body = new FormData(form)
  if (button?.name) body.append(button.name, button.value)
  return body
}

// Where the button sends its form.
export function addressOf(form, button) {
  return button?.hasAttribute("formaction") ? button.formAction : form.action
}

// The part of the page in which it was pressed. Enter in a box presses the form's hidden first button.
export function originOf(form, button) {
  if (button?.matches("[data-enter]") && form.contains(document.activeElement)) return document.activeElement
  return button ?? form
}

// Submits the form of this button, with its checks and events. `requestSubmit` came with Safari 16 only.
export function press(button) {
  button.click()
}
