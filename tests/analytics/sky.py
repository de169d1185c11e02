"""The lunar new year reckoned from the sun and the moon, without any table: slow, and only for the test of the table.

GB/T 33661-2017: months begin on the day (in Beijing) of the new moon; the month with the winter solstice is the
eleventh; where thirteen months lie between two of those, the first without a major solar term is a leap month.
New moons after J. Meeus, Astronomical Algorithms, chapter 49; the sun's longitude after chapter 25 (0.01°).
"""

from datetime import UTC, date, datetime, timedelta, timezone
from math import floor, radians, sin

BEIJING = timezone(timedelta(hours=8))
EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)
DYNAMICAL = timedelta(seconds=70)  # TT − UT: 57 s in 1990, about 93 s in 2050


def moment(julian_day: float) -> datetime:
    return EPOCH + timedelta(days=julian_day - 2451545.0) - DYNAMICAL


def new_moon(k: int) -> datetime:
    """The k-th new moon after that of January 2000."""
    t = k / 1236.85
    e = 1 - 0.002516 * t
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t * t)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    latitude = radians(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * k + 0.0020672 * t * t)
    terms = (
        (-0.40720, moon), (0.17241 * e, sun), (0.01608, 2 * moon), (0.01039, 2 * latitude),
        (0.00739 * e, moon - sun), (-0.00514 * e, moon + sun), (0.00208 * e * e, 2 * sun),
        (-0.00111, moon - 2 * latitude), (-0.00057, moon + 2 * latitude), (0.00056 * e, 2 * moon + sun),
        (-0.00042, 3 * moon), (0.00042 * e, sun + 2 * latitude), (0.00038 * e, sun - 2 * latitude),
        (-0.00024 * e, 2 * moon - sun), (-0.00017, node), (0.000325, radians(299.77 + 0.107408 * k)),
        (0.000165, radians(251.88 + 0.016321 * k)), (0.000164, radians(251.83 + 26.651886 * k)),
        (0.000126, radians(349.42 + 36.412478 * k)), (0.000110, radians(84.66 + 18.206239 * k)),
    )  # fmt: skip
    mean = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t
    return moment(mean + sum(size * sin(angle) for size, angle in terms))


def longitude(at: datetime) -> float:
    """The apparent longitude of the sun in degrees."""
    t = (at + DYNAMICAL - EPOCH) / timedelta(days=36525)
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * sin(node)) % 360


def major_term(day: date) -> int:
    """How many twelfths of the way from the spring equinox the sun has gone as the day begins in Beijing."""
    return floor(longitude(datetime(day.year, day.month, day.day, tzinfo=BEIJING)) / 30)


def month_begins(k: int) -> date:
    return new_moon(k).astimezone(BEIJING).date()


def has_major_term(k: int) -> bool:
    return major_term(month_begins(k)) != major_term(month_begins(k + 1))


def eleventh_month(year: int) -> int:
    """The number of the new moon that begins the month with the winter solstice (270°) of the year."""
    k = floor((year + 0.93 - 2000) * 12.3685) - 2
    while not major_term(month_begins(k)) < 9 <= major_term(month_begins(k + 1)):
        k += 1
    return k


def new_year(year: int) -> date:
    """The first day of the first month of the lunar year that begins in this year."""
    eleventh = eleventh_month(year - 1)
    leap = None
    if eleventh_month(year) - eleventh == 13:
        leap = next(k for k in range(eleventh + 1, eleventh + 13) if not has_major_term(k))
    return month_begins(eleventh + 3 if leap in (eleventh + 1, eleventh + 2) else eleventh + 2)
