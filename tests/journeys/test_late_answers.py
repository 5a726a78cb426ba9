"""Answers that come late: an older page never lies over a newer one."""

from playwright.sync_api import Page, expect

from tests.journeys.demo import EVENT, Demo
from tests.journeys.stage import Stage

# The answer to the first form that is posted is kept back until `letGo()`.
KEEPS_THE_FIRST_ANSWER = """
const real = window.fetch
let asked = 0
window.fetch = async (address, options) => {
  document.documentElement.dataset.asked = asked += 1
  const answer = await real(address, options)
  if (options?.method !== "POST" || window.letGo) return answer
  document.documentElement.dataset.keeps = "an answer"
  await new Promise((resolve) => { window.letGo = resolve })
  return answer
}
"""


def is_kept_back(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-keeps", "an answer")


def test_act_whose_answer_comes_after_the_next_act_does_not_take_it_back(play, demo: Demo):
    demo.launch("Which?", "a", "b", visibility="always")

    def scene(stage: Stage) -> None:
        john = stage.moderator(before=KEEPS_THE_FIRST_ANSWER)
        stage.is_live(john.page)
        john.page.locator("h1").click()
        john.page.keyboard.press("c")
        is_kept_back(john.page)
        expect(john.item("Which?", "closed")).to_be_visible()  # by the news of it
        john.page.keyboard.press("u")
        expect(john.item("Which?", "live")).to_be_visible()
        html = john.page.locator("html")
        john.page.wait_for_timeout(1000)  # its news have been looked at too, by now
        asked = html.get_attribute("data-asked")
        john.page.evaluate("window.letGo()")
        expect(html).not_to_have_attribute("data-asked", asked)  # it looks how things are
        expect(john.item("Which?", "live")).to_be_visible()
        expect(john.item("Which?", "closed")).to_have_count(0)

    play(scene)


def test_stars_that_are_tapped_one_after_the_other_all_stay(play, demo: Demo):
    def scene(stage: Stage) -> None:
        page = stage.open(EVENT, before=KEEPS_THE_FIRST_ANSWER)
        rows = page.locator("[data-session]")
        for number in range(2):
            rows.nth(number).locator(".row-acts summary").click()
            rows.nth(number).locator('[name="starred"]').click()
            is_kept_back(page)
        page.evaluate("window.letGo()")
        page.wait_for_timeout(1000)  # an older page would lie over it by now
        for number in range(2):
            expect(rows.nth(number).locator('[name="starred"]')).to_have_attribute("aria-pressed", "true")

    play(scene)
