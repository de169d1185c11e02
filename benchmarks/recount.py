"""Counting every running limit anew after a change of the calendar: clocks a second, and again when nothing moves.

python benchmarks/recount.py [--record]
"""

from __future__ import annotations

from datetime import date
from time import perf_counter

from ground.centre import NOW, SYSTEM, Filling, make_people, throw_away_database
from ground.telling import tell

CASES = 20_000
CHANGED = date(2020, 2, 10)  # a Monday declared off: whatever counts working days across it moves


def main() -> None:
    with throw_away_database():
        Filling(make_people(), CASES).until(CASES)
        tell("recount", f"{CASES:,} cases of 60 days, none decided yet", _measured())


def _measured() -> list[str]:
    from suqing.cases.actions.recount import recount_clocks
    from suqing.lawclock.actions import change_day

    change_day(day=CHANGED, is_off=True, name="演练", notice="benchmark", by=SYSTEM, at=NOW)
    began = perf_counter()
    moved = recount_clocks("moved", at=NOW)
    seconds = perf_counter() - began
    began = perf_counter()
    still = recount_clocks("still", at=NOW)
    again = perf_counter() - began
    return [
        f"{moved.counted:,} clocks counted anew, {moved.changed:,} moved: {seconds:.1f} s, {moved.counted / seconds:,.0f} clocks/s",
        f"the same again, {still.changed:,} moved: {again:.1f} s, {still.counted / again:,.0f} clocks/s",
    ]


if __name__ == "__main__":
    main()
