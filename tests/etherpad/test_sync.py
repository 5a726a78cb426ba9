"""Names go into the pad and come out of it, by the worker, on a real Etherpad."""

from etherpad_links.models import EtherpadLink, PadLine, PadName
from etherpad_links.padserver.addresses import read_pad_address
from etherpad_links.padserver.http import export_text
from etherpad_links.selectors import reading_url
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.services.lines import remove_name
from tests.etherpad.conftest import BODY, HEADING, OTHER_HEADING, Room, wait_until
from tests.factories import NOW, make_attendee, make_line, put_name, withdraw
from tests.factories.sessions import organiser_of


def test_names_stand_under_their_heading_and_the_rest_is_untouched(room: Room, start_worker):
    line, other = make_line(room.session, HEADING), make_line(room.session, OTHER_HEADING)
    put_name(line, make_attendee(room.session, name="Ann", company="Stack HPC"))
    start_worker()
    put_name(line, make_attendee(room.session, name="Bob 😀"))
    put_name(other, make_attendee(room.session, name="Cid"))
    wait_until(lambda: PadName.objects.filter(state="written").count() == 3)
    assert room.under(HEADING) == ["Ann (Stack HPC)", "Bob 😀"]
    assert room.under(OTHER_HEADING) == ["Cid"]
    rest = room.text.replace("Ann (Stack HPC)\nBob 😀\n", "").replace("Cid\n", "")
    assert rest.rstrip("\n") == BODY.rstrip("\n")


def test_two_people_of_one_name_are_two_lines(room: Room, start_worker):
    line = make_line(room.session, HEADING)
    start_worker()
    for _ in range(2):
        put_name(line, make_attendee(room.session, name="Ann"))
    wait_until(lambda: PadName.objects.filter(state="written").count() == 2)
    assert room.under(HEADING) == ["Ann", "Ann"]


def test_name_that_is_not_for_everybody_stays_out_of_the_pad(room: Room, start_worker):
    line = make_line(room.session, HEADING)
    put_name(line, make_attendee(room.session, name="Quiet"), shown=False)
    start_worker()
    put_name(line, make_attendee(room.session, name="Loud"))
    wait_until(lambda: PadName.objects.filter(state="written").count() == 1)
    assert "Quiet" not in room.text


def test_withdrawn_and_removed_names_leave_the_pad_and_may_come_back(room: Room, start_worker):
    line = make_line(room.session, HEADING)
    ann, bob = (make_attendee(room.session, name=name) for name in ("Ann", "Bob"))
    first, second = put_name(line, ann), put_name(line, bob)
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann", "Bob"])
    withdraw(line, ann)
    remove_name(sign_up_id=second.pk, caller=organiser_of(room.session.event), now=NOW)
    wait_until(lambda: room.under(HEADING) == [])
    wait_until(lambda: PadName.objects.filter(state="taken_out").count() == 2)
    put_name(line, ann)
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    wait_until(lambda: PadName.objects.get(sign_up=first).state == "written")


def test_line_without_a_heading_gets_one_at_the_end(room: Room, start_worker):
    line = make_line(room.session, "Something new")
    put_name(line, make_attendee(room.session, name="Ann"))
    start_worker()
    wait_until(lambda: PadName.objects.filter(state="written").count() == 1)
    assert room.text.rstrip("\n").endswith("https://example.org/\n\nSomething new\nAnn")
    found = wait_until(lambda: PadLine.objects.filter(line=line, state="ok").first())
    assert found.number == room.number_of("Something new")


def test_names_typed_in_the_pad_become_claims(room: Room, start_worker, typist):
    line = make_line(room.session, HEADING)
    put_name(line, make_attendee(room.session, name="Ann"))
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    typist.below("Ann", "- J. Garbutt")
    claim = wait_until(lambda: SignUp.objects.filter(source="pad").first())
    assert (claim.name, claim.is_claim, claim.shown, claim.email) == ("J. Garbutt", True, False, "")
    typist.rewrite("- J. Garbutt", "John Garbutt")
    wait_until(lambda: SignUp.objects.filter(source="pad", name="John Garbutt").first())
    typist.remove("John Garbutt")
    wait_until(lambda: SignUp.objects.get(source="pad").withdrawn_at)
    assert SignUp.objects.count() == 2


def test_name_of_ours_that_people_remove_is_not_written_again(room: Room, start_worker, typist):
    line = make_line(room.session, HEADING)
    put_name(line, make_attendee(room.session, name="Ann"))
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    typist.remove("Ann")
    wait_until(lambda: PadName.objects.filter(state="removed_in_notes").first())
    put_name(line, make_attendee(room.session, name="Bob"))
    wait_until(lambda: room.under(HEADING) == ["Bob"])
    assert SignUp.objects.get(name="Ann").is_present


def test_name_of_ours_that_people_edit_stays_as_they_left_it(room: Room, start_worker, typist):
    line = make_line(room.session, HEADING)
    ann = make_attendee(room.session, name="Ann")
    put_name(line, ann)
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    typist.rewrite("Ann", "Ann, from three")
    wait_until(lambda: PadName.objects.filter(text="Ann, from three").first())
    put_name(line, make_attendee(room.session, name="Bob"))
    wait_until(lambda: room.under(HEADING) == ["Ann, from three", "Bob"])
    assert SignUp.objects.filter(source="pad").count() == 0


def test_one_blank_line_among_the_names_is_bridged(room: Room, start_worker, typist):
    line = make_line(room.session, HEADING)
    put_name(line, make_attendee(room.session, name="Ann"))
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann"])
    typist.below(HEADING, "")
    put_name(line, make_attendee(room.session, name="Bob"))
    wait_until(lambda: PadName.objects.filter(state="written").count() == 2)
    assert f"{HEADING}\n\nAnn\nBob\n" in room.text


def test_link_leads_to_the_read_only_pad_once_the_session_is_over(room: Room, start_worker):
    start_worker()
    link = wait_until(lambda: EtherpadLink.objects.exclude(read_only_id="").select_related("session").first())
    assert reading_url(link) == room.address.url
    link.session.state = "over"
    read_only = read_pad_address(reading_url(link))
    assert read_only.name.startswith("r.")
    assert export_text(read_only, room.etherpad.reach) == room.text
