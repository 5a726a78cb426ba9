// The first import of every page's script. A browser that lacks what the scripts cannot do without (before Safari 15.4,
// Chrome 92) stops here, before any of them listens to a form: a module whose import throws is not run, nor is what it
// would have imported next. The plain forms and links then do everything. README.md, "Browsers" names the browsers.

// Browsers without cascade layers read none of the style sheets: they get one without layers, made at collectstatic.
function addFlatSheet() {
  const { flatSheet } = document.querySelector("script[data-flat-sheet]").dataset
  const link = document.createElement("link")
  link.rel = "stylesheet"
  link.href = flatSheet
  document.head.append(link)
}

if (!("CSSLayerBlockRule" in window)) addFlatSheet()
if (!("at" in Array.prototype) || !("SubmitEvent" in window && "submitter" in SubmitEvent.prototype)) {
  throw new Error("This browser is too old for the live page. Its forms and links work without it.")
}
