"""One registration at the desk with 1,000, 10,000 and 50,000 cases behind it: flat, or growing with the centre?

python benchmarks/registration.py [--record]

Through the action, with all it writes (contact, case, clocks, topics, keys, events), on a database that waits for the
disk as a real centre's does.  The cases before are registered by the same action, gathered.
"""

from __future__ import annotations

import random
from time import perf_counter

from ground.centre import NOW, Filling, a_contact, make_people, throw_away_database
from ground.telling import spread, tell, times

SIZES = (1_000, 10_000, 50_000)
REPEATS = 200


def main() -> None:
    with throw_away_database(durable=True):
        from suqing.cases.actions.registration import register

        people, rng = make_people(), random.Random(1)
        filling = Filling(people, SIZES[-1], dispatching=False)
        found, middles = [], []
        began = perf_counter()
        for size in SIZES:
            filling.until(size)

            def one() -> None:
                register(submission=a_contact(rng, NOW), by=people.taker, at=NOW)

            times(one, 20)  # plans, caches and the classes of the day
            measured = times(one, REPEATS)
            middles.append(sorted(measured)[REPEATS // 2])
            found.append(f"{size:,} cases: {spread(measured)}")
        found.append(f"50,000 against 1,000: {middles[-1] / middles[0]:.2f} times")
        found.append(f"the whole benchmark, loading included: {perf_counter() - began:.0f} s")
        tell("registration", f"{REPEATS} registrations at each size", found)


if __name__ == "__main__":
    main()
