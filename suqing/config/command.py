"""``suqing``: the one command.  ``suqing help`` lists its verbs; any other word is a management command."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import psycopg
from django.core.management import execute_from_command_line

from suqing.config import process, serving
from suqing.config.frontend import FrontEndNotBuilt
from suqing.config.places import var_folder
from suqing.config.preparing import CannotPrepare, Preparation
from suqing.config.private_postgres import PostgresDidNotStart, PrivatePostgres
from suqing.config.serving import CannotServe, Claim, Supervisor, say

DATABASE = "suqing"
HELP = """\
suqing run        prepare everything that is missing, with a rehearsal where the centre is empty, and serve
suqing serve      serve what is prepared: pages, jobs, the sealer and the mirror
suqing init       make an empty centre with a first administrator
suqing stop       stop what serves from this folder
suqing WORD …     a management command: suqing verify-events, suqing bulletin daily 2020-01-27
                  (dashes as you like; `suqing commands` lists them)

run and serve take --host and --port.  Without DATABASE_URL the private PostgreSQL under var/pg is used.
"""
FAULTS = (CannotServe, CannotPrepare, PostgresDidNotStart, FrontEndNotBuilt, psycopg.OperationalError)


@contextmanager
def database() -> Iterator[PrivatePostgres | None]:
    """Hold a database: the one of DATABASE_URL, else the private one, which the last holder stops."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    postgres = PrivatePostgres(var_folder() / "pg")
    try:
        postgres.start()
        postgres.make_database(DATABASE)
        os.environ["DATABASE_URL"] = postgres.url(DATABASE)
        yield postgres
    finally:
        os.environ.pop("DATABASE_URL", None)
        postgres.stop()


def _address(arguments: list[str], verb: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"suqing {verb}")
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    return parser.parse_args(arguments)


def run(arguments: list[str], *, prepare: bool = True) -> None:
    """Prepare, unless told not to, and serve until a signal."""
    given = _address(arguments, "run" if prepare else "serve")
    claim = Claim(var_folder())
    claim.take(given.host, given.port)
    serving.check_port(given.host, given.port)
    with database() as postgres:
        preparation = Preparation(var_folder(), os.environ["DATABASE_URL"])
        if prepare:
            preparation.everything(rehearsal=True)

        def tell() -> None:
            say(f"Suqing runs at {serving.address(given.host, given.port)}  (Ctrl-C stops it)")
            if preparation.sign_ins.exists():
                say(f"the sign-ins made for this installation: {preparation.sign_ins}")

        Supervisor(given.host, given.port, postgres, tell).run()


def init(arguments: list[str]) -> None:
    """Make an empty centre."""
    argparse.ArgumentParser(prog="suqing init").parse_args(arguments)
    with database():
        preparation = Preparation(var_folder(), os.environ["DATABASE_URL"])
        preparation.everything(rehearsal=False)
        say(f"the centre is ready; start it with `suqing serve`. Sign-ins: {preparation.sign_ins}")


def stop(arguments: list[str]) -> None:
    """Stop what serves from this folder, and a private PostgreSQL that a killed process left behind."""
    argparse.ArgumentParser(prog="suqing stop").parse_args(arguments)
    found = serving.stop(var_folder())
    if not os.environ.get("DATABASE_URL") and (var_folder() / "pg").exists():
        found = PrivatePostgres(var_folder() / "pg").release() or found
    say("stopped" if found else "nothing runs from this folder")


def manage(arguments: list[str]) -> None:
    """Run a management command on the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqing.config.settings")
    word = "help" if arguments[0] == "commands" else arguments[0].replace("-", "_")
    with database():
        execute_from_command_line(["suqing", word, *arguments[1:]])


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    # An exception, so that whoever holds the database lets go of it on the way out.
    raise SystemExit(128 + number)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; faults that a person can mend are told in a sentence, others in full."""
    words = sys.argv[1:] if arguments is None else arguments
    signal.signal(signal.SIGTERM, _terminated)
    process.end_with_supervisor()
    if not words or words[0] in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    verbs = {"run": run, "serve": lambda rest: run(rest, prepare=False), "init": init, "stop": stop}
    try:
        if words[0] in verbs:
            verbs[words[0]](words[1:])
        else:
            manage(words)
    except FAULTS as fault:
        print(f"suqing: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`); nothing is left to be written when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return 0


if __name__ == "__main__":
    sys.exit(main())
