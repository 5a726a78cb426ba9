"""Addresses of a recap's pages."""

from django.urls import path

from opendev.recap import views

urlpatterns = [
    path("<slug:event>/sessions/<slug:session>/summary/", views.summary, name="session-summary"),
    path("<slug:event>/recap/", views.recap, name="recap"),
    path("<slug:event>/recap.<str:form>", views.file, name="recap-file"),
    path("<slug:event>/recap/edit/", views.edit, name="recap-edit"),
    path("<slug:event>/recap/preview/", views.preview, name="recap-preview"),
    path("<slug:event>/recap/save/", views.save, name="recap-save"),
    path("<slug:event>/recap/draft/", views.draft, name="recap-draft"),
    path("<slug:event>/recap/paragraph/", views.edit_paragraph, name="recap-paragraph"),
    path("<slug:event>/recap/steps/", views.add_step, name="recap-step-add"),
    path("<slug:event>/recap/steps/remove/", views.remove_step, name="recap-step-remove"),
    path("<slug:event>/recap/publish/", views.publish, name="recap-publish"),
    path("<slug:event>/recap/withdraw/", views.withdraw, name="recap-withdraw"),
    path("<slug:event>/recap/versions/<int:number>/", views.version, name="recap-version"),
    path("<slug:event>/recap/versions/<int:number>/publish/", views.republish, name="recap-republish"),
]
