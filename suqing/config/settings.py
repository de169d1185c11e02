"""One settings file; every value may come from the environment, secrets also from files (``NAME_FILE``).

docs/operations.md lists the variables.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from suqing.config.environment import database, env_bool, env_choice, env_int, env_list, env_secret
from suqing.config.places import PACKAGE, ROOT, var_folder

# Several processes share the cores, and each multiplies small matrices only: threads for that get in one another's way.
# Read when numpy is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = ROOT
VAR_DIR = var_folder()
SECRETS_DIR = VAR_DIR / "secrets"

DEBUG = env_bool("SUQING_DEBUG", False)
SECRET_KEY = env_secret("SUQING_SECRET_KEY", SECRETS_DIR)
SUQING_MASTER_KEY = bytes.fromhex(env_secret("SUQING_MASTER_KEY", SECRETS_DIR))
ALLOWED_HOSTS = env_list("SUQING_HOSTS", "localhost,127.0.0.1,[::1]")
# Threads that answer pages, each with a connection of the pool.
WEB_THREADS = env_int("SUQING_THREADS", 8)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
    "suqing.ledger",
    "suqing.accounts",
    "suqing.inbox",
    "suqing.files",
    "suqing.taxonomy",
    "suqing.lawclock",
    "suqing.telephony",
    "suqing.cases",
    "suqing.analytics",
    "suqing.surveillance",
    "suqing.bulletins",
    "suqing.rehearsal",
    "suqing.web",
    "suqing.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "suqing.config.idle_sessions.IdleSessions",
    "suqing.web.middleware.ChosenLanguageMiddleware",
    "suqing.web.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "suqing.web.middleware.PermissionMiddleware",
    "suqing.web.middleware.OneStandingMiddleware",
]
ROOT_URLCONF = "suqing.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "suqing.web.context.frame",
                "suqing.web.desks.help.frame",
            ]
        },
    }
]
WSGI_APPLICATION = "suqing.config.wsgi.application"

# -- database and jobs -----------------------------------------------------------------------------
DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", "postgresql:///suqing"),
        pool_size=WEB_THREADS + 2 if env_bool("SUQING_POOL", True) else 0,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# -- people ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name", "staff_no"]},
    },
    {"NAME": "suqing.accounts.password_rules.LocalRules"},  # length and more, by local policy
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
# The name that passkeys are bound to; by default the host of the page, one of SUQING_HOSTS.
SUQING_PASSKEY_HOST = os.environ.get("SUQING_PASSKEY_HOST", "")
# Single sign-on by OpenID Connect; {} where no provider is named.
SUQING_SINGLE = (
    {
        "issuer": os.environ["SUQING_OIDC_ISSUER"],
        "client_id": os.environ["SUQING_OIDC_CLIENT_ID"],
        "client_secret": env_secret("SUQING_OIDC_CLIENT_SECRET", SECRETS_DIR, make=False),
        "name": os.environ.get("SUQING_OIDC_NAME") or "OpenID Connect",
        "claim": os.environ.get("SUQING_OIDC_CLAIM") or "preferred_username",
        "scopes": os.environ.get("SUQING_OIDC_SCOPES") or "openid profile",
        "unknown": env_choice("SUQING_OIDC_UNKNOWN", "refuse", ("refuse", "create")),
    }
    if os.environ.get("SUQING_OIDC_ISSUER")
    else {}
)
# Five failures of one name from one address; others are not locked out with it.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "suqing.accounts.queries.attempted_username"  # spellings of one name count together
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "suqing.config.client_address.client_address"

# Of who has not signed in; how long sessions of people last is local policy (config.idle_sessions).
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in the form or in htmx's headers, not in script
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "suqing.web.desks.refusal.csrf_failed"

# -- transport and browser -------------------------------------------------------------------------
# True where people reach the centre by https, be it here or at a proxy that sets X-Forwarded-Proto.
HTTPS = env_bool("SUQING_HTTPS", False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SUQING_BEHIND_PROXY = env_bool("SUQING_BEHIND_PROXY", False)
if SUQING_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env_list("SUQING_ORIGINS", "")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Subdomains and browsers' preload lists are for the owner of the domain to decide, not for one server in it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not HTTPS:
    # On the loopback there is no TLS; suqing.W001 speaks up as soon as another host name is served so.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

# -- language and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Packages without models are no Django apps; what they say is found here.
LOCALE_PATHS = [PACKAGE / "charts" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# -- static files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# `suqing run` and a release collect the files; before that, and in tests, they come from their sources.
STATIC_COLLECTED = env_bool(
    "SUQING_STATIC_COLLECTED", (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
)
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- what people send: outside the web root, never served by its address --------------------------
SUQING_FILES = Path(os.environ.get("SUQING_FILES") or VAR_DIR / "files").absolute()
# The columnar mirror that figures of history are counted from, and what bulletins pinned of it.
SUQING_MIRROR = Path(os.environ.get("SUQING_MIRROR") or VAR_DIR / "mirror").absolute()
# A server that speaks the OpenAI protocol, for second opinions on classes; None: off (docs/second-opinions.md).
SUQING_OPINION = (
    {
        "url": os.environ["SUQING_OPINION_URL"],
        "model": os.environ.get("SUQING_OPINION_MODEL", ""),
        "key": env_secret("SUQING_OPINION_KEY", SECRETS_DIR, make=False),
        "timeout": env_int("SUQING_OPINION_TIMEOUT", 20),
    }
    if os.environ.get("SUQING_OPINION_URL")
    else None
)
SUQING_STORAGE = env_choice("SUQING_STORAGE", "disk", ("disk", "s3"))
SUQING_S3 = (
    {
        "bucket": os.environ["SUQING_S3_BUCKET"],
        "endpoint": os.environ.get("SUQING_S3_ENDPOINT", ""),
        "region": os.environ.get("SUQING_S3_REGION", ""),
        "prefix": os.environ.get("SUQING_S3_PREFIX", ""),
        "key": env_secret("SUQING_S3_KEY", SECRETS_DIR, make=False),
        "secret": env_secret("SUQING_S3_SECRET", SECRETS_DIR, make=False),
    }
    if SUQING_STORAGE == "s3"
    else {}
)

# -- log: to stderr, without what people told us ---------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "suqing.config.log_lines.ReticentFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SUQING_LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Their lines name people, addresses and what a job was given.
        "axes": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        # One line a lost connection; the health address and the supervisor say what matters.
        "psycopg.pool": {"level": "ERROR"},
    },
}

# Who asks for duty hours (accounts) lies below the calendar of working days.
SUQING_WORKING_DAYS = "suqing.lawclock.queries.working_day_test"
