"""A throw-away centre: its database, its people, and cases registered and dispatched by the real actions."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from suqing.config.private_postgres import PrivatePostgres

if TYPE_CHECKING:
    from suqing.accounts.models import Person, Unit
    from suqing.cases.intake import SubmissionInput

SEED = 12315
SYSTEM = "system:benchmark"
NOW = datetime(2020, 1, 31, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS = 60  # the cases lie within so many days before NOW
MATTERS = 10  # of a contact that only fills: what is found or made for it is found or made once
BLOCK = 100  # contacts gathered and written at once
DISTRICTS = ("sz-gusu", "sz-wuzhong", "sz-huqiu", "sz-xiangcheng", "sz-wujiang", "sz-sip", "sz-kunshan",
             "sz-changshu", "sz-zhangjiagang", "sz-taicang")  # fmt: skip
PLACES = ("320508", "320506", "320505", "320507", "320509", "320583", "320581", "320582", "320585")
GOODS = ("口罩", "酒精", "白菜", "电水壶", "年夜饭", "酒店客房", "健身卡", "儿童推车", "额温枪", "消毒液")
TROUBLES = (
    "价格比平时贵了五倍，没有标价，要求退还差价", "用了三天就坏了，商家不肯换货", "因为疫情不能去了，商家拒绝退费",
    "没有生产日期，吃了以后肚子痛", "宣传和实物不一样，要求退一赔三", "付款以后一直不发货，电话打不通",
)  # fmt: skip


@contextmanager
def throw_away_database(*, durable: bool = False) -> Iterator[None]:
    """Run Django on a private PostgreSQL that is gone afterwards; ``durable`` waits for the disk as a centre does."""
    folder = Path(tempfile.mkdtemp(prefix="suqing-bench-"))
    folder.chmod(0o755)
    try:
        with database_in(folder, durable=durable):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database_in(folder: Path, *, durable: bool = False) -> Iterator[None]:
    """Run Django on the private PostgreSQL of a folder, which is stopped afterwards and kept."""
    (folder / "static").mkdir(parents=True, exist_ok=True)  # whitenoise would miss it
    os.environ |= {
        "SUQING_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "suqing.config.settings",
        "SUQING_POOL": "0",
    }
    postgres = PrivatePostgres(folder / "pg", durable=durable, say=lambda _text: None)
    try:
        postgres.start()
        postgres.make_database("suqing")
        os.environ["DATABASE_URL"] = postgres.url("suqing")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("load_centre", verbosity=0)
        yield
    finally:
        from django.db import connections

        connections.close_all()
        postgres.stop()


@dataclass(frozen=True)
class People:
    """Who works in the benchmarks."""

    taker: Person
    dispatcher: Person
    supervisor: Person
    handler: Person
    units: tuple[Unit, ...]


def make_people() -> People:
    """Make one person of each kind; the handler is of the first district."""
    from suqing.accounts.actions import appoint, create_person
    from suqing.accounts.models import Unit

    units = {unit.code: unit for unit in Unit.objects.filter(code__in=(*DISTRICTS, "sz-12315"))}

    def make(role: str, unit: str) -> Person:
        made = create_person(
            username=role, display_name=role, password="口罩-bench-27-01", by=SYSTEM, at=NOW
        ).person
        appoint(person=made, unit=units[unit], role=role, by=SYSTEM, at=NOW)
        return made

    return People(
        make("call_taker", "sz-12315"),
        make("dispatcher", "sz-12315"),
        make("supervisor", "sz-12315"),
        make("handler", DISTRICTS[0]),
        tuple(units[code] for code in DISTRICTS),
    )


def a_contact(rng: random.Random, at: datetime, matters: int = 1) -> SubmissionInput:
    """A call about one operator of 5,000 by one caller of 20,000, in words that vary."""
    from suqing.cases.intake import EntityInput, MatterInput, PartyInput, SubmissionInput
    from suqing.cases.vocabulary import Kind

    kinds = rng.choices((Kind.COMPLAINT, Kind.REPORT, Kind.CONSULTATION), (6, 2, 2), k=matters)
    caller, shop = rng.randrange(20_000), rng.randrange(5_000)
    goods, trouble, place = rng.choice(GOODS), rng.choice(TROUBLES), rng.choice(PLACES)
    words = (
        f"我在第{shop}号店买{goods}，{rng.randrange(5, 900)}元，{trouble}。第{rng.randrange(10**6)}次说明。"
    )
    return SubmissionInput(
        ref=UUID(int=rng.getrandbits(128)),
        received_at=at,
        narrative=words,
        party=PartyInput("王小明", f"139{caller:08d}", f"平江路{caller}号"),
        matters=tuple(
            MatterInput(
                kind,
                words,
                entity=EntityInput(f"苏州第{shop}号百货店"),
                place=place,
                goods=goods,
            )
            for kind in kinds
        ),
        is_synthetic=True,
    )


class Filling:
    """Fills the centre up to a number of cases, oldest first; with ``dispatching``, three of four go to a district."""

    def __init__(self, people: People, total: int, *, dispatching: bool = True) -> None:
        self.people, self.total, self.dispatching = people, total, dispatching
        self.rng = random.Random(SEED)
        self.done = 0

    def until(self, count: int) -> None:
        """Go on until the centre has ``count`` cases."""
        from django.db import connection

        while self.done < count:
            self._block(min(BLOCK, (count - self.done) // MATTERS))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _block(self, contacts: int) -> None:
        from suqing.cases.actions.registration import register
        from suqing.ledger.writing import gathered

        with gathered():
            for _contact in range(contacts):
                at = NOW - timedelta(days=DAYS) * (1 - self.done / self.total)
                given = a_contact(self.rng, at, MATTERS)
                register(submission=given, by=self.people.taker, at=at)
                if self.dispatching:
                    self._dispatch(given, at + timedelta(hours=1))
                self.done += MATTERS

    def _dispatch(self, given: SubmissionInput, at: datetime) -> None:
        from suqing.cases.actions.dispatching import dispatch
        from suqing.cases.models import Case
        from suqing.cases.vocabulary import Kind
        from suqing.ledger.writing import writer

        for place, matter in enumerate(given.matters):
            case = writer().held(Case, (given.ref, place))
            if case is None or matter.kind == Kind.CONSULTATION or not self.rng.randrange(4):
                continue
            dispatch(case=case, to_unit=self.rng.choice(self.people.units), by=self.people.dispatcher, at=at)
