"""The daily focus list of price supervision (domain S21): price cases by goods, district and operator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from suqing.accounts.models import Person
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.price_facts import Line, Standing
from suqing.cases.price_lines import price_lines
from suqing.cases.queries.price_cases import PriceCase, Window, earlier_counts, price_cases
from suqing.kit.dates import DAY
from suqing.taxonomy.models import Division

DIMENSIONS = ("goods", "district", "operator")
WEEK = 7  # days before, whose mean a day is set beside

Place = tuple[str, str, str]  # goods, district, operator


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices asked in the unit that most of a group were told in; ``others`` were told in another unit or in none."""

    unit: str
    count: int
    low: Decimal
    median: Decimal
    high: Decimal
    others: int


@dataclass(frozen=True, slots=True)
class Group:
    """The price cases of one day that share the facts of ``key``, which stand in the order of ``by``."""

    by: tuple[str, ...]
    key: tuple[str, ...]
    cases: int
    people: int  # who gave who they are, each once
    nameless: int  # cases of which nobody knows whose they are
    day_before: int
    week_before: int  # of all seven days
    prices: Prices | None  # only where goods are told apart
    marked: int  # cases with a mark-up
    highest: Decimal | None
    compared: int  # cases with a line and a reference to it
    reached: int  # of these at or above the line

    @property
    def week_mean(self) -> Decimal:
        return Decimal(self.week_before) / WEEK


@dataclass(frozen=True, slots=True)
class Focus:
    """All price cases of one day in sight, and how many each place had on the days before, up to the same time."""

    window: Window
    cases: tuple[PriceCase, ...]
    day_before: Mapping[Place, int]
    week_before: Mapping[Place, int]
    lines: tuple[Line, ...]
    districts: Mapping[str, str]  # names by code

    def narrowed(self, choice: Choice) -> Focus:
        """The same list of some goods, one district or one operator."""
        wanted = (choice.goods, choice.district, choice.operator)

        def kept(counts: Mapping[Place, int]) -> dict[Place, int]:
            return {place: count for place, count in counts.items() if _fits(place, wanted)}

        return replace(
            self,
            cases=tuple(one for one in self.cases if choice.holds(one)),
            day_before=kept(self.day_before),
            week_before=kept(self.week_before),
        )

    def ranked(self, by: Sequence[str]) -> list[Group]:
        """Groups by one or more of DIMENSIONS: most cases first, then most at or above the line, then the highest
        mark-up."""
        at = [DIMENSIONS.index(name) for name in by]
        found: dict[tuple[str, ...], list[PriceCase]] = defaultdict(list)
        for case in self.cases:
            found[tuple(getattr(case, name) for name in by)].append(case)
        days, weeks = _summed(self.day_before, at), _summed(self.week_before, at)
        groups = [_group(tuple(by), key, rows, days[key], weeks[key]) for key, rows in found.items()]
        return sorted(groups, key=lambda one: (-one.cases, -one.reached, -(one.highest or -1), one.key))

    def total(self) -> Group:
        """All cases as one group."""
        days, weeks = sum(self.day_before.values()), sum(self.week_before.values())
        return _group((), (), self.cases, days, weeks)

    def operator_names(self) -> dict[str, str]:
        """The names of the operators by key; "" for a natural person."""
        return {case.operator: case.operator_name for case in self.cases if case.operator}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which price cases stand behind a number; None does not narrow, "" asks for what is not known."""

    goods: str | None = None
    district: str | None = None
    operator: str | None = None
    unit: str | None = None  # with a price asked in this unit
    is_marked: bool = False  # with a mark-up
    is_compared: bool = False  # with a line and a reference to it
    is_reached: bool = False  # at or above the line

    def holds(self, case: PriceCase) -> bool:
        place = (case.goods, case.district, case.operator)
        return (
            _fits(place, (self.goods, self.district, self.operator))
            and (self.unit is None or (case.told.asked is not None and case.told.unit == self.unit))
            and (not self.is_marked or case.rise is not None)
            and (not self.is_compared or case.standing in COMPARED)
            and (not self.is_reached or case.standing == Standing.REACHED)
        )


COMPARED = (Standing.BELOW, Standing.REACHED)


def window_of(day: date, now: datetime) -> Window:
    """A whole day, or today up to this second."""
    local = now.astimezone(LOCAL_ZONE)
    return Window(day, day, local.time().replace(microsecond=0) if day == local.date() else None)


def price_focus(person: Person, window: Window, *, with_read: bool = False) -> Focus:
    """The focus list of the one day of a window as this person may see it; a constant number of queries."""
    lines = price_lines()
    cases = price_cases(person, window, lines, with_read=with_read)
    days: Counter[Place] = Counter()
    weeks: Counter[Place] = Counter()
    before = Window(window.first - WEEK * DAY, window.first - DAY, window.until)
    for on, *place, count in earlier_counts(person, before):
        key = (place[0], place[1], place[2])
        weeks[key] += count
        days[key] += count * (on == before.last)
    codes = {one.district for one in cases if one.district}
    return Focus(window, tuple(cases), days, weeks, lines, district_names(codes))


def chosen(person: Person, window: Window, choice: Choice, *, with_read: bool = False) -> list[PriceCase]:
    """Exactly the cases that a number counts, newest first."""
    found = price_cases(person, window, price_lines(), with_read=with_read)
    return [case for case in found if choice.holds(case)]


def district_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of divisions by code; one query."""
    wanted = set(codes)
    return dict(Division.objects.filter(code__in=wanted).values_list("code", "name")) if wanted else {}


def _fits(place: Place, wanted: tuple[str | None, str | None, str | None]) -> bool:
    return all(value is None or said == value for said, value in zip(place, wanted, strict=True))


def _summed(counts: Mapping[Place, int], at: Sequence[int]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for place, count in counts.items():
        found[tuple(place[number] for number in at)] += count
    return found


def _group(
    by: tuple[str, ...], key: tuple[str, ...], cases: Sequence[PriceCase], day_before: int, week_before: int
) -> Group:
    rises = [one.rise.share for one in cases if one.rise is not None]
    parties = [one.party for one in cases if one.party is not None]
    return Group(
        by=by,
        key=key,
        cases=len(cases),
        people=len(set(parties)),
        nameless=len(cases) - len(parties),
        day_before=day_before,
        week_before=week_before,
        prices=_prices(cases) if "goods" in by else None,
        marked=len(rises),
        highest=max(rises, default=None),
        compared=sum(one.standing in COMPARED for one in cases),
        reached=sum(one.standing == Standing.REACHED for one in cases),
    )


def _prices(cases: Sequence[PriceCase]) -> Prices | None:
    """Prices of different units are never set beside each other; a price without a unit only where none has one."""
    by_unit: dict[str, list[Decimal]] = defaultdict(list)
    for one in cases:
        if one.told.asked is not None:
            by_unit[one.told.unit].append(one.told.asked)
    if not by_unit:
        return None
    unit, asked = max(by_unit.items(), key=lambda one: (bool(one[0]), len(one[1]), one[0]))
    others = sum(map(len, by_unit.values())) - len(asked)
    return Prices(unit, len(asked), min(asked), median(asked), max(asked), others)
