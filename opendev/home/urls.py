"""Addresses of the pages around the sessions."""

from django.urls import include, path

from opendev.home import calendars, follow_ups, groups, own_links, pads, personal_links, programme, views
from opendev.home.organise import events as organise
from opendev.home.organise import schedules
from opendev.home.privacy import own
from opendev.home.security_txt import security_txt

urlpatterns = [
    path("", views.home, name="home"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("join/", views.join, name="join"),
    path("join/<str:token>/", personal_links.join_registered, name="join-registered"),
    path("j/<str:code>/", views.join_code, name="join-code"),
    path("sign-in/phone/", own_links.phone, name="phone"),
    path("", include("opendev.home.accounts.urls")),
    path("sign-in/first.<str:token>/", views.first_organiser, name="first-organiser"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign-in-link"),
    path("f/<str:code>/", follow_ups.sign_up_line, name="sign-up-line"),
    path("<slug:event>/questions/", views.questions, name="questions"),
    path("<slug:event>/my-data/", own.page, name="own-data"),
    path("<slug:event>/my-data/my-data.json", own.download, name="own-data-file"),
    path("<slug:event>/my-data/forget/", own.forget, name="own-data-forget"),
    path("f/<str:code>/sign-up/", follow_ups.sign_up, name="sign-up-line-sign-up"),
    path("f/<str:code>/withdraw/", follow_ups.withdraw, name="sign-up-line-withdraw"),
    path("<slug:event>/follow-ups/", groups.follow_ups_of_event, name="follow-ups"),
    path("<slug:event>/follow-ups/export.csv", groups.export, name="follow-ups-export"),
    path("<slug:event>/follow-ups/groups/", groups.make, name="follow-up-group-make"),
    path("<slug:event>/follow-ups/groups/<str:group>/", groups.edit, name="follow-up-group-edit"),
    path(
        "<slug:event>/follow-ups/groups/<str:group>/dissolve/",
        groups.dissolve,
        name="follow-up-group-dissolve",
    ),
    path("<slug:event>/pads/", pads.pads, name="event-pads"),
    path("<slug:event>/pads/rules/", pads.rules, name="event-pads-rules"),
    path("<slug:event>/pads/make/", pads.make_missing, name="event-pads-make"),
    path("<slug:event>/calendar/", calendars.page, name="calendar"),
    path("<slug:event>.ics", calendars.of_event, name="event-calendar"),
    path("<slug:event>/days/<int:number>.ics", calendars.of_day, name="day-calendar"),
    path("<slug:event>/sessions/<slug:session>.ics", calendars.of_session, name="session-calendar"),
    path("<slug:event>/sessions/<slug:session>/star/", calendars.star, name="star"),
    path("<slug:event>/my/<str:token>.ics", calendars.of_stars, name="star-calendar"),
    path("organise/", organise.create, name="organise-new"),
    path("<slug:event>/organise/", include("opendev.home.organise.urls")),
    path("<slug:event>/schedule.<str:file_format>", schedules.export, name="schedule-export"),
    path("<slug:event>/", programme.programme, name="programme"),
    path("<slug:event>/sessions/<slug:session>/about/", programme.about_session, name="session-about"),
]
