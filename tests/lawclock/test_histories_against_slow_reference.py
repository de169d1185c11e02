"""Random histories of cases — pauses, extensions, restarts, transfers, calendar and policy that change on the way —
day by day against the slow reference, over every regime.

The book of a case is the product's own, with calendar and policy handed to it; the reference keeps its own diary of
which days were told to be left out and recounts from the start each time.  Nothing is written to a database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest

from suqing.cases.actions.clocks import ClockBook
from suqing.cases.models import Case, Clock
from suqing.cases.reckoning import explained, limit_of, stands_still
from suqing.cases.vocabulary import ClockState, Kind
from suqing.lawclock.arithmetic import NotExtendable
from suqing.lawclock.calendars import DayRule, WorkCalendar, shipped_calendar, shipped_years
from suqing.lawclock.limits import Trigger
from suqing.lawclock.policies import Policy, Rolling, Unit
from suqing.lawclock.spans import Extension, Span
from tests.cast import SHANGHAI
from tests.lawclock import slow_reference

HISTORIES = 300  # for each of four limits under each of three regimes: 3600 in all
FIRST = {"O20": date(2020, 1, 1), "O20+XBLR": date(2024, 7, 1), "O121": date(2024, 4, 15)}
# Days after the first on which a history may begin, so that a year's calendar is always there.
SPREAD = {"O20": 1400, "O20+XBLR": 250, "O121": 250}
TRIGGERS = {
    "mediation": (Kind.COMPLAINT, Trigger.ACCEPTED),
    "check": (Kind.REPORT, Trigger.RECEIVED),
    "leads": (Kind.REPORT, Trigger.LEAD_FOUND),
    "decision": (Kind.REPORT, Trigger.CASE_FILED),
}
KINDS = (
    "testing",
    "inspection",
    "verification",
    "appraisal",
    "quarantine",
    "hearing",
    "suspension",
    "recusal",
)
SHIPPED = shipped_calendar()
RULES = [rule for file in shipped_years() for rule in file.rules]


@dataclass
class Slow:
    """What the reference remembers of one limit: its start, the days left out, what was added to it."""

    clock: Clock
    start: date
    amount: int
    only_working: bool
    rungs: tuple[int | None, ...]  # the extensions the law allows
    leaves_out: frozenset[str]
    closed: list[tuple[str, date, date]] = field(default_factory=list)
    open: dict[str, date] = field(default_factory=dict)
    added: list[tuple[date, int]] = field(default_factory=list)

    def last(
        self, world: World, *, until: date | None = None, extended: bool = True, rolled: bool = True
    ) -> date:
        """The last day; open periods are taken to reach to ``until`` or the last extension granted in them."""
        granted = [on for on, _amount in self.added]
        reach = until or (max(granted) if granted else None)

        def inside(day: date) -> bool:
            for kind, first, end in self.closed:
                if first <= day <= end and self.counts_out(kind, world):
                    return True
            for kind, first in self.open.items():
                if reach is not None and first <= day <= reach and self.counts_out(kind, world):
                    return True
            return False

        total = self.amount + (sum(more for _on, more in self.added) if extended else 0)
        moves = world.policy.rolling.value if rolled else "none"
        return slow_reference.day_by_day(
            self.start, total, self.only_working, world.corrections, inside, moves
        )

    def last_grant(self) -> date:
        return max((on for on, _more in self.added), default=date.min)

    def counts_out(self, kind: str, world: World) -> bool:
        if kind == "recusal":
            return self.leaves_out >= {"recusal"} and world.policy.recusal_stops_mediation
        return kind in self.leaves_out

    def stands_still(self, world: World) -> bool:
        last = self.last(world, rolled=False)
        return any(first <= last and self.counts_out(kind, world) for kind, first in self.open.items())


@dataclass
class World:
    """The calendar and policy of one history, and the book of its case beside the diary of the reference."""

    book: ClockBook
    today: date
    policy: Policy = field(default_factory=Policy)
    corrections: dict[date, bool] = field(default_factory=dict)
    calendar: WorkCalendar = SHIPPED
    slow: list[Slow] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def set_law(self) -> None:
        self.book.law = (self.calendar, self.policy)

    def adopt(self) -> None:
        """Let the reference follow clocks that were started in the book."""
        known = {id(one.clock) for one in self.slow}
        for clock in self.book.clocks:
            if id(clock) in known:
                continue
            limit = limit_of(clock)
            more = {"recusal"} if limit.is_mediation else set()
            made = Slow(
                clock,
                clock.started_at.astimezone(SHANGHAI).date(),
                limit.amount,
                limit.unit is Unit.WORKING_DAY,
                tuple(step.amount for step in limit.extensions),
                frozenset(limit.excluded) | more,
            )
            # What is open when a limit begins is open for it too.
            for other in self.slow:
                if other.clock.state in (ClockState.RUNNING, ClockState.PAUSED):
                    made.open.update({k: v for k, v in other.open.items() if k in made.leaves_out})
            self.slow.append(made)

    def running(self) -> list[Slow]:
        return [one for one in self.slow if one.clock.state in (ClockState.RUNNING, ClockState.PAUSED)]


def moment(day: date, hour: int = 11) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def begun(regime: str, what: str, rng: random.Random) -> World:
    kind, trigger = TRIGGERS[what]
    start = FIRST[regime] + timedelta(days=rng.randrange(SPREAD[regime]))
    book = ClockBook(Case(pk=1, kind=kind, regime=regime, received_at=moment(start)))
    world = World(book, start)
    world.set_law()
    book.start(trigger, moment(start))
    world.adopt()
    return world


def step(world: World, rng: random.Random) -> None:
    """Something happens to the case, or to the world, or only time passes."""
    world.today += timedelta(days=rng.choice((0, 1, 1, 2, 3, 5, 8, 13)))
    # Each step of a case opens a book of its own on the same clocks.
    world.book = ClockBook(world.book.case, world.book.clocks, law=world.book.law)
    deeds = (pause, pause, go_on, go_on, extend, extend, restart, change_calendar, change_policy)
    rng.choice(deeds)(world, rng)


def pause(world: World, rng: random.Random) -> None:
    kind = rng.choice(KINDS)
    waiting = [one for one in world.running() if kind in one.leaves_out]
    if not waiting or any(kind in one.open for one in waiting):
        return
    begun_on = max(one.start for one in waiting)
    first = max(begun_on, world.today - timedelta(days=rng.randrange(6)))
    world.book.exclude(Span(kind, first))
    for one in waiting:
        one.open[kind] = first
    world.note("pauses")


def go_on(world: World, rng: random.Random) -> None:
    kinds = sorted({kind for one in world.running() for kind in one.open})
    if not kinds:
        return
    kind = rng.choice(kinds)
    held = [one for one in world.running() if kind in one.open]
    # The page refuses an end before an extension that rests on the pause.
    floor = max([one.open[kind] for one in held] + [on for one in held for on, _more in one.added])
    last = max(floor, world.today - timedelta(days=rng.randrange(4)))
    world.book.end_exclusion(kind, last)
    for one in held:
        one.closed.append((kind, one.open.pop(kind), last))
    world.note("pauses ended")


def extend(world: World, rng: random.Random) -> None:
    for one in world.running():
        if not one.rungs:
            continue
        rung = one.rungs[len(one.added)] if len(one.added) < len(one.rungs) else 0
        amount = rng.randrange(1, 40) if rung is None else None
        last = one.last(world, until=max(world.today, one.last_grant()))
        in_time = world.today <= last and rung != 0
        one.clock.pk = one.clock.pk or rng.randrange(10**9)
        try:
            world.book.extend(one.clock, Extension(world.today, "局长", amount))
        except NotExtendable as refusal:
            assert not in_time, (refusal, world.today, last)
            assert refusal.code == ("too_many" if rung == 0 else "too_late")
            world.note(f"extensions refused {refusal.code}")
        else:
            assert in_time
            one.added.append((world.today, rung or amount or 0))
            world.note("extensions")


def restart(world: World, rng: random.Random) -> None:
    """A merged repeat report, or another unit that turned out to be competent: the limit begins anew from a day."""
    if rng.random() < 0.6:
        return
    names = frozenset(one.clock.limit for one in world.running())
    world.book.restart(names, moment(world.today))
    open_now = {kind: first for one in world.slow for kind, first in one.open.items()}
    ended = [one for one in world.slow if one.clock.state == ClockState.VOID]
    world.adopt()
    for one in world.running():
        one.open = {kind: first for kind, first in open_now.items() if kind in one.leaves_out}
    for one in ended:
        one.open.clear()
    world.note("restarts")


def change_calendar(world: World, rng: random.Random) -> None:
    for _number in range(rng.randrange(1, 4)):
        day = world.today + timedelta(days=rng.randrange(-20, 90))
        world.corrections[day] = rng.random() < 0.5
    local = [DayRule(day, off, "本地", "通知", is_local=True) for day, off in world.corrections.items()]
    world.calendar = WorkCalendar([*RULES, *local], SHIPPED.years, version=world.calendar.version + 1)
    world.set_law()
    world.book.recount()
    world.note("calendars changed")


def change_policy(world: World, rng: random.Random) -> None:
    world.policy = replace(
        world.policy,
        rolling=rng.choice(list(Rolling)),
        recusal_stops_mediation=rng.random() < 0.5,
    )
    world.set_law()
    world.book.recount()
    world.note("policies changed")


def compare(world: World) -> None:
    """Each unfinished clock ends on the day of the reference and stands still when the reference does."""
    for one in world.running():
        expected = one.last(world)
        found = one.clock.due_at.astimezone(SHANGHAI).date()
        assert found == expected, (one.clock.limit, one.start, one.closed, one.open, one.added)
        still = one.stands_still(world)
        assert (one.clock.state == ClockState.PAUSED) is still, (one.open, found)
        if still:
            compare_pause(one, world)
        else:
            told = explained(one.clock, world.calendar, world.policy, world.today)
            if not one.open:
                assert told.deadline.due_on == expected
                numbers = [line.number for line in told.days if line.is_counted]
                assert numbers == list(range(1, one.amount + sum(more for _on, more in one.added) + 1))


def compare_pause(one: Slow, world: World) -> None:
    """Days used are those the reference counts before the first open day."""
    still = stands_still(one.clock, world.calendar, world.policy)
    assert still is not None
    since = min(first for kind, first in one.open.items() if one.counts_out(kind, world))
    used, day = 0, one.start
    while day + timedelta(days=1) < since:
        day += timedelta(days=1)
        if any(first <= day <= end and one.counts_out(kind, world) for kind, first, end in one.closed):
            continue
        off = world.corrections.get(day, not slow_reference.works(day))
        used += not (one.only_working and off)
    total = one.amount + sum(more for _on, more in one.added)
    assert (still.since, still.used, still.left) == (since, min(used, total), total - min(used, total))


def histories() -> Iterator[tuple[str, str]]:
    for regime in FIRST:
        for what in TRIGGERS:
            yield regime, what


@pytest.mark.parametrize(("regime", "what"), list(histories()))
def test_random_histories_agree_with_the_reference_day_by_day(regime: str, what: str) -> None:
    rng = random.Random(f"{regime} {what}")
    total: dict[str, int] = {}
    for _number in range(HISTORIES):
        world = begun(regime, what, rng)
        assert world.running(), (regime, what)
        compare(world)
        for _step in range(rng.randrange(2, 9)):
            if world.today > date(2026, 3, 1):
                break
            step(world, rng)
            compare(world)
        for name, count in world.counts.items():
            total[name] = total.get(name, 0) + count
    print(regime, what, total)
    assert total["pauses"] > 80 and total["pauses ended"] > 30 and total["calendars changed"] > 100
    assert total["restarts"] > 40 and total["policies changed"] > 100
    if what != "mediation":
        assert total["extensions"] > 80
    if what in ("check", "leads"):
        assert total["extensions refused too_late"] > 5 and total["extensions refused too_many"] > 5
