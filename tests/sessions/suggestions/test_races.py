"""Several hands on the same suggestions at once, on PostgreSQL: one line, and every supporter counted once."""

import pytest

from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.suggestions.models import Suggestion
from sessions.suggestions.services.moving import set_suggestion_state, undo_suggestion
from sessions.suggestions.services.suggesting import suggest_follow_up
from sessions.suggestions.services.supports import Support, record_supports
from tests.factories import NOW, make_attendee, make_session, make_suggestion, put_name, supporters_of
from tests.factories.sessions import organiser_of
from tests.sessions.questions.test_races import at_once, join_many

pytestmark = pytest.mark.usefixtures("committing_postgres")


def test_supports_of_two_workers_are_exact():
    session = make_session()
    first, second = make_suggestion(session, "One"), make_suggestion(session, "Two")
    people = join_many(session, 200)

    def tap(suggestion, takes_back=False):
        for start in range(0, 200, 20):
            some = people[start : start + 20]
            record_supports([Support(suggestion.pk, attendee, takes_back) for attendee in some])

    at_once(lambda: tap(first), lambda: tap(first), lambda: tap(second), lambda: tap(second, takes_back=True))
    assert supporters_of(first) == 200
    assert 0 <= supporters_of(second) <= 200
    tap(second)
    assert supporters_of(second) == 200


def test_two_who_open_the_same_suggestion_at_once_open_one_line():
    session = make_session()
    caller = organiser_of(session.event)
    for number in range(10):
        suggestion = make_suggestion(session, f"Topic {number}")

        def press(state, suggestion=suggestion):
            given = {"suggestion_id": suggestion.pk, "caller": caller, "seen": "open", "now": NOW}
            return set_suggestion_state(state=state, **given).state

        said = at_once(lambda press=press: press("opened"), lambda press=press: press("dismissed"))
        assert sorted(said) in (["changed_meanwhile", "opened"], ["changed_meanwhile", "dismissed"])
        again = at_once(lambda press=press: press("opened"), lambda press=press: press("opened"))
        assert len(set(again)) == 1
    assert SignUpLine.objects.count() == Suggestion.objects.filter(state="opened").count()


def test_undo_and_a_sign_up_at_once_leave_no_name_without_a_line():
    session = make_session()
    caller, ada = organiser_of(session.event), make_attendee(session, name="Ada")
    for number in range(10):
        suggestion = make_suggestion(session, f"Topic {number}", state="opened")
        line = suggestion.line
        said = at_once(
            lambda pk=suggestion.pk: undo_suggestion(suggestion_id=pk, caller=caller, now=NOW).state,
            lambda line=line: put_name(line, ada, name="Ada").source,
        )
        has_name = SignUp.objects.present().filter(line=line).exists()
        assert said in (["illegal_move", "app"], ["open", "not_found"])
        assert has_name == SignUpLine.objects.filter(pk=line.pk).exists()


def test_one_attendee_from_many_windows_suggests_no_more_than_three():
    session = make_session()
    attendee = make_attendee(session)

    def suggest(number):
        return [
            suggest_follow_up(session_id=session.pk, attendee=attendee, title=f"{number}, {n}", now=NOW).state
            for n in range(2)
        ]

    at_once(*(lambda number=number: suggest(number) for number in range(4)))
    assert Suggestion.objects.count() == 3
