"""What is said: narratives of matters and of contacts without a matter, out of the grammar and the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from suqing.cases.vocabulary import Channel, ContactOutcome, Kind
from suqing.rehearsal.script import speech
from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Caller, Operator, Price
from suqing.rehearsal.script.grammar import Section, Template, render, sections, slots
from suqing.rehearsal.script.people import surname_of
from suqing.rehearsal.script.places import district_name, street_name
from suqing.rehearsal.script.tables import trades

MAX_LENGTH = 600
MIN_LENGTH = 17  # a slip of the keyboard may still take a character or two
_COMPLAINTS = ("narratives/epidemic.txt", "narratives/refunds.txt", "narratives/ordinary.txt")
_SIGNS = ("疫情", "口罩", "肺炎", "武汉", "消毒液", "酒精", "新冠", "封城")
_NEW_YEARS_EVE = {2019: date(2019, 2, 4), 2020: date(2020, 1, 24)}
_ASIDES = {
    "plain": ("digress_plain", "story_plain"),
    "general": ("digress", "story"),
    "goods": ("digress_goods", "story_goods"),
}
_LUNAR = ("年三十", "大年初一", "年初二", "初三", "初四", "年初五", "初六", "初七", "初八", "初九", "初十")


@dataclass(slots=True)
class Facts:
    """What a narrative must agree with."""

    caller: Caller
    day: date
    channel: Channel
    operator: Operator | None = None
    price: Price | None = None
    amount: Decimal | None = None
    bought: date | None = None
    request: str = ""
    mood: str = (
        "plain"  # which digressions fit: plain (no epidemic), general, goods (masks, food and the like)
    )


class Voice:
    """One speaker: fills slots from the facts, keeps to the numbers it has named."""

    def __init__(self, rng: Random, facts: Facts) -> None:
        self.rng, self.facts = rng, facts
        self._named: str | None = None

    def say(self, template: Template) -> str:
        """Say one template."""
        return render(template, self.fill, self.rng)

    def list_item(self, name: str) -> str:
        """Say one entry of a list of slots.txt."""
        return self.say(self.rng.choice(slots()[name]))

    def list_items(self, name: str, number: int) -> list[str]:
        """Say several different entries of a list."""
        entries = slots()[name]
        return [self.say(entry) for entry in self.rng.sample(entries, min(number, len(entries)))]

    def fill(self, name: str) -> str:
        """Fill a slot: from the facts, else from the lists."""
        if name == "says" and self.facts.mood != "goods":
            name = "says_plain"  # nobody says that the factory raised its price where nothing was sold
        method = _FILLERS.get(name)
        return method(self) if method else self.list_item(name)

    def city_word(self, name: str) -> str:
        """Say a word as the caller's city says it."""
        return city_of(self.facts.caller.place.district).words[name]

    def _shop(self) -> str:
        operator = self.facts.operator
        if operator is None:
            return "那家店"
        if self._named is None:
            draw = self.rng.random()
            self._named = (
                operator.name
                if draw < 0.38
                else operator.short_name
                if draw < 0.72
                else self._vague(operator)
            )
            return self._named
        return self.rng.choice((self._named, "他们", "这家", operator.short_name))

    def _vague(self, operator: Operator) -> str:
        vague = self.rng.choice(trades()[operator.trade][1])
        return vague if self.rng.random() < 0.5 else f"{street_name(operator.place)}{vague}"

    def _shop_in_full(self) -> str:
        return self.facts.operator.name if self.facts.operator else "不清楚"

    def _address(self) -> str:
        place = self.facts.operator.place if self.facts.operator else self.facts.caller.place
        whole = place.address
        return whole if self.rng.random() < 0.6 else whole.removeprefix(district_name(place.district))

    def _asked(self) -> str:
        return speech.money(self.rng, self.facts.price.asked) if self.facts.price else "这个价"

    def _earlier(self) -> str:
        return speech.money(self.rng, self.facts.price.earlier) if self.facts.price else "原价"

    def _amount(self) -> str:
        if self.facts.amount is None:
            self.facts.amount = Decimal(self.rng.randint(3, 90) * 10)
        return speech.money(self.rng, self.facts.amount)

    def _day(self) -> str:
        bought = self.facts.bought or self.facts.day - timedelta(days=self.rng.choice((0, 0, 0, 1, 1, 2, 3)))
        back = (self.facts.day - bought).days
        ways = [f"{bought.month}月{bought.day}日", f"{bought.month}月{bought.day}号"]
        if back <= 3:
            ways += (
                ("今天", "今天上午", "刚才", "刚刚"),
                ("昨天", "昨天晚上", "昨天下午"),
                ("前天", "前天中午"),
                ("前几天", "大前天"),
            )[back]
        else:
            ways += ["上个礼拜", "前段时间"]
        lunar = (bought - _NEW_YEARS_EVE[bought.year]).days if bought.year in _NEW_YEARS_EVE else -1
        if 0 <= lunar < len(_LUNAR):
            ways += [_LUNAR[lunar]] * 2
        return self.rng.choice(ways)

    def _since(self) -> str:
        if self.facts.price is None:
            return "去年"
        earlier = self.facts.price.earlier_on
        return self.rng.choice(
            (f"{earlier.month}月{earlier.day}号", "年前", "上个月", "上礼拜", "前几天", "元旦的时候")
        )

    def _phone(self) -> str:
        return speech.phone(self.rng, self.facts.caller.phone)

    def _order(self) -> str:
        return f"{self.facts.day:%Y%m}{self.rng.randrange(10**9):09d}"

    def _goods(self) -> str:
        return self.facts.price.goods if self.facts.price else "东西"

    def _unit(self) -> str:
        return self.facts.price.unit if self.facts.price else "个"


_FILLERS: dict[str, Callable[[Voice], str]] = {
    "shop": Voice._shop,
    "shopfull": Voice._shop_in_full,
    "addr": Voice._address,
    "asked": Voice._asked,
    "old": Voice._earlier,
    "amount": Voice._amount,
    "day": Voice._day,
    "since": Voice._since,
    "phone": Voice._phone,
    "order": Voice._order,
    "goods": Voice._goods,
    "unit": Voice._unit,
    "name": lambda voice: voice.facts.caller.name,
    "surname": lambda voice: surname_of(voice.facts.caller.name),
    "title": lambda voice: voice.facts.caller.title,
    "home": lambda voice: voice.facts.caller.place.address,
    "street": lambda voice: street_name(voice.facts.caller.place),
    "idno": lambda voice: voice.facts.caller.id_number,
    "masked": lambda voice: voice.facts.caller.phone[:3] + "****" + voice.facts.caller.phone[-4:],
    "request": lambda voice: (
        voice.list_item(f"ask_for_{voice.facts.request}") if voice.facts.request else "给个说法"
    ),
    "city": lambda voice: voice.city_word("city"),
    "look": lambda voice: voice.city_word("look"),
    "right": lambda voice: voice.city_word("right"),
    "never": lambda voice: voice.city_word("never"),
    "n": lambda voice: speech.count(voice.rng, voice.rng.randint(2, 9)),
    "few": lambda voice: speech.count(voice.rng, voice.rng.randint(1, 6)),
    "sec": lambda voice: speech.count(voice.rng, voice.rng.randint(6, 95)),
    "age": lambda voice: speech.count(voice.rng, voice.rng.randint(66, 93)),
    "temp": lambda voice: f"{voice.rng.uniform(37.3, 39.4):.1f}度",
}


def matter_text(
    rng: Random, facts: Facts, kind: Kind, topic: str, *, goes_on: bool = False
) -> tuple[str, str]:
    """Say one matter; return the text and the name of the template it grew from.  Who goes on does not greet again."""
    section = _section(kind, topic)
    voice = Voice(rng, facts)
    name, body = rng.choice(section.bodies)
    parts = [voice.say(body), *_details(voice, section, kind)]
    text = _joined(rng, parts)
    opening = "" if goes_on else _opening(voice)
    if len(opening + text) < MIN_LENGTH:
        text = f"{text}，{voice.list_item('closing')}，{voice.list_item('feel')}"
    return opening + text, name


def marked_epidemic(rng: Random, text: str, share: float) -> str:
    """Let the epidemic be named: whoever does not name it by itself does so in this share of texts."""
    if any(sign in text for sign in _SIGNS) or rng.random() >= share:
        return text
    ending = "。" if text.endswith("。") else ""
    return f"{text.removesuffix('。')}，{rng.choice(slots()['epidemic_mark'])[0]}{ending}"


def contact_text(rng: Random, facts: Facts, outcome: ContactOutcome) -> tuple[str, str]:
    """Say a contact that holds no matter; silent calls and the like are the agent's note."""
    voice = Voice(rng, facts)
    found = sections("narratives/contacts.txt")
    plain = f"{outcome}.plain"
    name, body = rng.choice(found[plain if facts.mood == "plain" and plain in found else str(outcome)].bodies)
    text = voice.say(body)
    if outcome in (ContactOutcome.SUGGESTION, ContactOutcome.PRAISE, ContactOutcome.ASSISTANCE):
        text = (
            _opening(voice) + text + (f"，{voice.list_item('digress_plain')}" if rng.random() < 0.45 else "")
        )
    elif facts.channel == Channel.PHONE and rng.random() < 0.72:
        text = f"{text}，{voice.list_item('note_tail')}"
    if len(text) < MIN_LENGTH:
        text = f"{text}，时间{voice.fill('sec')}秒"
    return text, name


def joined_matters(rng: Random, texts: Sequence[str], facts: Facts) -> str:
    """Tell all matters of one contact in one go."""
    voice = Voice(rng, facts)
    whole = texts[0]
    for text in texts[1:]:
        whole += f"{'' if whole.endswith('。') else '。'}{voice.list_item('connector')}{text}"
    return whole[:MAX_LENGTH]


def _section(kind: Kind, topic: str) -> Section:
    if kind == Kind.CONSULTATION:
        return sections("narratives/consultations.txt")[topic]
    return next(found[topic] for found in map(sections, _COMPLAINTS) if topic in found)


def _opening(voice: Voice) -> str:
    draw = voice.rng.random()
    if voice.facts.channel == Channel.PHONE:
        return (
            voice.list_item("opening_phone")
            if draw < 0.34
            else voice.list_item("opening_note")
            if draw < 0.62
            else ""
        )
    return voice.list_item("opening_web") if draw < 0.4 else ""


def _details(voice: Voice, section: Section, kind: Kind) -> list[str]:
    """Choose what follows the matter itself: from nothing to a whole life story."""
    rng, facts = voice.rng, voice.facts
    digress, story = _ASIDES[facts.mood]
    size = rng.random()
    own = min(
        len(section.details), (0 if size < 0.15 else rng.randint(0, 2) if size < 0.75 else rng.randint(2, 4))
    )
    parts = [voice.say(detail) for detail in rng.sample(section.details, own)]
    if kind == Kind.CONSULTATION:
        parts += voice.list_items("ask_context", 2 if size > 0.9 else 1 if size > 0.3 else 0)
    elif size > 0.82:
        parts += voice.list_items(story, rng.randint(1, 2) if size < 0.94 else rng.randint(2, 5))
    if size > 0.68:
        parts += voice.list_items(digress, rng.randint(1, 2))
    rng.shuffle(parts)
    if kind != Kind.CONSULTATION and (size >= 0.15 or rng.random() < 0.4) and rng.random() < 0.66:
        parts.append(voice.list_item("demand_complaint" if kind == Kind.COMPLAINT else "demand_report"))
    if rng.random() < (0.07 if kind == Kind.CONSULTATION else 0.24):
        parts.append(voice.list_item("selfinfo"))
    if rng.random() < 0.22:
        parts.append(voice.list_item("closing_ask" if kind == Kind.CONSULTATION else "closing"))
    return parts


def _joined(rng: Random, parts: Sequence[str]) -> str:
    text, room = parts[0], MAX_LENGTH - 40
    for part in parts[1:]:
        if len(text) + len(part) < room:
            text += ("，" if rng.random() < 0.68 else "。") + part
    return text + ("。" if rng.random() < 0.5 else "")
