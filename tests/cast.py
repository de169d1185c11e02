"""The people of the tests: two handlers of two districts, the desks of the centre, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.test import override_settings

from suqing.accounts.actions import appoint, create_person, load_units
from suqing.accounts.models import Person, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2020, 1, 27, 10, 0, tzinfo=SHANGHAI)
SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
PASSWORD = "口罩-cast-27-01"
SYSTEM = "system:tests"

# name -> (display name, role, code of the unit); the stranger holds no appointment.
_PEOPLE = {
    "call_taker": ("陆话务", "call_taker", "sz-12315"),
    "other_call_taker": ("钱话务", "call_taker", "sz-12315"),
    "dispatcher": ("金分派", "dispatcher", "sz-12315"),
    "handler": ("顾办理", "handler", "sz-gusu"),
    "other_handler": ("吴办理", "handler", "sz-wuzhong"),
    "head": ("顾局长", "head", "sz-gusu"),
    "superior": ("苏局长", "head", "sz"),
    "price_handler": ("贾监管", "handler", "sz-price"),
    "supervisor": ("沈督导", "supervisor", "sz-12315"),
    "analyst": ("范分析", "analyst", "sz-12315"),
    "editor": ("文编辑", "editor", "sz-12315"),
    "leader": ("严主任", "leader", "sz-12315"),
    "inspector": ("韩审计", "inspector", "sz"),
    "administrator": ("管理员", "administrator", "sz"),
    "stranger": ("路人", None, None),
}


@dataclass(frozen=True)
class Cast:
    """Everybody signs in with PASSWORD under the name of their attribute."""

    call_taker: Person
    other_call_taker: Person
    dispatcher: Person
    handler: Person
    other_handler: Person
    head: Person  # of Gusu
    superior: Person  # head of the city's bureau, above all units
    price_handler: Person
    supervisor: Person
    analyst: Person
    editor: Person
    leader: Person
    inspector: Person
    administrator: Person
    stranger: Person
    centre: Unit
    bureau: Unit
    gusu: Unit
    wuzhong: Unit


@lru_cache(maxsize=1)
def _hashed_password() -> str:
    return make_password(PASSWORD)


def the_cast() -> Cast:
    """The cast as the test database holds it, or a new one where a test with real transactions has emptied it."""
    people = {person.username: person for person in Person.objects.filter(username__in=_PEOPLE)}
    if len(people) < len(_PEOPLE):
        return make_cast()
    return _cast(people, {unit.code: unit for unit in Unit.objects.all()})


def make_cast() -> Cast:
    """Load the units and make the people."""
    load_units(by=SYSTEM, at=AT)
    units = {unit.code: unit for unit in Unit.objects.all()}
    # Argon2 is slow on purpose; everybody shares one hash of the one password.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        people = {name: _make_person(name, units) for name in _PEOPLE}
    Person.objects.update(password=_hashed_password())
    for person in people.values():
        person.password = _hashed_password()
    return _cast(people, units)


def _cast(people: dict[str, Person], units: dict[str, Unit]) -> Cast:
    return Cast(
        **people,
        centre=units["sz-12315"],
        bureau=units["sz"],
        gusu=units["sz-gusu"],
        wuzhong=units["sz-wuzhong"],
    )


def _make_person(name: str, units: dict[str, Unit]) -> Person:
    display_name, role, unit = _PEOPLE[name]
    person = create_person(
        username=name, display_name=display_name, password=PASSWORD, by=SYSTEM, at=AT
    ).person
    if role is not None and unit is not None:
        appoint(person=person, unit=units[unit], role=role, by=SYSTEM, at=AT)
    return person
