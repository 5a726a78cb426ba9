"""The control room between a wide screen and a phone: words stay whole, the chart stays, the main button is largest."""

from typing import Any

import pytest

from tests.journeys.stage import Stage

TEXTS_BROKEN = """() => {
  const broken = []
  for (const button of document.querySelectorAll(".deck .btn")) {
    const walker = document.createTreeWalker(button, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (node.parentElement.closest(".vh, kbd")) continue
      for (const word of node.textContent.matchAll(/\\S+/g)) {
        const range = document.createRange()
        range.setStart(node, word.index)
        range.setEnd(node, word.index + word[0].length)
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word[0])
      }
    }
    if (button.scrollWidth > button.clientWidth + 1) broken.push(`wider than its button: ${button.innerText}`)
  }
  return broken
}"""
SHOWN = """() => {
  const height = (selector) => document.querySelector(selector).getBoundingClientRect().height
  const area = (node) => node.offsetWidth * node.offsetHeight
  const others = [...document.querySelectorAll(".deck .two .btn")].map(area)
  return { stage: height("#stage-body"), main: area(document.querySelector(".deck .go")), others }
}"""
SIZES = [
    *((1280, 800), (1152, 800), (1151, 768), (1024, 768), (960, 700), (959, 700)),
    *((844, 390), (667, 375), (390, 844), (320, 640)),
]
OPTIONS = ("Both together, in production", "Kubernetes alone")


@pytest.mark.parametrize("state", ["live", "closed", "over"])
def test_buttons_keep_their_words_whole_and_the_chart_its_place(play, demo, state):
    def scene(stage: Stage) -> None:
        poll = demo.add_poll("Where are you with OpenStack and Kubernetes today?", *OPTIONS)
        items: list[dict[str, Any]] = [
            {"kind": "poll", "subject": poll["id"]},
            {"kind": "prompt", "text": "Which integration was the hardest?"},
        ]
        path = f"sessions/{demo.session['id']}/run-sheet/"
        sheet = demo.ask("POST", f"{path}items/", items=items)
        demo.ask("PUT", f"{path}running/", item=sheet["items"][0]["id"])
        if state == "closed":
            demo.set_state(poll, "closed")
        if state == "over":
            demo.set_session("over")
        page = stage.moderator().page
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(TEXTS_BROKEN) == [], width
            shown = page.evaluate(SHOWN)
            assert shown["stage"] > (200 if width > 959 else 60), width  # beside the banner with Undo
            assert all(shown["main"] > other for other in shown["others"]), width

    play(scene)


IN_VIEW = """() => {
  for (const line of document.querySelectorAll("[data-unusual]")) line.hidden = false
  const { top, bottom } = document.querySelector(".deck .go").getBoundingClientRect()
  return top > 0 && bottom <= innerHeight
}"""


def test_main_button_stays_where_it_is_whatever_is_unusual(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch("Where are you?", "Here", "There")
        page = stage.moderator().page
        stage.is_live(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(IN_VIEW), width

    play(scene)
