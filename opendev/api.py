"""REST's addresses. The OpenAPI document is made from the endpoints themselves."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from etherpad_links import api as pads
from opendev.core.errors import NotFound
from opendev.exports import api as exports
from opendev.home.organise import api as organise
from opendev.home.organise.audit import AuditOfEvent
from opendev.home.privacy.erasing import ErasureOfEvent, OneEvent
from opendev.home.privacy.own_api import OwnData
from opendev.home.privacy.people_api import DataOfPerson, ErasuresOfEvent, PeopleOfEvent
from opendev.home.privacy.retention_api import RetentionOfEvent
from opendev.recap import api as recap
from opendev.recordings import api as recordings
from opendev.room.api import ClockOfSession, DisplayLinks, OneDisplayLink, Screen, StateOfSession
from opendev.room.bank.api import Bank, BankOfSession, OneBanked
from opendev.room.copy_api import CopiesOfSession
from opendev.room.joining_api import Attendees
from opendev.room.pictures.api import PictureOfPoll
from opendev.room.poll_files.api import PollFileOfSession, PollFilesOfSession
from opendev.room.rehearsal_api import Rehearsal
from opendev.room.run_sheet_api import (
    ItemsOfRunSheet,
    NextOfRunSheet,
    OneItem,
    Running,
    RunSheetOfSession,
    UndoOfRunSheet,
)
from opendev.room.sheet_files.api import SheetFileOfSession, SheetFilesOfSession
from polls import api as polls
from polls import named_api
from polls import written_api as written
from sessions.attendees import api as passes
from sessions.follow_ups import api as follow_ups
from sessions.programme.api import events, stage, stars
from sessions.programme.api import sessions as programme
from sessions.programme.endpoints import Endpoint
from sessions.questions.api import dismissals as question_dismissals
from sessions.questions.api import questions
from sessions.questions.api.passes import PassOfAsker
from sessions.reactions import api as reactions
from sessions.recap import api as next_steps
from sessions.registrations import api as registrations
from sessions.schedules import api as schedules
from sessions.suggestions import api as suggestions
from sessions.timeline import api as timeline
from sessions.webhooks import api as webhooks


class Docs(SpectacularSwaggerSplitView):
    """The document to read and try; its page keeps the content security policy."""

    renderer_classes = [TemplateHTMLRenderer]
    template_name = "api_docs.html"
    url_name = "api-schema"


@extend_schema(exclude=True)
class Nowhere(Endpoint):
    """Every other address under /api/: a coded 404, whatever the method."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse before any method is looked for."""
        raise NotFound


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("events/", events.Events.as_view()),
    path("events/<slug:slug>/", OneEvent.as_view()),
    path("events/<slug:slug>/audit/", AuditOfEvent.as_view()),
    path("events/<slug:slug>/committee/", events.CommitteeOfEvent.as_view()),
    path("events/<slug:slug>/days/", events.DaysOfEvent.as_view()),
    path("events/<slug:slug>/days/<str:number>/", events.OneDay.as_view()),
    path("events/<slug:slug>/days/<str:number>/order/", events.OrderOfDay.as_view()),
    path("events/<slug:slug>/editions/", organise.EditionsOfEvent.as_view()),
    path("events/<slug:slug>/erasure/", ErasureOfEvent.as_view()),
    path("events/<slug:slug>/next-steps/", next_steps.NextStepsOfEvent.as_view()),
    path("events/<slug:slug>/next-steps/<str:step>/", next_steps.OneNextStep.as_view()),
    path("events/<slug:slug>/my-data/", OwnData.as_view()),
    path("events/<slug:slug>/my/<str:token>/", stars.StarsOfEvent.as_view()),
    path("events/<slug:slug>/people/", PeopleOfEvent.as_view()),
    path("events/<slug:slug>/people/erasures/", ErasuresOfEvent.as_view()),
    path("events/<slug:slug>/people/<str:number>/", DataOfPerson.as_view()),
    path("events/<slug:slug>/retention/", RetentionOfEvent.as_view()),
    path("events/<slug:slug>/sessions/", programme.SessionsOfEvent.as_view()),
    path("events/<slug:slug>/schedules/", schedules.SchedulesOfEvent.as_view()),
    path("events/<slug:slug>/schedules/<str:file_format>/", schedules.ScheduleOfEvent.as_view()),
    path("events/<slug:slug>/now/", programme.NowOfEvent.as_view()),
    path("events/<slug:slug>/export/", exports.ExportOfEvent.as_view()),
    path("sessions/<str:session>/export/", exports.ExportOfSession.as_view()),
    path("polls/<str:poll>/export/", exports.ExportOfPoll.as_view()),
    path("polls/<str:poll>/picture.svg", PictureOfPoll.as_view()),
    path("events/<slug:slug>/figures/", registrations.FiguresOfEvent.as_view()),
    path("events/<slug:slug>/registrations/imports/", registrations.ImportsOfEvent.as_view()),
    path("events/<slug:slug>/registrations/link/", registrations.LinkOfRegistration.as_view()),
    path("events/<slug:slug>/webhooks/", webhooks.WebhooksOfEvent.as_view()),
    path("events/<slug:slug>/webhooks/<str:webhook>/", webhooks.OneWebhook.as_view()),
    path("events/<slug:slug>/webhooks/<str:webhook>/secret/", webhooks.SecretOfWebhook.as_view()),
    path("events/<slug:slug>/webhooks/<str:webhook>/deliveries/", webhooks.DeliveriesOfWebhook.as_view()),
    path(
        "events/<slug:slug>/webhooks/<str:webhook>/deliveries/<str:delivery>/again/",
        webhooks.OneDelivery.as_view(),
    ),
    path("events/<slug:slug>/recap/", recap.Recap.as_view()),
    path("events/<slug:slug>/recap/draft/", recap.DraftOfRecap.as_view()),
    path("events/<slug:slug>/recap/state/", recap.StateOfRecap.as_view()),
    path("events/<slug:slug>/recap/versions/", recap.VersionsOfRecap.as_view()),
    path("sessions/<str:session>/recording/", recordings.RecordingOfSession.as_view()),
    path("sessions/<str:session>/recording/chapters/", recordings.ChaptersOfSession.as_view()),
    path("sessions/<str:session>/recording/chapters/<str:chapter>/", recordings.OneChapter.as_view()),
    path("sessions/<str:session>/summary/", recap.SummaryOfSession.as_view()),
    path("sessions/<str:session>/", programme.OneSession.as_view()),
    path("sessions/<str:session>/cancellation/", programme.CancellationOfSession.as_view()),
    path("sessions/<str:session>/parts/", programme.PartsOfSession.as_view()),
    path("sessions/<str:session>/stage/", stage.StageOfSession.as_view()),
    path("sessions/<str:session>/stage/<str:role>/", stage.OneOnStage.as_view()),
    path("sessions/<str:session>/resources/", stage.ResourcesOfSession.as_view()),
    path("sessions/<str:session>/resources/<str:resource>/", stage.OneResource.as_view()),
    path("sessions/<str:session>/star/", stars.StarOfSession.as_view()),
    path("sessions/<str:session>/state/", StateOfSession.as_view()),
    path("sessions/<str:session>/rehearsal/", Rehearsal.as_view()),
    path("sessions/<str:session>/clock/", ClockOfSession.as_view()),
    path("sessions/<str:session>/screen/", Screen.as_view()),
    path("sessions/<str:session>/display-links/", DisplayLinks.as_view()),
    path("sessions/<str:session>/display-links/<str:link>/", OneDisplayLink.as_view()),
    path("sessions/<str:session>/attendees/", Attendees.as_view()),
    path("sessions/<str:session>/polls/", polls.PollsOfSession.as_view()),
    path("sessions/<str:session>/copies/", CopiesOfSession.as_view()),
    path("bank/", Bank.as_view()),
    path("bank/<str:banked>/", OneBanked.as_view()),
    path("sessions/<str:session>/bank/", BankOfSession.as_view()),
    path("sessions/<str:session>/poll-files/", PollFilesOfSession.as_view()),
    path("sessions/<str:session>/poll-files/<str:file_format>/", PollFileOfSession.as_view()),
    path("sessions/<str:session>/run-sheet/files/", SheetFilesOfSession.as_view()),
    path("sessions/<str:session>/run-sheet/files/<str:file_format>/", SheetFileOfSession.as_view()),
    path("sessions/<str:session>/timeline/", timeline.TimelineOfSession.as_view()),
    path("sessions/<str:session>/questions/", questions.QuestionsOfSession.as_view()),
    path("sessions/<str:session>/questions/rules/", questions.RulesOfQuestions.as_view()),
    path("sessions/<str:session>/questions/similar/", questions.SimilarQuestions.as_view()),
    path("sessions/<str:session>/questions/dismissals/", question_dismissals.DismissalsOfSession.as_view()),
    path("question-dismissals/<str:dismissal>/undo/", question_dismissals.UndoOfDismissal.as_view()),
    path("attendees/<str:number>/pass/", passes.PassOfAttendee.as_view()),
    path("questions/<str:question>/asker/pass/", PassOfAsker.as_view()),
    path("questions/<str:question>/", questions.OneQuestion.as_view()),
    path("questions/<str:question>/state/", questions.StateOfQuestion.as_view()),
    path("questions/<str:question>/undo/", questions.UndoOfQuestion.as_view()),
    path("questions/<str:question>/upvote/", questions.OwnUpvote.as_view()),
    path("polls/<str:poll>/", polls.OnePoll.as_view()),
    path("polls/<str:poll>/state/", polls.StateOfPoll.as_view()),
    path("polls/<str:poll>/rounds/", polls.RoundsOfPoll.as_view()),
    path("polls/<str:poll>/right-answer/", polls.RightAnswerOfPoll.as_view()),
    path("polls/<str:poll>/written/", written.WrittenOfPoll.as_view()),
    path("sessions/<str:session>/blocked-words/", written.BlockedWords.as_view()),
    path("polls/<str:poll>/ballots/", named_api.BallotsOfPoll.as_view()),
    path("polls/<str:poll>/ballot/", polls.OwnBallot.as_view()),
    path("sessions/<str:session>/sign-up-lines/", follow_ups.LinesOfSession.as_view()),
    path("sign-up-lines/<str:line>/", follow_ups.OneLine.as_view()),
    path("sign-up-lines/<str:line>/sign-ups/", follow_ups.SignUpsOfLine.as_view()),
    path("sign-up-lines/<str:line>/sign-ups/mine/", follow_ups.OwnSignUp.as_view()),
    path("sign-up-lines/<str:line>/sign-ups/<str:sign_up>/", follow_ups.OneSignUp.as_view()),
    path("sessions/<str:session>/suggestions/", suggestions.SuggestionsOfSession.as_view()),
    path("sessions/<str:session>/suggestions/rules/", suggestions.RulesOfSuggestions.as_view()),
    path("sessions/<str:session>/suggestions/similar/", suggestions.SimilarFollowUps.as_view()),
    path("suggestions/<str:suggestion>/", suggestions.OneSuggestion.as_view()),
    path("suggestions/<str:suggestion>/state/", suggestions.StateOfSuggestion.as_view()),
    path("suggestions/<str:suggestion>/undo/", suggestions.UndoOfSuggestion.as_view()),
    path("suggestions/<str:suggestion>/support/", suggestions.OwnSupport.as_view()),
    path("sessions/<str:session>/reactions/", reactions.ReactionsOfSession.as_view()),
    path("sessions/<str:session>/reactions/rules/", reactions.RulesOfReactions.as_view()),
    path("sessions/<str:session>/pace/", reactions.PaceOfSession.as_view()),
    path("sessions/<str:session>/etherpad-link/", pads.PadOfSession.as_view()),
    path("sign-up-lines/<str:line>/heading/", pads.HeadingOfLine.as_view()),
    path("events/<slug:slug>/pads/", pads.PadsOfEvent.as_view()),
    path("events/<slug:slug>/pad-rules/", pads.RulesOfPads.as_view()),
    path("sessions/<str:session>/run-sheet/", RunSheetOfSession.as_view()),
    path("sessions/<str:session>/run-sheet/items/", ItemsOfRunSheet.as_view()),
    path("sessions/<str:session>/run-sheet/items/<str:item>/", OneItem.as_view()),
    path("sessions/<str:session>/run-sheet/running/", Running.as_view()),
    path("sessions/<str:session>/run-sheet/next/", NextOfRunSheet.as_view()),
    path("sessions/<str:session>/run-sheet/undo/", UndoOfRunSheet.as_view()),
    re_path(r"", Nowhere.as_view()),
]
