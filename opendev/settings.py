"""Settings. The environment is read once, here at the top; everything else follows from these values.

The variables are described in docs/operations.md. Every one has a default that works on one machine; values that
would be unsafe or would lose messages are refused at startup, with a message that says what to do.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from opendev.core.addresses import public_origin
from opendev.core.audit import LEAST_AUDIT_DAYS
from opendev.core.logs import logging_settings
from opendev.databases import SQLITE, database_settings
from opendev.machine import lan_address, make_private_folder, read_or_make_secret_key
from opendev.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from opendev.policy import content_security_policy
from opendev.sign_in import check_sign_in, openid_connect

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent

VAR_DIR = Path(env.str("VAR_DIR", str(ROOT / "var")))
PORT = env.int("PORT", 8000)
BIND = env.str("BIND", "127.0.0.1")
BINDS_LOOPBACK = BIND in {"127.0.0.1", "localhost", "::1"}
OWN_ADDRESS = "127.0.0.1" if BINDS_LOOPBACK else lan_address() if BIND in {"0.0.0.0", "::"} else BIND  # noqa: S104
OWN_HOST = f"[{OWN_ADDRESS}]" if ":" in OWN_ADDRESS else OWN_ADDRESS
try:
    PUBLIC_URL = public_origin(env.str("PUBLIC_URL", "") or f"http://{OWN_HOST}:{PORT}")
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
DEBUG = env.bool("DEBUG", False)
WORKERS = env.int("WORKERS", 1)
REDIS_URL = env.str("REDIS_URL", "")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
UNDO_SECONDS = env.int("UNDO_SECONDS", 5)
MAX_SOCKETS = env.int("MAX_SOCKETS", 20_000)  # per process
MAX_SOCKETS_OF_NETWORK = env.int("MAX_SOCKETS_OF_NETWORK", 1_500)
MAX_CONNECTIONS = env.int("MAX_CONNECTIONS", 15_000)  # per process, without sockets
MAX_CONNECTIONS_OF_NETWORK = env.int("MAX_CONNECTIONS_OF_NETWORK", 2_000)
LIMITS = env.dict("LIMITS", default={})
TRUSTED_ADDRESSES = env.list("TRUSTED_ADDRESSES", default=["127.0.0.0/8", "::1"])
AUDIT_DAYS = env.int("AUDIT_DAYS", 400)
AUDIT_TO = env.str("AUDIT_TO", "")
LOG_FORMAT = env.str("LOG_FORMAT", "line")
ETHERPAD_URL = env.str("ETHERPAD_URL", "").rstrip("/")
ETHERPAD_API_KEY = env.str("ETHERPAD_API_KEY", "")
ETHERPAD_CLIENT_ID = env.str("ETHERPAD_CLIENT_ID", "")
ETHERPAD_CLIENT_SECRET = env.str("ETHERPAD_CLIENT_SECRET", "")
ETHERPAD_PAD_NAME = env.str("ETHERPAD_PAD_NAME", "{event}-{session}")
ETHERPAD_TEMPLATE = env.str("ETHERPAD_TEMPLATE", "")
ETHERPAD_EMBED = env.bool("ETHERPAD_EMBED", False) and bool(ETHERPAD_URL)
ETHERPAD_ORIGIN = "/".join(ETHERPAD_URL.split("/")[:3])
ETHERPAD_HOSTS = env.list("ETHERPAD_HOSTS", default=[])
ETHERPAD_ALLOW_PRIVATE = env.bool("ETHERPAD_ALLOW_PRIVATE", False)
PEERTUBE_HOSTS = {host.lower() for host in env.list("PEERTUBE_HOSTS", default=[])}
WEBHOOK_HOSTS = {host.lower() for host in env.list("WEBHOOK_HOSTS", default=[])}
DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASE = env.db_url_config(DATABASE_URL)
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
REQUIRE_MFA = env.bool("REQUIRE_MFA", False)
SIGN_IN_IDLE_MINUTES = env.int("SIGN_IN_IDLE_MINUTES", 24 * 60)
EMAIL_URL = env.str("EMAIL_URL", "")
EMAIL_FROM = env.str("EMAIL_FROM", "")
OIDC_ISSUER = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", "single sign-on")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
OIDC_AUTH_METHOD = env.str("OIDC_AUTH_METHOD", "client_secret_basic")
OIDC_DOMAINS = {domain.lower() for domain in env.list("OIDC_DOMAINS", default=[])}
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])

make_private_folder(VAR_DIR, files=("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"))
SECRET_KEY_FILE = None if env.str("SECRET_KEY", "") else VAR_DIR / "secret_key"
SECRET_KEY = read_or_make_secret_key(SECRET_KEY_FILE) if SECRET_KEY_FILE else env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

public = urlsplit(PUBLIC_URL)
IS_HTTPS = public.scheme == "https"
IS_SQLITE = DATABASE["ENGINE"] == SQLITE
if WORKERS > 1 and (IS_SQLITE or not REDIS_URL):
    raise ImproperlyConfigured(
        f"WORKERS={WORKERS} needs REDIS_URL and a PostgreSQL DATABASE_URL: "
        "SQLite has one writer, and without Redis the workers do not hear each other."
    )

if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
if not 5 <= UNDO_SECONDS <= 60:
    raise ImproperlyConfigured(
        f"UNDO_SECONDS must be 5 to 60, not {UNDO_SECONDS}: only then is a closed poll final."
    )
if SECURITY_CONTACT and urlsplit(SECURITY_CONTACT).scheme not in {"mailto", "https", "tel"}:
    raise ImproperlyConfigured("SECURITY_CONTACT must begin with mailto:, https: or tel:.")
if AUDIT_DAYS < LEAST_AUDIT_DAYS:
    raise ImproperlyConfigured(f"AUDIT_DAYS must be {LEAST_AUDIT_DAYS} or more, not {AUDIT_DAYS}.")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be line or json, not {LOG_FORMAT!r}.")

check_sign_in(
    email_url=EMAIL_URL,
    email_from=EMAIL_FROM,
    issuer=OIDC_ISSUER,
    client_id=OIDC_CLIENT_ID,
    domains=OIDC_DOMAINS,
)

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [public.hostname, OWN_ADDRESS, *LOOPBACK]
CSRF_FAILURE_VIEW = "opendev.home.origins.refuse_form"
CSRF_TRUSTED_ORIGINS = [f"{public.scheme}://{public.netloc}"]

INSTALLED_APPS = [
    "opendev.home.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # django-allauth's templates ask for it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "opendev.core",
    "sessions.apps.SessionsConfig",
    "polls",
    "etherpad_links",
    "opendev.room",
    "opendev.home",
]
MIDDLEWARE = [
    "opendev.home.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *(
        ["whitenoise.middleware.WhiteNoiseMiddleware"] if DEBUG else []
    ),  # else they are in memory (opendev.door)
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "opendev.home.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "opendev.home.origins.OriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opendev.home.accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "opendev.home.middleware.BodyLimitMiddleware",
    "opendev.home.middleware.DomainErrorMiddleware",
    "opendev.home.gate.GateMiddleware",
]
ROOT_URLCONF = "opendev.urls"
ASGI_APPLICATION = "opendev.asgi.application"
# Ours comes first, then those of the installed apps (Django's admin, the REST framework).
TEMPLATE_LOADERS = ["opendev.core.templates.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "opendev" / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "opendev.home.templatetags.content",
                "opendev.home.templatetags.dates",
            ],
            "loaders": [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opendev.home.context.public_url",
                "opendev.home.context.forms_without_token",
                "opendev.home.context.event_visibility",
            ],
        },
    },
]

DATABASES = {"default": database_settings(DATABASE, VAR_DIR)}

# redis-py 8 would end an idle receive() after 5 s and refuse more than 100 connections, so both are set.
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}
}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 10_000}]},
    }

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    "opendev.home.passwords.LimitedPasswords",
    # The first one decides about passwords, so neither of these is asked.
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",  # for people who signed in by link with an earlier version
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# django-allauth (docs/adr/0057). Accounts are created by invitation; we have our own limits, so its are off.
ACCOUNT_ADAPTER = "opendev.home.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the sign-in code proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "opendev.home.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # most users have no address yet, and signing up cannot take one over
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS and public.hostname == "localhost"
SOCIALACCOUNT_ADAPTER = "opendev.home.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = openid_connect(
    OIDC_ISSUER, OIDC_NAME, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, auth_method=OIDC_AUTH_METHOD
)
if EMAIL_URL:
    mail = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = mail["EMAIL_BACKEND"], mail["EMAIL_HOST"], mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"] or "", mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 5  # seconds; a silent mail server would block the mailer for ever
DEFAULT_FROM_EMAIL = EMAIL_FROM
# Used codes of authenticator apps are remembered here; the workers of a host share a folder.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if WORKERS > 1:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
    }

SESSION_ENGINE = "opendev.core.cookie_store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"  # no subdomain can plant these
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
    # Both affect names that are not ours, for a year: only the domain's owner can decide that.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CONTENT_SECURITY_POLICY = content_security_policy(
    public.netloc, IS_HTTPS, frames=[ETHERPAD_ORIGIN] if ETHERPAD_EMBED else []
)

LANGUAGE_CODE = "en-gb"
# The languages that people can choose, by their own names. `make check` makes sure that their catalogues are complete
# (docs/languages/README.md).
LANGUAGES = [
    ("en-gb", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("pl", "Polski"),
    ("pt-br", "Português (Brasil)"),
    ("ar", "العربية"),
    ("hi", "हिन्दी"),
    ("zh-hans", "简体中文"),
    ("ja", "日本語"),
    ("ko", "한국어"),
]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [ROOT / "opendev" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [ROOT / "opendev" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "opendev.home.static.HashedStaticFiles"},
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["sessions.access.authentication.Credentials"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["opendev.core.rest.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["opendev.core.rest.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "opendev.core.rest.answer_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
BODY_LIMIT = 256 * 1024  # bytes; addresses that take uploads have more (opendev/core/uploads.py)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # Django reads bodies that BodyLimitMiddleware has let through
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    20_000  # the recap of a thousand sessions has a box for each of its paragraphs
)

try:
    LOGGING = logging_settings(LOG_FORMAT, env.str("LOG_LEVEL", "WARNING"), audit_to=AUDIT_TO)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
