"""All at once, as it comes at an event: ten pads, titles that are alike, a result between them, a worker that dies."""

from etherpad_links.easysync import Changeset, Line, splice
from etherpad_links.models import EtherpadLink, PadName
from etherpad_links.padserver.pad_socket import PadSocket
from sessions.follow_ups.models import SignUp
from tests.etherpad.conftest import HEADING, Room, StrictEtherpad, Typist, wait_until
from tests.etherpad.test_faults import all_written, processes_on, sign_up
from tests.etherpad.test_headings import wait_until_read
from tests.etherpad.test_poll_results import passage, publish
from tests.factories import make_line, make_poll

PADS = 10  # as many as a server lets us check in 90 s
# What ep_headings2 puts before a heading: a mark that begins no list.
HEADING_MARK = (("heading", "h1"), ("insertorder", "first"), ("lmkr", "1"))


def make_heading(room: Room, text: str) -> str:
    """Make a line a heading as ep_headings2 does; how it reads in the raw text."""

    def mark(pad: PadSocket, line: Line) -> Changeset:
        own_mark = (("author", pad.author), *HEADING_MARK)  # Etherpad 3 refuses what has no author
        return splice(pad.document, line.start, 0, [("*", own_mark)])

    Typist(room).edit(mark, text)
    return f"*{text}"


def test_ten_pads_with_lines_that_look_alike_a_result_between_them_and_a_worker_that_is_killed(
    committing_postgres: str, strict_etherpad: StrictEtherpad, make_room, tmp_path
):
    rooms = [make_room(strict_etherpad, suffix=f"-{n}") for n in range(PADS)]
    room, others = rooms[0], rooms[1:]
    marked = make_heading(room, HEADING)
    chapter, group_a = make_line(room.session, HEADING), make_line(room.session, "Working group A")
    lines = [make_line(other.session, HEADING) for other in others]
    written = PadName.objects.filter(state="written")
    poll = make_poll(room.session, options=("Metal", "Machines"), visibility="always")
    with processes_on(committing_postgres, tmp_path) as workers:
        workers.start()
        sign_up(room, chapter, "Mia", "Noa")
        sign_up(room, group_a, "Ann", "Bob")
        for n, (other, line) in enumerate(zip(others, lines, strict=True)):
            sign_up(other, line, f"Early {n}")
        wait_until(lambda: all_written(4 + len(others)), seconds=40)
        publish(room, poll, Metal=1)
        wait_until(lambda: len(passage(room, poll)) == 4)
        group_b = make_line(room.session, "Working group B")
        sign_up(room, group_b, "Cid", "Dan")
        sign_up(room, group_a, "Eve")
        for n, (other, line) in enumerate(zip(others, lines, strict=True)):
            sign_up(other, line, f"Late {n}")
        wait_until(lambda: written.count() > 4 + len(others))  # in the middle of it
        workers.kill()
        sign_up(room, chapter, "Pia")
        workers.start()
        wait_until(lambda: all_written(8 + 2 * len(others)), seconds=60)
        wait_until_read(room)
    assert room.under(marked) == ["Mia", "Noa", "Pia"]
    assert room.under("Working group A") == ["Ann", "Bob", "Eve"]
    assert room.under("Working group B") == ["Cid", "Dan"]
    assert passage(room, poll)[1:3] == ["* Metal: 1 vote, 100%", "* Machines: 0 votes, 0%"]
    numbers = [room.number_of(text) for text in ("Eve", passage(room, poll)[0], "Working group B")]
    assert numbers == sorted(numbers)
    for n, other in enumerate(others):
        assert other.under(HEADING) == [f"Early {n}", f"Late {n}"]
    assert not SignUp.objects.filter(source="pad").exists()
    assert {*EtherpadLink.objects.values_list("health", flat=True)} == {"ok"}
