"""Typed readers for what the environment says; a value that does not fit raises, it is never guessed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def env_bool(name: str, default: bool) -> bool:
    """Read ``1/true/yes`` or ``0/false/no``."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in ("1", "true", "yes"):
        return True
    if raw.lower() in ("0", "false", "no", ""):
        return False
    raise ValueError(f"{name} must be true or false, not {raw!r}")


def env_int(name: str, default: int, *, least: int = 1) -> int:
    """Read a whole number, at least ``least``."""
    raw = os.environ.get(name, str(default))
    if not raw.isdecimal() or int(raw) < least:
        raise ValueError(f"{name} must be a whole number from {least}, not {raw!r}")
    return int(raw)


def env_list(name: str, default: str) -> list[str]:
    """Read words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_choice(name: str, default: str, known: tuple[str, ...]) -> str:
    """Read one of the known words."""
    raw = os.environ.get(name) or default
    if raw not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, not {raw!r}")
    return raw


def env_secret(name: str, folder: Path, *, make: bool = True) -> str:
    """Read a secret from the environment, from the file named by ``NAME_FILE``, or from ``folder``.

    Where there is none a new one is made in ``folder``; of two processes that do so at once one wins.  Without
    ``make`` it is "" then: somebody else gives this secret.
    """
    if name in os.environ:
        return os.environ[name]
    given = os.environ.get(f"{name}_FILE")
    if given:
        return Path(given).read_text().strip()
    path = folder / name.lower()
    if not path.exists():
        if not make:
            return ""
        _make_secret(path)
    return path.read_text().strip()


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    half = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Turn a ``postgresql://`` address into Django's settings, with the pool on; 0 means no pool."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("DATABASE_URL must begin with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    port = options.pop("port", str(parts.port or ""))
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_HEALTH_CHECKS": True,  # a pool that outlives a restart of the server finds new connections
        "OPTIONS": options,
    }
