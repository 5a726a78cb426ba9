"""Addresses of the pages around the sessions."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from opendev.home import follow_ups, views

urlpatterns = [
    path("", views.home, name="home"),
    path("join/", views.join, name="join"),
    path("j/<str:code>/", views.join_code, name="join-code"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("f/<str:code>/", follow_ups.sign_up_line, name="sign-up-line"),
    path("<slug:event>/", views.programme, name="programme"),
]
