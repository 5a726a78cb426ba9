"""Addresses of sign-in and of the user's account, under django-allauth's names; omitted pages have no address.

allauth's own list would open sign-up, phone numbers and confirmation links as well.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.cache import never_cache

from opendev.home.accounts import views
from opendev.home.accounts.limited import limited

urlpatterns = [
    path("sign-in/", never_cache(views.SignIn.as_view()), name="sign-in"),
    path("sign-in/", never_cache(views.SignIn.as_view()), name="account_login"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-out/", LogoutView.as_view(), name="account_logout"),
    path("sign-in/code/", limited(views.request_code), name="account_request_login_code"),
    path("sign-in/code/confirm/", limited(account.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/second-factor/", limited(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", limited(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/again/", never_cache(views.sign_in_again), name="account_reauthenticate"),
    path("sign-in/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-in/account/", never_cache(views.AccountPage.as_view()), name="mfa_index"),
    path("sign-in/account/app/", limited(totp.activate_totp), name="mfa_activate_totp"),
    path("sign-in/account/app/remove/", limited(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "sign-in/account/codes/",
        never_cache(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "sign-in/account/codes/new/",
        limited(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "sign-in/account/codes/file/",
        never_cache(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("sign-in/account/keys/", never_cache(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("sign-in/account/keys/add/", limited(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "sign-in/account/keys/<int:pk>/remove/", limited(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("sign-in/account/keys/<int:pk>/edit/", limited(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("sign-in/account/end/", views.end_sign_ins, name="end-sign-ins"),
    path("sign-in/provider/<str:provider_id>/", limited(openid_connect.login), name="openid_connect_login"),
    path(
        "sign-in/provider/<str:provider_id>/callback/",
        openid_connect.callback,
        name="openid_connect_callback",
    ),
    path("sign-in/provider-cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/provider-error/", social.login_error, name="socialaccount_login_error"),
    path("sign-in/provider-unknown/", social.signup, name="socialaccount_signup"),
]
