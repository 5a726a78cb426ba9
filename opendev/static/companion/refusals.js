// The words of a refusal: of the field that is wrong, else ours for its code, else the server's.

import { hasText, text } from "./texts.js"

export function wordsFor({ code, detail, fields }) {
  return (
    Object.values(fields ?? {})[0] ??
    (hasText(`error_${code}`) ? text(`error_${code}`) : detail || text("error_unsent"))
  )
}
