from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.bulletins import queries
from suqing.bulletins.actions import CannotDo, draft_daily, issue
from suqing.bulletins.daily import SERIES_CODE
from suqing.bulletins.models import Bulletin, State
from suqing.ledger.queries import centre_now

SYSTEM = "system:command"


class Command(BaseCommand):
    help = (
        "Write the daily bulletin of a day as .docx.  An issued one is written as it was stored; one that"
        " people edited as it stands; otherwise it is drafted anew.  Only an approved one can be issued.  bulletin daily 2020-01-27 -o file.docx [--issue --as USERNAME]"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("series", choices=[SERIES_CODE])
        parser.add_argument("day", type=date.fromisoformat)
        parser.add_argument("-o", "--output", type=Path, help="the file; without it only the draft is stored")
        parser.add_argument("--issue", action="store_true", help="issue it, which needs --as")
        parser.add_argument(
            "--as", dest="username", help="sign-in name of the person who drafts or issues it"
        )

    def handle(
        self, *_args: Any, day: date, output: Path | None, username: str | None, **options: Any
    ) -> None:
        if options["issue"] and not username:
            raise CommandError("--issue needs --as USERNAME: a bulletin is issued by a person")
        by = self._person(username)
        try:
            bulletin = self._bulletin(day, by, is_to_be_issued=options["issue"])
        except CannotDo as refused:
            raise CommandError(str(refused)) from refused
        except NotPermitted as refused:
            raise CommandError(f"{username} lacks the permission {refused}") from refused
        if output is not None:
            output.write_bytes(queries.file_of(bulletin))
        state = (
            "draft"
            if bulletin.issue_no is None
            else f"no. {bulletin.issue_no} of {bulletin.issue_year}, {bulletin.state}"
        )
        self.stdout.write(f"{bulletin.title}: {state}" + (f", written to {output}" if output else ""))

    def _person(self, username: str | None) -> Person | str:
        if username is None:
            return SYSTEM
        person = Person.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"nobody active signs in as {username}")
        return person

    def _bulletin(self, day: date, by: Person | str, *, is_to_be_issued: bool) -> Bulletin:
        bulletin = queries.current(SERIES_CODE, day)
        if bulletin is not None and (bulletin.state != State.DRAFT or bulletin.text.get("edited")):
            written = bulletin
        else:
            written = draft_daily(day=day, by=by, at=centre_now())
        if is_to_be_issued and isinstance(by, Person) and written.state != State.ISSUED:
            return issue(bulletin=written, by=by, at=centre_now())
        return written
