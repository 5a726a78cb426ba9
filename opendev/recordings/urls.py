"""Addresses of a session's recording."""

from django.urls import path

from opendev.recordings import views

BASE = "<slug:event>/sessions/<slug:session>/recording/"
urlpatterns = [
    path(BASE, views.recording, name="recording"),
    path(f"{BASE}set/", views.set_recording, name="recording-set"),
    path(f"{BASE}chapters/", views.add_chapter, name="chapter-add"),
    path(f"{BASE}chapters/<str:key>/", views.edit_chapter, name="chapter-edit"),
]
