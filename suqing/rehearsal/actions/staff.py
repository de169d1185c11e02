"""The people of the rehearsal: invented names, one password each, made for this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from suqing.accounts.actions import appoint, create_person, generate_password
from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import Actor
from suqing.rehearsal.script.cities.city import City, Roster


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody needs to sign in, and as what."""

    username: str
    password: str
    display_name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Post:
    username: str
    display_name: str
    role: str
    unit: str


# The same people lead whichever centre is rehearsed.
_LEADING = (
    ("supervisor", "沈知衡", "supervisor"),
    ("analyst", "范书砚", "analyst"),
    ("editor", "文清屿", "editor"),
    ("leader", "严牧之", "leader"),
)
_WATCHING = (("inspector", "韩以宁", "inspector"), ("admin", "管一鸣", "administrator"))
_DISPATCHERS = (("dispatcher1", "金又溪"), ("dispatcher2", "章予禾"))


class UnitsMissing(LookupError):
    """The units that ship with the program are not loaded; ``suqing load-centre`` loads them."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people who act in the script; instances are kept, for they remember their appointments."""

    takers: tuple[Person, ...]
    dispatchers: tuple[Person, ...]
    handlers: dict[str, Person]
    units: dict[str, Unit]
    supervisor: Person
    heads: dict[str, Person]  # by the code of the unit they lead


@transaction.atomic
def make_staff(city: City, *, by: Actor, at: datetime) -> list[SignIn]:
    """Make everybody of the rehearsal with a generated password; return the sign-ins, those for a first look first."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    missing = {post.unit for post in _posts(city)} - units.keys()
    if missing:
        raise UnitsMissing(", ".join(sorted(missing)))
    made = []
    for post in _posts(city):
        password = generate_password()
        person = create_person(
            username=post.username, display_name=post.display_name, password=password, by=by, at=at
        ).person
        appoint(person=person, unit=units[post.unit], role=post.role, by=by, at=at)
        made.append(SignIn(post.username, password, post.display_name, post.role, units[post.unit].name))
    return made


def present_staff(city: City) -> Staff:
    """Find the people of the rehearsal again."""
    posts = _posts(city)
    people = {
        person.username: person
        for person in Person.objects.filter(username__in=[post.username for post in posts])
    }
    units = {unit.code: unit for unit in Unit.objects.all()}
    districts = city.roster.districts
    return Staff(
        tuple(people[f"taker{number:02d}"] for number in range(1, city.agents + 1)),
        tuple(people[username] for username, _ in _DISPATCHERS),
        {district: people[f"handler-{post.username}"] for district, post in districts.items()},
        {district: units[post.unit] for district, post in districts.items()},
        people["supervisor"],
        {post.unit: people[post.username] for post in posts if post.role == "head"},
    )


def _posts(city: City) -> list[_Post]:
    roster = city.roster
    leading = [_Post(username, name, role, roster.centre) for username, name, role in _LEADING]
    watching = [_Post(username, name, role, roster.bureau) for username, name, role in _WATCHING]
    dispatchers = [_Post(username, name, "dispatcher", roster.centre) for username, name in _DISPATCHERS]
    takers = [
        _Post(f"taker{number:02d}", name, "call_taker", roster.centre)
        for number, name in enumerate(roster.takers, 1)
    ]
    handlers = [
        _Post(f"handler-{post.username}", post.handler, "handler", post.unit)
        for post in roster.districts.values()
    ]
    first = [takers[0], dispatchers[0], next(post for post in handlers if post.unit == roster.shown_first)]
    everybody = [*first, *leading, *watching, *takers, *dispatchers, *handlers, *_heads(roster)]
    return list(dict.fromkeys(everybody))


def _heads(roster: Roster) -> list[_Post]:
    others = [_Post(username, name, "head", unit) for unit, (username, name) in roster.other_heads.items()]
    districts = [
        _Post(f"head-{post.username}", post.head, "head", post.unit) for post in roster.districts.values()
    ]
    return [_Post("superior", roster.superior, "head", roster.bureau), *others, *districts]
