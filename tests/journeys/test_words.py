"""A moderator asks for words: phones write, the cloud grows, spellings are merged and a word is hidden everywhere."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser import DESKTOP

ROOM_WORDS = [
    *(["etcd"] * 9), *(["upgrades"] * 7), *(["networking"] * 6), *(["Upgrades"] * 2), "storage", "storage", "storage",
    "people", "people", "time", "time", "documentation", "CI/CD", "observability", "trust", "quotas", "k8s",
    "Kubernetes", "Kubernetes", "バージョン", "Größe", "rude word", "legacy", "budget", "skills", "DNS", "certificates",
]  # fmt: skip
SIZES = """(svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
  return [...svg.querySelectorAll("text")].map((t) => scale * Number(t.getAttribute("font-size")))
}"""
OVERLAPS = """(svg) => {
  const boxes = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()])
  const room = svg.getBoundingClientRect()
  const out = boxes.filter(([, b]) => b.left < room.left - 2 || b.right > room.right + 2).map(([word]) => word)
  return out.concat(boxes.flatMap(([word, a], i) => boxes.slice(0, i).filter(([, b]) =>
    a.left < b.right - 2 && b.left < a.right - 2 && a.top + a.height * 0.3 < b.bottom - b.height * 0.3
    && b.top + b.height * 0.3 < a.bottom - a.height * 0.3).map(([other]) => `${word}/${other}`)))
}"""
PICTURES = os.environ.get("WORDS_PICTURES", "")  # a folder: keeps what the journey saw, to be looked at


def keep(page, name):
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def write_all(demo, poll):
    for word in ROOM_WORDS:
        with demo.attendee() as voter:
            answer = voter.put(f"polls/{poll['id']}/ballot/", json={"words": [word]})
            assert answer.status_code == 200, answer.text


def launch_and_write(stage):
    """A moderator asks by one line; a phone answers. Returns both."""
    john, ada = stage.moderator(**DESKTOP), stage.attendee()
    john.page.locator("#quick-line").fill("One word: what blocks you? [words 2]")
    keep(john.page, "control-quick")
    john.page.get_by_role("button", name="Launch now").click()
    fields = ada.page.locator("[name=written]")
    expect(fields).to_have_count(2)
    expect(ada.page.get_by_text("your own words can show who you are")).to_be_visible()
    fields.first.fill("ETCD")
    keep(ada.page, "phone-written")
    ada.page.get_by_role("button", name="Send").click()
    expect(ada.page.locator("[data-picture] text")).to_have_text(["ETCD"])
    return john, ada


def test_words_grow_into_a_cloud_that_can_be_read(play, demo):
    def hour(stage):
        john, ada = launch_and_write(stage)
        screen = stage.screen()
        poll = demo.on_air()
        write_all(demo, poll)
        row = ada.page.locator("[data-rows] > .res").filter(has_text="etcd")
        expect(row.locator("[data-count]")).to_have_text("10")
        assert "mine" in row.evaluate("(row) => Object.keys(row.dataset)")
        demo.change(poll, visibility="always")
        cloud = screen.page.locator("[data-picture] svg")
        expect(cloud.locator("text").filter(has_text="upgrades")).to_be_visible()
        for page, name in ((screen.page, "screen"), (ada.page, "phone"), (john.page, "control")):
            page.wait_for_timeout(600)  # letters grow
            assert page.locator("[data-picture] svg").evaluate(OVERLAPS) == []
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                keep(page, f"{name}-{scheme}")
        assert min(cloud.evaluate(SIZES)) >= 32

    play(hour)


def test_what_a_moderator_hides_or_merges_changes_on_every_page_at_once(play, demo):
    def hour(stage):
        john, ada = launch_and_write(stage)
        screen = stage.screen()
        poll = demo.on_air()
        write_all(demo, poll)
        demo.change(poll, visibility="always")
        expect(screen.page.locator("[data-picture] text").filter(has_text="etcd")).to_be_visible()
        john.page.get_by_role("link", name="Moderate what people wrote").click()
        expect(john.page.get_by_role("heading", name="What people wrote")).to_be_visible()
        keep(john.page, "moderation")
        john.page.get_by_role("button", name="Hide rude word").click()
        for page in (screen.page, ada.page):
            expect(page.get_by_text("rude word")).to_have_count(0)
        # What is ticked before the page has come anew would go with it.
        expect(john.page.get_by_role("button", name="Show rude word")).to_be_visible()
        for word in ("k8s", "Kubernetes"):
            john.page.locator(".written").filter(has_text=word).get_by_role("checkbox").check()
        john.page.get_by_role("button", name="Merge into the most common answer").click()
        merged = ada.page.locator("[data-rows] > .res").filter(has_text="Kubernetes")
        expect(merged.locator("[data-count]")).to_have_text("3")
        assert "rude" not in str(demo.now(poll)["options"])

    play(hour)


def test_words_without_script_and_at_320_pixels(play, demo):
    def visit(stage):
        poll = demo.launch_words("What blocks you?", max=2)
        small = {"viewport": {"width": 320, "height": 640}, "is_mobile": False}
        ada = stage.attendee(java_script_enabled=False, **small)
        ada.page.locator("[name=written]").first.fill("documentation")
        ada.page.locator("[name=written]").nth(1).fill("Documentation")
        ada.page.get_by_role("button", name="Send").click()
        expect(ada.page.locator("[data-picture] text")).to_have_text(["documentation"])
        keep(ada.page, "phone-320-no-script")
        assert min(ada.page.locator("[data-picture] svg").evaluate(SIZES)) >= 12
        assert ada.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert [option["text"] for option in demo.now(poll)["options"]] == ["documentation"]

    play(visit)
