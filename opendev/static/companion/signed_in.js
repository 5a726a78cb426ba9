// Pages of people who have signed in are not to be kept ("no-store"). Over http WebKit keeps them all the same, and Back
// shows them whole, also after a sign-out: they are asked for anew. No gate: it is older browsers that need this most.

addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return
  document.body.hidden = true
  location.reload()
})
