// The control room. Every act is a plain form; here it is posted by fetch and the answer's regions are swapped in. News
// of a change make it fetch its own page; tallies are painted in place.

import "./gate.js"
import "./kinds/more.js"
import "./control_pad.js"
import "./pad_state.js"
import "./connection.js"
import "./countdown.js"
import "./control_pick.js"
import "./control_tabs.js"
import "./keys.js"
import "./keys_dialog.js"
import "./picture_png.js"
import "./presence.js"
import "./queue_news.js"
import "./reaction_news.js"
import "./run_clock.js"
import "./suggestion_news.js"
import "./undo.js"
import "./unusual.js"
import { hideBanner, showBanner } from "./banners.js"
import { removeGently } from "./focus.js"
import { addressOf, bodyOf, originOf } from "./forms.js"
import { connect } from "./live.js"
import { emit, on, setText } from "./markup.js"
import { peopleHere } from "./presence.js"
import { nothingIsPressed } from "./presses.js"
import { emptyBook, hasCounts, reduce } from "./poll_state.js"
import { paintSummary } from "./poll_summary.js"
import { paintResults } from "./poll_rows.js"
import { paintOwnWords } from "./other_words.js"
import { paintRight } from "./right_answer.js"
import { fetchPage, hasRegions, isHalfWritten, swapRegions } from "./regions.js"
import { counted } from "./texts.js"

const GATHER = 120 // news come in clusters: one fetch for all of them
const TYPED = ["quick", "new-line", "plan-add", "plan-paste", "blocked"] // regions in which somebody may be typing

let book = emptyBook()
let isRefreshing = false
let isStale = false
let timer = null
let acts = 0 // acts and picks so far: an answer that was asked for before the last one is old

// ---- acts

async function post(form, button) {
  const body = bodyOf(form, button)
  const origin = originOf(form, button)
  acts += 1
  const asked = acts
  button?.setAttribute("aria-busy", "true")
  try {
    const answer = await fetchPage(addressOf(form, button), { method: "POST", body })
    const isOvertaken = asked !== acts // by a later act: this page may show what was before it
    take(answer, origin)
    if (isOvertaken) refreshSoon()
  } catch {
    showBanner("unreached")
  } finally {
    button?.removeAttribute("aria-busy")
  }
}

function take({ page, url, status }, origin) {
  acts += 1
  if (!hasRegions(page)) return leaveOrTell(url, status)
  hideBanner("act")
  if (status < 400 && !/\/(polls|lines)\//.test(new URL(url).pathname)) history.replaceState(null, "", withHash(url))
  const anew = [...TYPED, "written"].filter((region) => origin.closest(`[data-region="${region}"]`))
  swapRegions(page, { except: TYPED.filter((region) => !anew.includes(region)), anew })
  emit("control:swapped")
  paintTallies()
}

// On a phone the parts are targets (#polls): after an act there one stays there.
function withHash(url) {
  const next = new URL(url)
  next.hash = next.hash || location.hash
  return next.href
}

// Signed out meanwhile: the sign-in page. Anything else without regions is an error page: say so, change nothing.
function leaveOrTell(url, status) {
  if (status < 400) location.assign(url)
  else showBanner("unreached")
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-act-form]")) return
  event.preventDefault()
  if (event.submitter?.getAttribute("aria-busy") !== "true") post(event.target, event.submitter)
})

// ---- links inside the page: choosing the poll on stage

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href^='?']")
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  acts += 1
  history.replaceState(null, "", link.href)
  dispatchEvent(new HashChangeEvent("hashchange"))
  refresh()
})

// ---- news

async function refresh() {
  isStale = true
  if (isRefreshing) return
  isRefreshing = true
  while (isStale) {
    isStale = false
    const asked = acts
    try {
      const { page } = await fetchPage(location.href)
      await nothingIsPressed()
      if (asked !== acts) isStale = true
      else if (hasRegions(page)) swapRegions(page, { except: [...TYPED, ...["plan", "written"].filter(isHalfWritten)] })
    } catch {
      break // the connection banner says it; the next snapshot tries again
    }
  }
  isRefreshing = false
  emit("control:swapped")
  paintTallies()
}

function refreshSoon() {
  if (timer) return
  timer = setTimeout(() => {
    timer = null
    refresh()
  }, GATHER)
}

function paintTallies() {
  for (const poll of book.polls.values()) {
    setText(document, `[data-ballots-of="${CSS.escape(poll.id)}"]`, counted("votes", poll.ballots))
    const chart = document.querySelector(`.stage [data-poll="${CSS.escape(poll.id)}"]`)
    if (chart) paintChart(chart, poll)
    dropSpentUndo(poll)
  }
}

// An act can be taken back until the next one, and a launch only until the first vote. What is known here may be older
// than the banner, which came with the answer to the act.
function dropSpentUndo({ id, state, ballots, version }) {
  const banner = document.querySelector(`[data-undo="${CSS.escape(id)}"]`)
  if (!banner) return
  const isMoved = version > Number(banner.dataset.version) && banner.dataset.state !== state
  const isVotedOn = banner.dataset.state === "live" && state === "live" && ballots > 0
  if (isMoved || isVotedOn) removeGently(banner)
}

function paintChart(chart, poll) {
  const list = chart.querySelector("[data-rows]")
  if (list && hasCounts(poll)) paintResults(list, poll)
  paintSummary(chart, poll)
  paintRight(chart, poll)
  paintOwnWords(chart, poll)
  setText(chart, "[data-ballots]", poll.ballots)
  setText(chart, "[data-present]", peopleHere())
  const waiting = poll.moderation?.waiting ?? 0
  setText(chart, "[data-waiting]", waiting ? counted("waiting", waiting) : "")
  for (const bar of chart.querySelectorAll("[data-progress]")) {
    bar.max = Math.max(1, peopleHere(), poll.ballots)
    bar.value = poll.ballots
  }
}

function hear(frame) {
  book = reduce(book, frame)
  paintTallies()
}

function isKnownHere(poll) {
  const item = document.querySelector(`[data-item="${CSS.escape(poll.id)}"]`)
  return item?.dataset.state === poll.state
}

function isLineKnownHere({ id, version }) {
  return document.querySelector(`[data-line-item="${CSS.escape(id)}"]`)?.dataset.lineVersion === String(version)
}

on("live:snapshot", (frame) => {
  hear(frame)
  if (!frame.polls.every(isKnownHere)) refreshSoon()
})
on("live:poll.tally", hear)
on("live:poll.tally", ({ poll }) => {
  if (document.querySelector(`[data-written-of="${CSS.escape(poll)}"]`)) refreshSoon()
})
on("live:snapshot", ({ lines }) => {
  if (!lines.every(isLineKnownHere)) refreshSoon()
})
on("live:snapshot", ({ run_sheet: sheet }) => {
  const known = document.querySelector("[data-sheet-version]")?.dataset.sheetVersion
  if (sheet && known !== undefined && known !== String(sheet.version)) refreshSoon()
})
on("live:run_sheet.changed", refreshSoon)
on("pad:moved", refreshSoon)
on("live:line.tally", ({ line, count }) => {
  setText(document, `[data-count-of-line="${CSS.escape(line)}"]`, counted("names", count))
})
for (const type of ["line.changed", "line.gone"]) on(`live:${type}`, refreshSoon)
for (const type of ["poll.changed", "poll.gone", "session.changed"]) {
  on(`live:${type}`, (frame) => {
    hear(frame)
    refreshSoon()
  })
}
on("presence:painted", paintTallies)
on("undo:over", refreshSoon)
on("control:stale", refreshSoon)

connect(document.body.dataset.socket)
