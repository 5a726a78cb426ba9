"""What has to happen so that pad and sign-ups agree."""

from etherpad_links.easysync import Document, split_lines
from etherpad_links.sync.plan import Known, compare, settle

US, THEM = "a.us", "a.them"


def lines(*written: tuple[str, str]):
    """Lines with who wrote each."""
    text, marks = "", []
    for line, author in written:
        text += f"{line}\n"
        marks += [(("author", author),)] * (len(line) + 1)
    return split_lines(Document(text, tuple(marks)))


def app(number: int, name: str, state: str = "pending", text: str = "") -> Known:
    return Known(number, name, text or (name if state == "written" else ""), state)


def claim(number: int, name: str) -> Known:
    return Known(number, name, name, "written", is_claim=True)


def test_waiting_names_are_added_and_written_ones_left():
    plan = compare(lines(("Ann", US)), [app(1, "Ann", "written"), app(2, "Bob")], US)
    assert plan.add == [app(2, "Bob")]
    assert (plan.arrived, plan.remove, plan.lost, plan.strangers) == ([], [], [], [])


def test_name_of_ours_that_waits_and_stands_there_has_arrived():
    plan = compare(lines(("Ann", US)), [app(1, "Ann")], US)
    assert (plan.arrived, plan.add) == ([app(1, "Ann")], [])


def test_equal_name_that_somebody_typed_is_not_taken_for_ours():
    plan = compare(lines(("Ann", THEM)), [app(1, "Ann")], US)
    assert plan.add == [app(1, "Ann")]
    assert [line.text for line in plan.strangers] == ["Ann"]


def test_two_people_of_one_name_are_counted():
    plan = compare(lines(("Ann", US)), [app(1, "Ann", "written"), app(2, "Ann")], US)
    assert plan.add == [app(2, "Ann")]
    assert plan.arrived == []


def test_name_that_nobody_wants_is_removed_where_it_is_ours():
    gone = Known(1, "", "Ann", "written")
    plan = compare(lines(("Ann", US)), [gone], US)
    assert [(one, line.text) for one, line in plan.remove] == [(gone, "Ann")]
    assert compare(lines(("Bob", THEM)), [gone], US).vanished == [gone]


def test_name_that_was_changed_here_is_rewritten():
    plan = compare(lines(("Ann", US)), [app(1, "Ann Lee", "written", "Ann")], US)
    assert [(one.wanted, line.text) for one, line in plan.rewrite] == [("Ann Lee", "Ann")]


def test_name_that_people_removed_is_not_written_again():
    plan = compare([], [app(1, "Ann", "removed_in_notes"), app(2, "Bob", "needs_attention")], US)
    assert plan.add == []


def test_typed_names_edits_and_removals_are_told_apart():
    known = [claim(1, "J. Garbutt"), claim(2, "Mira Lindqvist"), app(3, "Ann", "written")]
    found = settle(
        compare(lines(("John Garbutt", THEM), ("Kenji Mori", THEM), ("Ann, from 3", US)), known, US), US
    )
    assert {(one.sign_up_id, line.text) for one, line in found.changed} == {
        (1, "John Garbutt"),
        (3, "Ann, from 3"),
    }
    assert [one.sign_up_id for one in found.gone] == [2]
    assert found.typed == ["Kenji Mori"]


def test_one_line_is_the_edit_of_one_name_only():
    known = [claim(1, "Ann Lee"), claim(2, "Ann Leo")]
    found = settle(compare(lines(("Ann Leigh", THEM)), known, US), US)
    assert len(found.changed) == len(found.gone) == 1
