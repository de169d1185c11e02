"""The people of the rehearsal: invented names, one password each, made for this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from suqing.accounts.actions import appoint, create_person, generate_password
from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import Actor
from suqing.rehearsal.script.plan import AGENTS


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


_CENTRE, _BUREAU = "sz-12315", "sz"
_LEADING = (
    _Post("supervisor", "沈知衡", "supervisor", _CENTRE),
    _Post("analyst", "范书砚", "analyst", _CENTRE),
    _Post("editor", "文清屿", "editor", _CENTRE),
    _Post("leader", "严牧之", "leader", _CENTRE),
    _Post("inspector", "韩以宁", "inspector", _BUREAU),
    _Post("admin", "管一鸣", "administrator", _BUREAU),
)
_DISPATCHERS = (
    _Post("dispatcher1", "金又溪", "dispatcher", _CENTRE),
    _Post("dispatcher2", "章予禾", "dispatcher", _CENTRE),
)
_TAKERS = (
    "陆晚晴", "钱舒禾", "孙念一", "周若岚", "吴沁言", "郑小棠", "王初蔓", "冯语桐", "陈听澜", "褚以沫", "卫今朝", "蒋苒苒",
)  # fmt: skip
HANDLER_UNITS = {
    "320505": ("sz-huqiu", "huqiu", "虞子衿"),
    "320506": ("sz-wuzhong", "wuzhong", "伍望舒"),
    "320507": ("sz-xiangcheng", "xiangcheng", "项禾清"),
    "320508": ("sz-gusu", "gusu", "顾南枝"),
    "320509": ("sz-wujiang", "wujiang", "江屿白"),
    "320576": ("sz-sip", "sip", "袁景行"),
    "320581": ("sz-changshu", "changshu", "常静姝"),
    "320582": ("sz-zhangjiagang", "zhangjiagang", "张砚舟"),
    "320583": ("sz-kunshan", "kunshan", "昆仲言"),
    "320585": ("sz-taicang", "taicang", "戴沧澜"),
}


_HEADS = {
    "sz": ("superior", "苏既明"),
    "sz-price": ("head-price", "贾正衡"),
    "sz-huqiu": ("head-huqiu", "虞景澄"),
    "sz-wuzhong": ("head-wuzhong", "伍长风"),
    "sz-xiangcheng": ("head-xiangcheng", "项知远"),
    "sz-gusu": ("head-gusu", "顾怀瑾"),
    "sz-wujiang": ("head-wujiang", "江晏清"),
    "sz-sip": ("head-sip", "袁守拙"),
    "sz-changshu": ("head-changshu", "常允和"),
    "sz-zhangjiagang": ("head-zhangjiagang", "张静川"),
    "sz-kunshan": ("head-kunshan", "昆若谷"),
    "sz-taicang": ("head-taicang", "戴明远"),
}


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
def make_staff(*, by: Actor, at: datetime) -> list[SignIn]:
    """Make everybody of the rehearsal with a generated password; return the sign-ins, those for a first look first."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    missing = {post.unit for post in _posts()} - units.keys()
    if missing:
        raise UnitsMissing(", ".join(sorted(missing)))
    made = []
    for post in _posts():
        password = generate_password()
        person = create_person(
            username=post.username, display_name=post.display_name, password=password, by=by, at=at
        ).person
        appoint(person=person, unit=units[post.unit], role=post.role, by=by, at=at)
        made.append(SignIn(post.username, password, post.display_name, post.role, units[post.unit].name))
    return made


def present_staff() -> Staff:
    """Find the people of the rehearsal again."""
    people = {
        person.username: person
        for person in Person.objects.filter(username__in=[p.username for p in _posts()])
    }
    units = {unit.code: unit for unit in Unit.objects.all()}
    return Staff(
        tuple(people[f"taker{number:02d}"] for number in range(1, AGENTS + 1)),
        tuple(people[post.username] for post in _DISPATCHERS),
        {district: people[f"handler-{name}"] for district, (_, name, _) in HANDLER_UNITS.items()},
        {district: units[code] for district, (code, _, _) in HANDLER_UNITS.items()},
        people["supervisor"],
        {unit: people[username] for unit, (username, _) in _HEADS.items()},
    )


def _posts() -> list[_Post]:
    takers = [
        _Post(f"taker{number:02d}", name, "call_taker", _CENTRE) for number, name in enumerate(_TAKERS, 1)
    ]
    handlers = [_Post(f"handler-{name}", who, "handler", unit) for unit, name, who in HANDLER_UNITS.values()]
    heads = [_Post(username, who, "head", unit) for unit, (username, who) in _HEADS.items()]
    first = [takers[0], _DISPATCHERS[0], next(post for post in handlers if post.unit == "sz-gusu")]
    everybody = [*first, *_LEADING, *takers, *_DISPATCHERS, *handlers, *heads]
    return list(dict.fromkeys(everybody))
