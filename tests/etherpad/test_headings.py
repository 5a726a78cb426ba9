"""A heading belongs to one sign-up line, however alike titles are; a lost one comes back with everybody on the line."""

import time

import pytest

from etherpad_links.models import PadLine, PadName
from etherpad_links.sync.rounds import QUIET_S
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.selectors.lines import line_with_names
from tests.etherpad.conftest import HEADING, Room, wait_until
from tests.etherpad.test_poll_results import passage, publish
from tests.factories import NOW, make_attendee, make_line, make_poll, put_name


def sign_up(room: Room, line: SignUpLine, *names: str) -> None:
    for name in names:
        put_name(line, make_attendee(room.session, name=name))


def written(count: int) -> bool:
    return PadName.objects.filter(state="written").count() == count


def wait_until_read(room: Room) -> None:
    """Until the worker has read all blocks at a quiet moment, twice over."""
    wait_until(PadLine.objects.exists)
    time.sleep(QUIET_S + 1.5)


def listed(line: SignUpLine) -> list[str]:
    return sorted(name.name for name in line_with_names(line.pk).names)


@pytest.mark.parametrize(
    "titles",
    [
        ("Working group A", "Working group B"),
        ("Table 1: storage", "Table 2: storage", "Table 3: storage"),
        ("Day 1", "Day 2"),
        ("Meet up on Friday", "Meet up on Monday"),
    ],
)
def test_titles_that_are_alike_have_a_heading_each(room: Room, start_worker, titles):
    lines = [make_line(room.session, title) for title in titles]
    for n, line in enumerate(lines):
        sign_up(room, line, f"Ann {n}", f"Ben {n}")
    start_worker()
    wait_until(lambda: written(2 * len(lines)))
    wait_until_read(room)
    for n, (title, line) in enumerate(zip(titles, lines, strict=True)):
        assert room.under(title) == [f"Ann {n}", f"Ben {n}"]
        assert listed(line) == [f"Ann {n}", f"Ben {n}"]
    assert not SignUp.objects.filter(source="pad").exists()


def test_second_line_of_the_same_title_has_a_heading_of_its_own(room: Room, start_worker, typist):
    start_worker()
    first = make_line(room.session, HEADING)
    sign_up(room, first, "Ann", "Ben")
    wait_until(lambda: written(2))
    second = make_line(room.session, HEADING)
    sign_up(room, second, "Ann", "Cid")
    wait_until(lambda: written(4))
    typist.below("Cid", "Zoe")
    wait_until(lambda: SignUp.objects.filter(source="pad").exists())
    assert room.under(HEADING) == ["Ann", "Ben"]
    assert room.under(f"{HEADING} (2)") == ["Ann", "Cid", "Zoe"]
    assert (listed(first), listed(second)) == (["Ann", "Ben"], ["Ann", "Cid", "Zoe"])


def test_heading_that_is_cut_out_is_missing_and_takes_no_other(room: Room, start_worker, typist):
    a, b = make_line(room.session, "Working group A"), make_line(room.session, "Working group B")
    start_worker()
    sign_up(room, a, "Ann")
    sign_up(room, b, "Bob")
    wait_until(lambda: written(2))
    typist.remove("Working group A")
    typist.remove("Ann")
    wait_until(lambda: PadLine.objects.get(line=a).state == "missing")
    sign_up(room, a, "Ada")
    typist.below("Bob", "Working group C")  # somebody else's heading, as alike as the others
    wait_until_read(room)
    assert PadLine.objects.get(line=a).state == "missing"
    assert room.under("Working group B") == ["Bob", "Working group C"]
    assert listed(a) == ["Ada", "Ann"]


def test_lines_that_shared_a_heading_part_and_take_their_people_along(room: Room, start_worker):
    """What two lines whose titles are alike left behind before each had a heading of its own."""
    a, b = make_line(room.session, "Working group A"), make_line(room.session, "Working group B")
    worker = start_worker()
    sign_up(room, a, "Ann", "Bob")
    wait_until(lambda: written(2) and PadLine.objects.filter(state="ok").count() == 2)
    worker.stop()
    bob = SignUp.objects.get(name="Bob")
    SignUp.objects.filter(pk=bob.pk).update(line=b)
    shared = PadLine.objects.get(line=a)
    PadLine.objects.filter(line=b).update(
        heading=shared.heading, position=shared.position, number=shared.number
    )
    claim = SignUp.objects.create(line=a, name="Bob", source="pad", signed_up_at=NOW)
    PadName.objects.create(sign_up=claim, state="written", text="Bob", revision=1, written_at=NOW)
    start_worker()
    wait_until(lambda: SignUp.objects.get(pk=claim.pk).withdrawn_at)
    wait_until(lambda: room.lines.count("Bob") == 1)
    assert [text for text in room.lines if text.startswith("Working group")].count("Working group A") == 1
    assert room.under("Working group A") == ["Ann"]
    last = len(room.lines) - 1 - room.lines[::-1].index("Working group B")
    assert room.lines[last + 1] == "Bob"
    assert (listed(a), listed(b)) == (["Ann"], ["Bob"])


@pytest.mark.parametrize("way", ["anew", "pointed"])
def test_repaired_heading_holds_everybody_on_the_line(room: Room, start_worker, typist, lost, way):
    for name in ("Bob", "Cleo"):
        lost.sign_up(name)
    wait_until(lambda: written(3))
    typist.below("Cleo", "Zoe")
    wait_until(lambda: SignUp.objects.filter(source="pad").exists())
    typist.remove(HEADING)
    wait_until(lambda: PadLine.objects.get().state == "missing")
    heading = HEADING
    lost.sign_up("Dan")
    if way == "anew":
        lost.write_anew()
    else:
        heading = "Agreeing on workload separation"
        lost.point_to(room.number_of(heading))
    names = ["Ann", "Bob", "Cleo", "Dan", "Zoe"]
    wait_until(lambda: heading in room.lines and sorted(room.under(heading)) == names)
    wait_until(lambda: written(5) and not PadLine.objects.exclude(pointed_at=None, wants_heading=False))
    wait_until_read(room)
    assert sorted(room.under(heading)) == names == listed(lost.line)
    assert [room.lines.count(name) for name in ("Ann", "Bob", "Cleo", "Dan")] == [1, 1, 1, 1]


def test_heading_that_somebody_puts_back_holds_everybody_again(room: Room, start_worker, typist, lost):
    typist.remove(HEADING)
    wait_until(lambda: PadLine.objects.get().state == "missing")
    typist.below("Links", HEADING)
    typist.below(HEADING, "")
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    assert room.lines.count("Ann") == 1
    assert PadName.objects.get().state == "written"


@pytest.mark.parametrize("is_seen_missing", [True, False])
def test_server_that_lost_the_pad_gets_headings_names_and_results_again(
    room: Room, start_worker, is_seen_missing
):
    """The pad was deleted, and somebody opened it again, later or at once: nobody took anything away."""
    line = make_line(room.session, "Kata containers")
    poll = make_poll(room.session, options=("a", "b"), visibility="always")
    publish(room, poll, a=1)
    start_worker()
    sign_up(room, line, "Ann", "Bob")
    wait_until(lambda: written(2) and PadLine.objects.filter(state="ok").exists() and passage(room, poll))
    said = passage(room, poll)
    room.etherpad.api._call("deletePad", padID=room.name)
    if is_seen_missing:
        wait_until(lambda: type(room.link).objects.get().health == "missing")
    room.etherpad.pad(room.name, "Welcome\n")
    wait_until(
        lambda: "Kata containers" in room.lines and room.under("Kata containers") == ["Ann", "Bob"],
        seconds=40,
    )
    wait_until(lambda: passage(room, poll) == said)
    assert room.lines[0] == "Welcome"
    assert room.text.count("Kata containers") == 1
