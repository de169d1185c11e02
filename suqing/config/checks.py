"""System checks for the mistakes of a deployment, each with an id and a way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from suqing.config import frontend
from suqing.web.single_sign_on import is_safe

Apps: TypeAlias = Sequence[AppConfig] | None
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}


@register(Tags.security, deploy=True)
def check_transport(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Sign-ins and complaints do not travel in the clear."""
    beyond = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    found: list[CheckMessage] = []
    if beyond and not settings.HTTPS:
        found.append(
            Warning(
                f"{', '.join(beyond)} is served without https.",
                hint="Set SUQING_HTTPS=1, and SUQING_BEHIND_PROXY=1 where a proxy speaks https for you.",
                id="suqing.W001",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error("SUQING_HOSTS allows every host name.", hint="List the names people use.", id="suqing.E001")
        )
    return found


@register(Tags.security)
def check_master_key(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """The key over all personal data has the length that AES-256 needs."""
    if len(settings.SUQING_MASTER_KEY) == 32:
        return []
    hint = "SUQING_MASTER_KEY is 64 hexadecimal digits. Never change it while data are encrypted under it."
    return [Error("The master key is not 32 bytes long.", hint=hint, id="suqing.E002")]


@register(Tags.security)
def check_single_sign_on(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """The provider is asked on a way that nobody reads, and by a client it knows."""
    given = settings.SUQING_SINGLE
    found: list[CheckMessage] = []
    if given and not is_safe(given["issuer"]):
        hint = "SUQING_OIDC_ISSUER begins with https:// (http only for a trial on the loopback)."
        found.append(
            Error("The provider of single sign-on is not asked by https.", hint=hint, id="suqing.E005")
        )
    if given and not given["client_secret"]:
        hint = "Name the file with it in SUQING_OIDC_CLIENT_SECRET_FILE."
        found.append(Error("Single sign-on has no client secret.", hint=hint, id="suqing.E006"))
    if given and "openid" not in given["scopes"].split():
        hint = "SUQING_OIDC_SCOPES holds at least openid."
        found.append(Error("Single sign-on does not ask for an ID token.", hint=hint, id="suqing.E007"))
    return found


@register(Tags.security, deploy=True)
def check_secret_files(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Nobody but the server's account reads the secrets."""
    if not settings.SECRETS_DIR.exists():
        return []
    readable = [path for path in settings.SECRETS_DIR.iterdir() if path.stat().st_mode & 0o077]
    return [
        Error(f"{path} can be read by others.", hint=f"chmod 600 {path}", id="suqing.E003")
        for path in readable
    ]


@register("static", deploy=True)
def check_front_end(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Pages find their styles and scripts."""
    if frontend.is_current():
        return []
    return [Warning("The front end is not built.", hint="Run `make frontend`.", id="suqing.W002")]


@register(Tags.database)
def check_database_version(
    app_configs: Apps, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The server knows what Suqing asks of it."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("show server_version_num")
            row = cursor.fetchone()
        if row is None or int(row[0]) < 150000:
            found.append(
                Error(
                    "The PostgreSQL server is older than 15.",
                    hint="Upgrade it, or unset DATABASE_URL to use the private one.",
                    id="suqing.E004",
                )
            )
    return found
