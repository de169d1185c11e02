"""The script itself: day by day, contact by contact, in order of time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid5

from suqing.cases.vocabulary import Channel, ContactOutcome, Kind
from suqing.rehearsal.script.cities import city_called
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.contact import Caller, Contact, Matter, Operator, Price
from suqing.rehearsal.script.days import days, is_office_day
from suqing.rehearsal.script.draws import Bundle, Draw, bundled, draws_of_day
from suqing.rehearsal.script.handling import UNFINISHED, handling
from suqing.rehearsal.script.moments import moments
from suqing.rehearsal.script.narratives import (
    Facts,
    contact_text,
    joined_matters,
    marked_epidemic,
    matter_text,
)
from suqing.rehearsal.script.operators import PER_PLACE, operator
from suqing.rehearsal.script.people import REGULARS, caller
from suqing.rehearsal.script.readings import reads_as
from suqing.rehearsal.script.shares import Urn
from suqing.rehearsal.script.speech import worn
from suqing.rehearsal.script.tables import Goods, Topic, topics

MOST_CALLS = 95  # the highest personal load that Suzhou saw (S4)
_NAMESPACE = UUID("6d6f6e69-7175-5a68-8f75-737571696e67")
_EMPTY_SHARE = 0.17
_EMPTY = Urn({
    ContactOutcome.OTHER_AUTHORITY: 38, ContactOutcome.WRONG_NUMBER: 16, ContactOutcome.SILENT: 18,
    ContactOutcome.HARASSMENT: 5, ContactOutcome.SUGGESTION: 9, ContactOutcome.PRAISE: 5, ContactOutcome.ASSISTANCE: 9,
})  # fmt: skip
_BY_PHONE_ONLY = frozenset({ContactOutcome.SILENT, ContactOutcome.WRONG_NUMBER, ContactOutcome.HARASSMENT})
_CHANNELS = Urn(
    {Channel.PHONE: 80, Channel.WEB: 13, Channel.TRANSFER: 4, Channel.LETTER: 1, Channel.VISIT: 2}
)
_CHANNELS_OFF_DAYS = Urn({Channel.PHONE: 83, Channel.WEB: 14, Channel.TRANSFER: 3})
_WRITTEN = Urn({Channel.WEB: 75, Channel.TRANSFER: 18, Channel.LETTER: 3, Channel.VISIT: 4})
_OTHER_ISSUE = "14"
_NEW_YEAR = re.compile("过年|春节|年夜|年前|年底|正月|大年|元旦|初[一二三四五六七八九十]|拜年|团圆")
_TRIES = 400  # a topic whose templates never read as they should is a mistake in the data, not a matter of patience


def plan(seed: int, first_day: date, last_day: date, city: str = "suzhou") -> Iterator[Contact]:
    """Yield the contacts from the first to the last day, both included, in order of time.

    Each day is drawn on its own: a part of the script equals that part of the whole.  Raise OutOfScript for days that
    the script does not have, ValueError for an unknown city.
    """
    place = city_called(city)
    for day in days(first_day, last_day):
        yield from _contacts(seed, place, day)


@dataclass(slots=True)
class Scene:
    """One contact in the making."""

    rng: Random
    seed: int
    city: City
    day: date
    moment: datetime
    channel: Channel
    caller: Caller
    unfinished: float = UNFINISHED
    per_place: int = PER_PLACE
    is_history: bool = False
    is_out_of_season: bool = False


def _contacts(seed: int, city: City, day: date) -> Iterator[Contact]:
    city.require(day)
    rng = Random(f"{seed}:day:{day}")
    bundles: list[Bundle | ContactOutcome] = list(
        bundled(rng, draws_of_day(rng, city, day, city.sorts(seed, day)))
    )
    bundles += [_EMPTY.draw(rng) for _ in range(round(len(bundles) * _EMPTY_SHARE / (1 - _EMPTY_SHARE)))]
    rng.shuffle(bundles)
    agents = _agents(rng, city, day, len(bundles))
    by_phone = _by_phone(rng, bundles, city.calls(seed, day))
    for number, moment in enumerate(moments(rng, city, day, len(bundles))):
        bundle = bundles[number]
        scene = set_scene(rng, seed, city, day, moment, bundle, by_phone[number] if by_phone else None)
        key = f"{day}/{number + 1:04d}"
        agent = next(agents)
        contact = (
            with_matters(scene, bundle, agent)
            if isinstance(bundle, Bundle)
            else _without_matter(scene, bundle, agent)
        )
        yield named(contact, seed, key)


def named(contact: Contact, seed: int, key: str) -> Contact:
    """Give a contact its name within the script of this seed."""
    return replace(contact, key=key, ref=uuid5(_NAMESPACE, f"{seed}:{key}"))


def _by_phone(rng: Random, bundles: Sequence[Bundle | ContactOutcome], calls: int | None) -> list[bool]:
    """Say of each contact whether it is a call, so many of all; empty where chance decides."""
    if calls is None:
        return []
    free = [n for n, bundle in enumerate(bundles) if bundle not in _BY_PHONE_ONLY]
    written = set(rng.sample(free, len(bundles) - calls))
    return [n not in written for n in range(len(bundles))]


def _agents(rng: Random, city: City, day: date, contacts: int) -> Iterator[int]:
    """Deal the contacts of a day to those on duty; nobody gets more than Suzhou's hardest day."""
    on_duty = city.on_duty(day, contacts)
    people = [(day.toordinal() * 5 + n) % city.agents for n in range(on_duty)]
    weights = [
        1.3 if n == 0 else 1.12 if n == 1 else 0.55 if n == on_duty - 1 else 1.0 for n in range(on_duty)
    ]
    taken = dict.fromkeys(people, 0)
    while True:
        agent = rng.choices(people, weights)[0]
        if taken[agent] >= MOST_CALLS:
            agent = min(taken, key=lambda person: taken[person])
        taken[agent] += 1
        yield agent


def set_scene(
    rng: Random, seed: int, city: City, day: date, moment: datetime, bundle: Bundle | ContactOutcome,
    by_phone: bool | None = None, regulars: int = REGULARS,
) -> Scene:  # fmt: skip
    """Draw who turns to the centre and how; ``by_phone`` where that is decided already."""
    urn = _CHANNELS if is_office_day(day) and 8 <= moment.hour < 18 else _CHANNELS_OFF_DAYS
    if bundle in _BY_PHONE_ONLY or by_phone:
        channel = Channel.PHONE
    else:
        channel = urn.draw(rng) if by_phone is None else _WRITTEN.draw(rng)
    district = bundle.draws[0].district if isinstance(bundle, Bundle) else city.urn.draw(rng)
    home = district if rng.random() < 0.85 else city.urn.draw(rng)
    return Scene(rng, seed, city, day, moment, channel, caller(rng, seed, home, regulars))


def _without_matter(scene: Scene, outcome: ContactOutcome, agent: int) -> Contact:
    rng = scene.rng
    shop = operator(rng, scene.seed, rng.choice(("supermarket", "pharmacy")), scene.caller.place.district)
    facts = Facts(
        scene.caller,
        scene.day,
        scene.channel,
        operator=shop,
        mood="plain" if _is_plain(scene) else "general",
    )
    text, template = contact_text(rng, facts, outcome)
    talk = timedelta(seconds=rng.randint(15, 120) if outcome in _BY_PHONE_ONLY else rng.randint(60, 420))
    names = outcome not in _BY_PHONE_ONLY and rng.random() < 0.4
    return _contact(scene, agent, worn(rng, text), outcome, (), talk, gives_name=names, templates=(template,))


def _is_plain(scene: Scene) -> bool:
    return scene.city.stage_of(scene.day) in ("baseline", "quiet")


def with_matters(scene: Scene, bundle: Bundle, agent: int) -> Contact:
    """Tell what the caller has to say: a matter for each draw of the bundle."""
    rng = scene.rng
    talk = timedelta(seconds=rng.randint(120, 420) + 180 * (len(bundle.draws) - 1))
    told: list[tuple[Matter, str]] = []
    shared: tuple[Operator, Price | None] | None = None
    for draw in bundle.draws:
        matter, template = _matter(scene, draw, talk, shared, goes_on=bool(told))
        if bundle.one_operator and matter.operator is not None:
            shared = (matter.operator, matter.price)
        told.append((matter, template))
    matters = tuple(matter for matter, _ in told)
    whole = joined_matters(
        rng, [matter.narrative for matter in matters], Facts(scene.caller, scene.day, scene.channel)
    )
    must_name = any(m.kind == Kind.COMPLAINT or (m.kind == Kind.REPORT and m.is_real_name) for m in matters)
    return _contact(
        scene, agent, whole, ContactOutcome.CASES, matters, talk,
        gives_name=must_name or rng.random() < 0.45, must_name=must_name, templates=tuple(name for _, name in told),
    )  # fmt: skip


def _contact(
    scene: Scene, agent: int, narrative: str, outcome: ContactOutcome, matters: tuple[Matter, ...], talk: timedelta, *,
    gives_name: bool, templates: tuple[str, ...], must_name: bool = False,
) -> Contact:  # fmt: skip
    person = scene.caller
    if not must_name and scene.rng.random() < 0.04:
        person = replace(person, phone="")
    return Contact(
        "", _NAMESPACE, scene.moment, scene.moment + talk, scene.channel, agent, person, gives_name, narrative, outcome,
        matters, templates,
    )  # fmt: skip


def _matter(
    scene: Scene, draw: Draw, talk: timedelta, shared: tuple[Operator, Price | None] | None, *, goes_on: bool
) -> tuple[Matter, str]:  # fmt: skip
    rng, topic = scene.rng, topics().get(draw.topic)
    shop, price = shared if shared else (_operator(scene, draw, topic), _price(rng, scene.day, topic))
    amount = _amount(rng, topic, price)
    request = rng.choice(topic.requests) if topic and topic.requests and draw.kind == Kind.COMPLAINT else ""
    bought = (
        scene.day - timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 3, 5)))
        if draw.kind != Kind.CONSULTATION
        else None
    )
    facts = Facts(
        scene.caller, scene.day, scene.channel, shop, price, amount, bought, request,
        mood="plain" if _is_plain(scene) or not draw.is_epidemic else "goods" if price else "general",
    )  # fmt: skip
    text, template = _written(scene, facts, draw, topic, goes_on=goes_on)
    is_question = draw.kind == Kind.CONSULTATION
    answer, stages = handling(
        rng, kind=draw.kind, registered_at=scene.moment + talk, moment=scene.moment, district=draw.district,
        epidemic=draw.is_epidemic, topic=draw.topic, amount=amount, price=price,
        unfinished=scene.unfinished,
    )  # fmt: skip
    place = shop.place if shop else scene.caller.place
    return Matter(
        draw.kind, text, *_classes(draw, topic, price), None if is_question and rng.random() < 0.8 else shop,
        shop is not None and shop.trade != "individual" and rng.random() < 0.7, place, None if is_question else amount,
        None if is_question else price, (request,) if request else (), bought,
        draw.kind != Kind.REPORT or rng.random() < 0.66, (draw.topic,), draw.is_epidemic, answer, stages,
    ), template  # fmt: skip


def _written(
    scene: Scene, facts: Facts, draw: Draw, topic: Topic | None, *, goes_on: bool
) -> tuple[str, str]:  # fmt: skip
    """Tell the matter until a reader with the shipped topics finds what the city's published counts hold it for."""
    rng = scene.rng
    for _ in range(_TRIES):
        text, template = _told(rng, facts, draw, topic, goes_on=goes_on)
        text = worn(rng, text)
        if draw.is_epidemic:
            text = marked_epidemic(rng, text, scene.city.named[draw.kind])
        if scene.is_out_of_season and _NEW_YEAR.search(text):
            continue
        # Nobody has counted the years before by their words; whether they read as they should costs half of the time.
        if scene.is_history or reads_as(text, draw.topic, scene.city.readings, is_epidemic=draw.is_epidemic):
            return text, template
    raise LookupError(f"no text about {draw.topic} ({draw.kind}) reads as it should")


def _told(rng: Random, facts: Facts, draw: Draw, topic: Topic | None, *, goes_on: bool) -> tuple[str, str]:
    """Tell the matter; an epidemic-related report about something else than prices leaves prices out, so that the
    price reports of a day stay the published number whoever counts them, by class or by words."""
    while True:
        text, template = matter_text(rng, facts, draw.kind, draw.topic, goes_on=goes_on)
        off_price = (
            draw.kind == Kind.REPORT
            and draw.is_epidemic
            and topic
            and not topic.report_issue.startswith("R05")
        )
        if not off_price or not any(sign in text for sign in "涨价贵翻趁"):
            return text, template


def _classes(draw: Draw, topic: Topic | None, price: Price | None) -> tuple[str, str]:
    if topic is None:
        return "", _OTHER_ISSUE
    override = next((goods.object_class for goods in topic.goods if price and goods.name == price.goods), "")
    issue = topic.report_issue if draw.kind == Kind.REPORT else topic.issue_class
    return override or topic.object_class, issue


def _operator(scene: Scene, draw: Draw, topic: Topic | None) -> Operator | None:
    if topic is None:
        return None
    return operator(scene.rng, scene.seed, topic.trades.draw(scene.rng), draw.district, scene.per_place)


def _price(rng: Random, day: date, topic: Topic | None) -> Price | None:
    if topic is None or not topic.goods:
        return None
    goods: Goods = rng.choice(topic.goods)
    earlier = _rounded(rng.uniform(goods.low, goods.high))
    asked = _rounded(float(earlier) * rng.uniform(goods.factor_low, goods.factor_high))
    return Price(goods.name, goods.unit, asked, earlier, day - timedelta(days=rng.randint(3, 24)))


def _rounded(value: float) -> Decimal:
    """Prices as shops make them: tenths below 10 yuan, halves below 30, whole yuan above."""
    if value < 10:
        return Decimal(round(value * 10)) / 10
    return Decimal(round(value * 2)) / 2 if value < 30 else Decimal(round(value))


def _amount(rng: Random, topic: Topic | None, price: Price | None) -> Decimal | None:
    if topic is None or topic.amount_high <= 0:
        return None
    if price is not None:
        return price.asked * rng.choice((1, 1, 2, 2, 3, 4, 5, 10))
    value = math.exp(rng.uniform(math.log(topic.amount_low), math.log(topic.amount_high)))
    return Decimal(round(value, -1 if value > 200 else 0) or 1)
