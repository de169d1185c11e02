"""Whether a count rose more than chance explains: a simple first rule, until real detectors stand beside it.  Pure.

Given the counts of a day (x) and of the k days before it (n in all), x of x + n are binomial with probability
1 / (k + 1) if nothing changed, whatever the level is (Przyborowski and Wilenski 1940, two Poisson means).  The rule
flags x where a count so high has a chance below ``LEVEL`` and x is not tiny.  It knows no weekdays, no holidays and
does not correct for looking at many values at once.
"""

from __future__ import annotations

from math import exp, lgamma, log

LEVEL = 0.01
FEWEST = 5  # below this many on the day nothing is called a rise
HISTORY = 7  # days before


def chance(count: int, before: int, days: int) -> float:
    """Chance of at least ``count`` on one day when ``count + before`` fall on it and ``days`` equal ones."""
    whole, hit = count + before, 1 / (days + 1)
    terms = (
        exp(
            lgamma(whole + 1)
            - lgamma(one + 1)
            - lgamma(whole - one + 1)
            + one * log(hit)
            + (whole - one) * log(1 - hit)
        )
        for one in range(count, whole + 1)
    )
    return min(1.0, sum(terms))


def is_rise(count: int, before: int, days: int = HISTORY) -> bool:
    """Whether the day's count stands out.  Without days before nothing does."""
    if days < 1 or count < FEWEST or count * days <= before:
        return False
    return chance(count, before, days) < LEVEL
