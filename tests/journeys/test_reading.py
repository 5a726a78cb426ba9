"""What a screen reader is given: question, options, one's own vote, totals and state, in every state of a poll."""

import re
from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage

QUESTION = "Which network plugin do you run?"
OPTIONS = ("Calico", "Cilium", "Kuryr")
RESULTS = ("67% Calico 2 votes", "33% Cilium 1 vote", "0% Kuryr 0 votes")
OWN = ("67% Calico 2 votes", "33% Cilium Your vote 1 vote", "0% Kuryr 0 votes")
HIDDEN = "Results are hidden until John reveals them."


def says(page: Page, lines: Iterable[str]) -> None:
    """Wait until the accessibility tree has these lines in this order, word for word."""
    expect(page.locator("body")).to_match_aria_snapshot("\n".join(lines))


def listed(name: str, rows: Iterable[str]) -> list[str]:
    """A list with these rows and no others."""
    return [f'- list "{name}":', "  - /children: equal", *[f"  - listitem: {row}" for row in rows]]


def room_says(page: Page, note: str, lines: Iterable[str]) -> None:
    body = [f'- heading "{QUESTION}" [level=2]', f"- paragraph: {note}", *lines]
    region = f"  - region /^Poll \\d+ {re.escape(QUESTION)}$/:"
    says(page, ["- main:", region, *[f"    {line}" for line in body]])


def screen_says(page: Page, state: str, rows: Iterable[str], voted: int) -> None:
    turnout = ["- complementary:", f'  - paragraph: "{voted}"', "  - paragraph: voted, 1 here"]
    body = [f'- heading "{QUESTION}" [level=1]', *listed("Options", rows), *turnout]
    says(page, [f"- banner: /{state}$/", "- main:", *[f"  {line}" for line in body]])


def test_tree_says_question_options_own_vote_totals_and_state(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(QUESTION, *OPTIONS, visibility="after_publishing")
        attendee, screen = stage.attendee(), stage.screen().page
        room = attendee.page
        form = [f'- group "{QUESTION}":', *[f'  - radio "{option}"' for option in OPTIONS]]
        room_says(
            room,
            "Pick one; change it until voting closes.",
            [*form, f"- paragraph: 0 voted, 1 here. {HIDDEN}"],
        )
        screen_says(screen, "Voting open, results hidden", ("1 Calico", "2 Cilium", "3 Kuryr"), 0)
        attendee.choose("Cilium")
        for line in ('- radio "Cilium" [checked]', '- button "Vote for Cilium"'):
            says(room, [line])
        attendee.vote_button.click()
        demo.vote(poll, 0, 0)
        chosen = listed("Options", ("Calico", "Cilium Your vote", "Kuryr"))
        after = [f"- paragraph: 3 voted, 1 here. {HIDDEN}", '- link "Change my vote"']
        room_says(room, "Your vote is in.", [*chosen, *after])
        demo.set_state(poll, "closed")
        room_says(room, "Voting is closed.", chosen)
        screen_says(screen, "Voting closed, results hidden", ("1 Calico", "2 Cilium", "3 Kuryr"), 3)
        demo.set_state(poll, "published")
        room_says(room, "Voting is closed.", [*listed("Results", OWN), "- text: /^3 voted/"])
        screen_says(screen, "Final results", RESULTS, 3)
        control = [
            "- region /^Published/:",
            f'  - region "{QUESTION}":',
            *[f"    {one}" for one in listed("Results so far", RESULTS)],
        ]
        says(stage.moderator().page, control)

    play(scene)
