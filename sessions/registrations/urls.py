"""Addresses of registrations."""

from django.urls import path

from sessions.registrations import views

urlpatterns = [
    path("<slug:event>/registrations/", views.overview, name="registrations"),
    path("<slug:event>/registrations/import/", views.bring, name="registrations-import"),
    path("<slug:event>/registrations/import/<str:brought>/", views.finish, name="registrations-finish"),
    path("<slug:event>/registrations/figures/", views.set_figures, name="registrations-figure"),
    path("<slug:event>/registrations/links/", views.set_link, name="registrations-link"),
]
