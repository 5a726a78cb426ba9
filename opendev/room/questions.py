"""Attendees' questions by plain form: asking, changing, withdrawing, upvotes."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.floods import check_questions
from opendev.core.limits import check_limit, limited_networks
from opendev.core.text import id_in_address
from opendev.room import views
from opendev.room.posting import posted_from
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import NotJoined
from sessions.questions.box import read_upvote, upvote_box
from sessions.questions.selectors import question_by_id, similar_questions
from sessions.questions.services.asking import ask_question, edit_question, withdraw_question

PART = "questions"


def _question_here(session: Session, question: str) -> int:
    """Return the id of a question of this session; 404 if it belongs to another session."""
    return question_by_id(id_in_address(question), session_id=session.pk).pk


@posted_from("room")
def ask(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Ask. Without JavaScript, similar questions are shown once before a new one is accepted."""
    text, name = request.POST.get("text", ""), request.POST.get("name", "")

    def work(found: Session, attendee: AttendeePass | None) -> None:
        if attendee is None:
            raise NotJoined
        check_questions(networks=limited_networks(request), attendee=attendee, session_id=found.pk)
        ask_question(session_id=found.pk, attendee=attendee, text=text, name=name, now=timezone.now())

    if request.POST.get("check") and text.strip():
        found = selectors.session_by_slug(event, session)
        if near := similar_questions(found.pk, text):
            kept = {"text": text, "name": name}
            return views.show(request, event, session, part=PART, asking=kept, similar=near)
    return views.act(request, event, session, work, part=PART, asking={"text": text, "name": name})


@posted_from("room")
def edit(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Change the attendee's own question."""
    return views.act(
        request,
        event,
        session,
        lambda found, attendee: edit_question(
            question_id=_question_here(found, question), attendee=attendee, text=request.POST.get("text", "")
        ),
        part=PART,
    )


@posted_from("room")
def withdraw(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Withdraw the attendee's own question."""
    return views.act(
        request,
        event,
        session,
        lambda found, attendee: withdraw_question(
            question_id=_question_here(found, question), attendee=attendee
        ),
        part=PART,
    )


@posted_from("room")
def upvote(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Vote for a question, or (`take_back`) withdraw the vote."""

    def work(found: Session, attendee: AttendeePass | None) -> None:
        if attendee is None:
            raise NotJoined
        check_limit("vote", str(attendee.attendee_id))
        pk = _question_here(found, question)
        takes_back = "take_back" in request.POST
        upvote_box.put_and_wait(read_upvote(question=str(pk), attendee=attendee, takes_back=takes_back))

    return views.act(request, event, session, work, part=PART)
