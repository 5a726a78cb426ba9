// Sentences live in the page, where they are translated; script only fills in the {words}.

let sentences = null

function readSentences() {
  const found = new Map()
  for (const home of document.querySelectorAll("template[data-texts]")) {
    for (const node of home.content.querySelectorAll("[data-text]")) {
      found.set(node.dataset.text, node.textContent.trim())
    }
  }
  return found
}

export function hasText(key) {
  sentences ??= readSentences()
  return sentences.has(key)
}

export function text(key, words = {}) {
  sentences ??= readSentences()
  return fill(sentences.get(key) ?? "", words)
}

// "votes" + 1 -> the sentence "votes_one"; the page's language knows its plural forms.
export function counted(key, count) {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(count)
  return text(hasText(`${key}_${form}`) ? `${key}_${form}` : `${key}_other`, { count })
}

export function fill(sentence, words) {
  return sentence.replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole)
}
