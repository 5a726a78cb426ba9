"""Addresses of exports."""

from django.urls import path

from opendev.exports import views

urlpatterns = [
    path("<slug:event>/export/", views.choose, name="export"),
    path("<slug:event>/export.<str:form>", views.event_file, name="export-event"),
    path("<slug:event>/sessions/<slug:session>/export.<str:form>", views.session_file, name="export-session"),
    path(
        "<slug:event>/sessions/<slug:session>/polls/<str:poll>/export.<str:form>",
        views.poll_file,
        name="export-poll",
    ),
]
