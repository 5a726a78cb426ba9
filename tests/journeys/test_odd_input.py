"""People do what nobody thought of."""

import pytest
from playwright.sync_api import expect

from tests.journeys.demo import ROOM
from tests.journeys.stage import PHONE, Stage

POLL = ("What next?", "Lunch", "Dinner")
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
SIDEWAYS = "document.documentElement.scrollWidth > screen.width"


def test_double_click_on_vote_is_one_vote_and_opens_nothing_else(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        demo.set_state(demo.launch("Earlier?", "a", "b", visibility="always"), "closed")
        attendee = stage.attendee()
        attendee.choose("Dinner")
        attendee.vote_button.dblclick()
        attendee.has_voted("Dinner")
        attendee.shows({"Lunch": 0, "Dinner": 1})
        expect(attendee.page.locator("details[open]")).to_have_count(0)
        assert demo.now(poll)["ballots"] == 1

    play(scene)


def test_two_tabs_of_one_attendee_are_one_voter(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, visibility="always")
        first, screen = stage.attendee(), stage.screen()
        second = stage.second_tab(first)
        first.vote("Lunch")
        first.has_voted("Lunch")
        second.shows_own_vote("Lunch")
        second.change_vote("Dinner")
        second.has_voted("Dinner")
        for seen in (first, second, screen):
            seen.shows({"Lunch": 0, "Dinner": 1})
        first.shows_own_vote("Dinner")

    play(scene)


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("مريم العتيبي", "شركة الحاويات"),
        ("👩🏽‍💻 Zoë O’Brien-Świętosławska", "🐙"),
        (LONG_WORD, f"{LONG_WORD} und Co."),
        ("<b>Bobby</b>", '"; drop table polls_poll; --'),
    ],
)
def test_names_of_all_kinds_are_taken_and_kept(play, demo, name, company):
    def scene(stage: Stage) -> None:
        page = stage.open(f"/j/{demo.code}/", **NARROW)
        page.get_by_text("Tell us who you are (optional)").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Company").fill(company)
        page.get_by_role("button", name="Join").click()
        expect(page).to_have_url(f"{demo.server.url}{ROOM}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not page.evaluate(SIDEWAYS)
        page.goto(f"{demo.server.url}/j/{demo.code}/")
        expect(page).to_have_url(f"{demo.server.url}{ROOM}")
        page.goto(f"{demo.server.url}/j/{demo.code}/?who")
        expect(page.get_by_label("Name", exact=True)).to_have_value(name)
        expect(page.get_by_label("Company")).to_have_value(company)
        assert not page.evaluate(SIDEWAYS)

    play(scene)


def test_longest_poll_is_voted_on_the_narrowest_phone(play, demo):
    def scene(stage: Stage) -> None:
        question = f"{LONG_WORD}? {'Why, and for how long, and who says so? ' * 6}"[:300]
        options = [f"{number} {LONG_WORD} {LONG_WORD}"[:120] for number in range(1, 21)]
        poll = demo.launch(question, *options, kind="multiple", min=1, max=20, visibility="always")
        attendee, john = stage.attendee(**NARROW), stage.moderator(**NARROW)
        assert not attendee.page.evaluate(SIDEWAYS)
        for number in (3, 20):
            attendee.poll.get_by_role("checkbox").nth(number - 1).check()
        attendee.page.get_by_role("button", name="Vote for 2 options").click()
        expect(attendee.poll.locator("[data-mine]")).to_have_count(2)
        expect(attendee.poll.locator("[data-pending]")).to_have_count(0)
        assert [count for count in demo.figures(poll).values() if count] == [1, 1]
        for seen in (attendee, john):
            assert not seen.page.evaluate(SIDEWAYS)

    play(scene)


def test_texts_are_shown_as_they_were_typed(play, demo):
    """Not as markup, not as sentences of ours, and from right to left where they are written so."""

    def scene(stage: Stage) -> None:
        options = ("<script>alert(1)</script>", "{{ 7 * 7 }} {option} %(name)s", "نعم، بالتأكيد", "👍🏽 / 👎")
        poll = demo.add_poll("<i>Is this & that</i> fine?", *options, visibility="always")
        john, attendee, screen = stage.moderator(), stage.attendee(), stage.screen()
        john.press("Launch")
        attendee.vote(options[1])
        attendee.has_voted(options[1])
        for seen in (attendee, john, screen):
            expect(seen.page.get_by_role("heading", name="<i>Is this & that</i> fine?").first).to_be_visible()
            seen.shows({text: int(text == options[1]) for text in options})
        assert demo.figures(poll)[options[1]] == 1

    play(scene)


@pytest.mark.parametrize("address", ["join/", "polls/{poll}/vote/", "polls/{poll}/withdraw/"])
def test_address_of_a_form_leads_back_to_its_page(play, demo, address):
    """A phone opens a tab that it had put away: by GET, whatever it was before."""

    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL)
        page = stage.open(f"{ROOM}{address.format(poll=poll['id'])}")
        expect(page.get_by_role("heading", name="What next?")).to_be_visible()
        expect(page).to_have_url(f"{demo.server.url}{ROOM}")

    play(scene)
