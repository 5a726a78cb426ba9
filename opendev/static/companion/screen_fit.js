// Chooses the largest type with which question and options fit the screen. Sizes stand in product.css, by data-ask
// (the question) and data-fit (the options); this file only measures.

const SMALLEST_QUESTION = 4
const SMALLEST_ROWS = 7
const SMALLEST_CODE = 2
const GAP_BELOW_CODE = 2 // in hundredths of the picture's width
const FIRST_TWO_COLUMNS = 4 // from this size on the options stand in two columns
const MANY = 8
const QUESTION_SHARE = 0.34 // of the picture: a long question leaves room for its answers
const QUESTION_SHARE_BESIDE_MANY = 0.26
const SHARE_ALONE = 0.8 // a prompt has the picture for itself

function shrinkQuestion(main) {
  const head = main.querySelector("h1")
  const isMany = Number(main.dataset.rowsCount) > MANY
  const isAlone = main.dataset.view === "prompt"
  const share = isAlone ? SHARE_ALONE : isMany ? QUESTION_SHARE_BESIDE_MANY : QUESTION_SHARE
  const room = main.clientHeight * share
  for (let size = 0; size <= SMALLEST_QUESTION; size += 1) {
    main.dataset.ask = size
    if (head.offsetHeight <= room) return
  }
}

function isTooTight(list) {
  return [...list.children].some((row) => row.scrollHeight > row.clientHeight + 1 || overflows(row))
}

function overflows(row) {
  const limit = row.getBoundingClientRect().bottom + 1
  return [...row.querySelectorAll("b, .bar")].some((node) => node.getBoundingClientRect().bottom > limit)
}

function markSecondColumn(list, isTwo) {
  const half = Math.ceil(list.children.length / 2)
  for (const [index, row] of [...list.children].entries()) row.classList.toggle("second", isTwo && index >= half)
}

function shrinkRows(main, list) {
  const smallest = main.dataset.view === "questions" ? FIRST_TWO_COLUMNS - 1 : SMALLEST_ROWS // whole lines are read best
  for (let size = 0; size <= smallest; size += 1) {
    main.dataset.fit = size
    markSecondColumn(list, size >= FIRST_TWO_COLUMNS)
    if (list.scrollHeight <= list.clientHeight + 1 && !isTooTight(list)) return
  }
}

// A long question takes height from the code and the count beside the answers: the code gives way first.
function shrinkAside(main) {
  const aside = main.querySelector("aside")
  const [code, count] = [".join-here", ".turnout"].map((name) => aside.querySelector(name))
  if (!code) return // an embed of the result alone
  const gap = GAP_BELOW_CODE * parseFloat(getComputedStyle(main).fontSize) // closer, the count reads as one more digit
  for (let size = 0; size <= SMALLEST_CODE; size += 1) {
    main.dataset.qr = size
    const isApart = count.getBoundingClientRect().top - code.getBoundingClientRect().bottom >= gap
    if (aside.scrollHeight <= aside.clientHeight && isApart) return
  }
}

let fitted = "" // what the sizes were chosen for

export function fitScreen(main) {
  const list = main.querySelector("[data-rows]")
  if (main.dataset.view === "calm" || main.dataset.view === "end") {
    fitted = ""
    main.dataset.qr = 0
    return
  }
  const key = `${innerWidth}x${innerHeight} ${document.fonts.status} ${main.dataset.view} ${main.querySelector("h1").textContent} ${list.textContent.replace(/\d+/g, "")}`
  if (fitted === key) return // counts alone never change the size
  fitted = key
  main.dataset.rowsCount = list.children.length
  shrinkQuestion(main)
  shrinkRows(main, list)
  shrinkAside(main)
}
