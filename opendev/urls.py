"""Every address of the product. An event's addresses start with its slug, so our own words are matched before it."""

from django.contrib import admin
from django.urls import include, path, re_path

from opendev import api

handler400 = "opendev.home.views.bad_request"
handler500 = "opendev.home.views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("opendev.api")),
    re_path(r"^api/", api.Nowhere.as_view()),
    path("", include("opendev.room.urls")),
    path("", include("opendev.exports.urls")),
    path("", include("opendev.recap.urls")),
    path("", include("sessions.registrations.urls")),
    path("", include("opendev.recordings.urls")),
    path("", include("opendev.home.urls")),
]
