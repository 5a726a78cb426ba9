"""Addresses of a session's pages."""

from django.urls import path

from opendev.room import (
    control,
    copy_pages,
    embeds,
    lines_control,
    pad_control,
    questions,
    queue,
    reactions,
    rehearsal_pages,
    run_sheet_control,
    suggestions,
    suggestions_control,
    team,
    views,
    written_control,
)
from opendev.room.bank import pages as bank_pages
from opendev.room.pictures import pages as picture_pages
from opendev.room.poll_files import pages as poll_file_pages
from opendev.room.sheet_files import pages as sheet_file_pages

SESSION = "<slug:event>/sessions/<slug:session>/"
QUESTION = f"{SESSION}questions/<str:question>/"
QUEUED = f"{SESSION}control/questions/<str:question>/"
SUGGESTION = f"{SESSION}suggestions/<str:suggestion>/"
SUGGESTED = f"{SESSION}control/suggestions/<str:suggestion>/"
POLL = f"{SESSION}control/polls/<str:poll>/"
PLAN = f"{SESSION}control/run-sheet/"
LINE = f"{SESSION}control/lines/<str:line>/"

urlpatterns = [
    path(SESSION, views.room, name="room"),
    path(f"{SESSION}join/", views.join, name="room-join"),
    path(f"{SESSION}polls/<str:poll>/vote/", views.vote, name="vote"),
    path(f"{SESSION}polls/<str:poll>/withdraw/", views.withdraw, name="withdraw"),
    path(f"{SESSION}polls/<str:poll>/picture.svg", picture_pages.picture, name="poll-picture"),
    path(f"{SESSION}screen/", views.screen, name="screen"),
    path(f"{SESSION}screen/<str:token>/", views.display, name="display"),
    path(f"{SESSION}embed/<str:token>/", embeds.embed, name="embed"),
    path(f"{SESSION}control/", control.control, name="control"),
    path(f"{SESSION}control/state/", control.session_state, name="control-session-state"),
    path(f"{SESSION}control/polls/", control.poll_add, name="control-poll-add"),
    path(f"{SESSION}control/poll-files/", poll_file_pages.poll_files, name="control-poll-files"),
    path(f"{SESSION}control/poll-files/<str:form>/", poll_file_pages.poll_file, name="control-poll-file"),
    path(f"{SESSION}control/copy/", copy_pages.copy, name="control-copy"),
    path(f"{SESSION}control/bank/", bank_pages.bank, name="control-bank"),
    path(f"{SESSION}rehearsal/", rehearsal_pages.rehearsal, name="rehearsal"),
    path(f"{SESSION}rehearsal/end/", rehearsal_pages.end, name="rehearsal-end"),
    path(f"{SESSION}control/timeline/", control.timeline, name="control-timeline"),
    path(f"{SESSION}control/team/", team.team, name="control-team"),
    path(f"{SESSION}control/team/typed/", team.press_enter, name="control-team-typed"),
    path(f"{SESSION}control/team/invite/", team.invite, name="control-team-invite"),
    path(f"{SESSION}control/team/remove/", team.remove, name="control-team-remove"),
    path(f"{SESSION}control/displays/", team.make_display, name="control-display-make"),
    path(f"{SESSION}control/displays/revoke/", team.revoke_display, name="control-display-revoke"),
    path(f"{SESSION}control/embed/", embeds.embed_code, name="control-embed"),
    path(f"{SESSION}control/screen/", team.screen_access, name="control-screen"),
    path(f"{SESSION}control/screen/shows/", control.screen_shows, name="control-screen-shows"),
    path(f"{SESSION}control/tokens/", team.make_token, name="control-token-make"),
    path(f"{SESSION}control/tokens/revoke/", team.revoke_token, name="control-token-revoke"),
    path(f"{SESSION}questions/", questions.ask, name="question-ask"),
    path(f"{QUESTION}edit/", questions.edit, name="question-edit"),
    path(f"{QUESTION}withdraw/", questions.withdraw, name="question-withdraw"),
    path(f"{QUESTION}upvote/", questions.upvote, name="question-upvote"),
    path(f"{SESSION}control/questions/", queue.queue, name="control-questions"),
    path(f"{SESSION}control/questions/rules/", queue.rules, name="control-question-rules"),
    path(f"{SESSION}control/questions/dismiss/", queue.dismiss, name="control-questions-dismiss"),
    path(f"{SESSION}control/questions/restore/", queue.restore, name="control-questions-restore"),
    path(QUEUED, queue.edit, name="control-question-edit"),
    path(f"{QUEUED}state/", queue.state, name="control-question-state"),
    path(f"{QUEUED}undo/", queue.undo, name="control-question-undo"),
    path(f"{QUEUED}pin/", queue.pin, name="control-question-pin"),
    path(f"{SESSION}suggestions/", suggestions.suggest, name="suggestion-make"),
    path(f"{SUGGESTION}edit/", suggestions.edit, name="suggestion-edit"),
    path(f"{SUGGESTION}withdraw/", suggestions.withdraw, name="suggestion-withdraw"),
    path(f"{SUGGESTION}support/", suggestions.support, name="suggestion-support"),
    path(f"{SESSION}control/suggestions/rules/", suggestions_control.rules, name="control-suggestion-rules"),
    path(f"{SUGGESTED}state/", suggestions_control.state, name="control-suggestion-state"),
    path(f"{SUGGESTED}undo/", suggestions_control.undo, name="control-suggestion-undo"),
    path(f"{SESSION}reactions/", reactions.tap, name="reaction-tap"),
    path(f"{SESSION}control/reactions/rules/", reactions.rules, name="control-reaction-rules"),
    path(f"{SESSION}control/lines/", lines_control.line_add, name="control-line-add"),
    path(LINE, lines_control.line_edit, name="control-line-edit"),
    path(f"{LINE}repair/", pad_control.repair, name="control-line-repair"),
    path(f"{SESSION}control/pad/", pad_control.pad, name="control-pad"),
    path(f"{SESSION}control/pad/link/", pad_control.link, name="control-pad-link"),
    path(f"{LINE}state/", lines_control.line_state, name="control-line-state"),
    path(f"{LINE}names/", lines_control.line_name, name="control-line-name"),
    path(PLAN, run_sheet_control.plan, name="control-run-sheet"),
    path(f"{SESSION}control/clock/", run_sheet_control.clock, name="control-session-clock"),
    path(f"{PLAN}next/", run_sheet_control.go_on, name="control-run-next"),
    path(f"{PLAN}undo/", run_sheet_control.step_back, name="control-run-undo"),
    path(f"{PLAN}files/", sheet_file_pages.sheet_files, name="control-sheet-files"),
    path(f"{PLAN}files/<str:form>/", sheet_file_pages.sheet_file, name="control-sheet-file"),
    path(f"{PLAN}items/", run_sheet_control.add, name="control-run-add"),
    path(f"{PLAN}paste/", run_sheet_control.paste, name="control-run-paste"),
    path(f"{PLAN}items/<str:item>/", run_sheet_control.item, name="control-run-item"),
    path(f"{PLAN}items/<str:item>/run/", run_sheet_control.go_to, name="control-run-go"),
    path(POLL, control.poll_edit, name="control-poll-edit"),
    path(f"{POLL}answers/", control.poll_answers, name="control-poll-answers"),
    path(f"{POLL}written/", written_control.written, name="control-poll-written"),
    path(f"{POLL}blocked-words/", written_control.block, name="control-blocked-words"),
    path(f"{POLL}state/", control.poll_state, name="control-poll-state"),
    path(f"{POLL}visibility/", control.poll_visibility, name="control-poll-visibility"),
    path(f"{POLL}clock/", control.poll_clock, name="control-poll-clock"),
    path(f"{POLL}right-answer/", control.poll_right_answer, name="control-poll-right-answer"),
    path(f"{POLL}rounds/", control.poll_round, name="control-poll-round"),
]
