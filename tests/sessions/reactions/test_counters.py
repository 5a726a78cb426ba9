"""Reactions and pace are counted once, fade, and add up over several processes whatever is lost between them."""

import pytest

from sessions.reactions.counters import FADES_S, REPORT_HOLDS_S, SessionCounters
from sessions.reactions.serializers import pace_json

ADA, BOB = 1, 2


def say(counters: SessionCounters, attendee: int, pace: str | None, now: float) -> None:
    counters.signal(attendee, pace, now=now, said_at=now)


class Processes:
    """Several processes that tell one another once a round, as over a bus that may lose messages."""

    def __init__(self, number: int) -> None:
        self.counters = [SessionCounters() for _ in range(number)]
        self.now = 0.0

    def round(self, *, seconds: float = 1.0, lost: tuple[int, ...] = ()) -> None:
        """One round of each; the reports of those in `lost` reach nobody."""
        self.now += seconds
        for counters in self.counters:
            counters.fade(self.now)
        for number, counters in enumerate(self.counters):
            report = counters.pop_report()
            if report is None or number in lost:
                continue
            for other in self.counters:
                if other is not counters:
                    other.hear(f"process-{number}", report, self.now)

    def signal(self, process: int, attendee: int, pace: str | None) -> None:
        self.now += 0.001  # nobody taps twice at the same moment
        self.counters[process].signal(attendee, pace, now=self.now, said_at=self.now)

    @property
    def pace(self) -> list[tuple[int, int]]:
        return [(pace["slower"], pace["lost"]) for pace in (each.pace() for each in self.counters)]


def test_reaction_is_told_once():
    counters = SessionCounters()
    for reaction in ("applause", "applause", "thumbs_up"):
        counters.react(reaction)
    assert counters.pop_untold() == {"applause": 2, "thumbs_up": 1}
    assert counters.pop_untold() == {}


def test_pace_counts_a_person_once_and_the_last_word_holds():
    counters = SessionCounters()
    say(counters, ADA, "slower", 0)
    say(counters, ADA, "slower", 1)
    say(counters, BOB, "slower", 1)
    assert counters.pace() == {"slower": 2, "lost": 0}
    say(counters, ADA, "lost", 2)
    assert counters.pace() == {"slower": 1, "lost": 1}
    say(counters, ADA, None, 3)
    assert counters.pace() == {"slower": 1, "lost": 0}


def test_pace_fades_after_two_minutes_and_saying_it_again_renews_it():
    counters = SessionCounters()
    say(counters, ADA, "lost", 0)
    say(counters, BOB, "lost", 0)
    say(counters, BOB, "lost", FADES_S - 1)
    counters.fade(FADES_S - 0.1)
    assert counters.pace()["lost"] == 2
    counters.fade(FADES_S)
    assert counters.pace()["lost"] == 1
    counters.fade(2 * FADES_S)
    counters.pop_report()
    counters.pop_report()
    assert counters.is_idle


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_process_knows_the_sum(number):
    processes = Processes(number)
    for process in range(number):
        processes.signal(process, 10 + process, "slower")
        processes.counters[process].react("applause")
    processes.round()
    assert processes.pace == [(number, 0)] * number
    assert [each.pop_untold()["applause"] for each in processes.counters] == [number] * number
    processes.round()
    assert processes.pace == [(number, 0)] * number  # said again, counted once
    assert [each.pop_untold() for each in processes.counters] == [{}] * number


def test_person_who_signals_at_two_processes_counts_once():
    processes = Processes(2)
    processes.signal(0, ADA, "slower")
    processes.round()
    processes.signal(1, ADA, "lost")
    processes.round()
    processes.round()
    assert processes.pace == [(0, 1), (0, 1)]
    processes.signal(0, ADA, None)
    processes.round()
    processes.round()
    assert processes.pace == [(0, 0), (0, 0)]


def test_person_who_signals_at_two_processes_in_one_round_counts_once():
    processes = Processes(2)
    processes.signal(0, ADA, "slower")
    processes.signal(1, ADA, "lost")
    processes.round()
    processes.round()
    assert processes.pace == [(0, 1), (0, 1)]
    processes.signal(0, ADA, None)
    processes.signal(1, ADA, "slower")
    processes.round()
    processes.round()
    assert processes.pace == [(1, 0), (1, 0)]


def test_lost_report_is_made_good_by_the_next():
    processes = Processes(2)
    processes.signal(0, ADA, "slower")
    processes.round(lost=(0,))
    assert processes.pace == [(1, 0), (0, 0)]
    processes.round()
    assert processes.pace == [(1, 0), (1, 0)]


def test_process_that_died_takes_its_signals_with_it():
    processes = Processes(2)
    processes.signal(0, ADA, "slower")
    processes.signal(1, BOB, "slower")
    processes.round()
    processes.counters.pop(0)
    processes.round(seconds=REPORT_HOLDS_S)
    assert processes.pace == [(1, 0)]


def test_end_of_the_session_is_told_and_leaves_nothing():
    processes = Processes(2)
    processes.signal(0, ADA, "lost")
    processes.round()
    processes.counters[0].clear()
    processes.round()
    processes.round(seconds=REPORT_HOLDS_S)
    assert processes.pace == [(0, 0), (0, 0)]
    processes.round()
    assert all(each.is_idle for each in processes.counters)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (2, None), (3, 3), (40, 40)])
def test_one_or_two_are_shown_as_a_few(count, shown):
    assert pace_json({"slower": count}) == {"slower": shown, "lost": 0}
