// The list of keys: a <dialog> from the server, opened by its button. It closes by its own form, or by Escape.

const dialog = document.querySelector("[data-keys-dialog]")

document.body.toggleAttribute("data-no-dialogs", !("showModal" in dialog)) // Firefox 97: the keys work, their list does not

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) dialog.showModal()
  else if (event.target === dialog) dialog.close() // beside it, on the backdrop
})
