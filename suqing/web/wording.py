"""How moments, durations and numbers are written for people, in Chinese and in English."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


def weekday(day: date) -> str:
    """周一 … 周日."""
    names = (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )
    return names[day.weekday()]


def month(day: date) -> str:
    """The month as a day is written with it: a number in Chinese, a short name in English."""
    names = (
        pgettext("month", "Jan"),
        pgettext("month", "Feb"),
        pgettext("month", "Mar"),
        pgettext("month", "Apr"),
        pgettext("month", "May"),
        pgettext("month", "Jun"),
        pgettext("month", "Jul"),
        pgettext("month", "Aug"),
        pgettext("month", "Sep"),
        pgettext("month", "Oct"),
        pgettext("month", "Nov"),
        pgettext("month", "Dec"),
    )
    return names[day.month - 1]


def day_text(day: date, today: date) -> str:
    """1月27日 周一; the year only when it is not this year."""
    values = {"year": day.year, "month": month(day), "day": day.day, "weekday": weekday(day)}
    if day.year == today.year:
        return pgettext("a day of this year", "{weekday} {day} {month}").format(**values)
    return pgettext("a day of another year", "{weekday} {day} {month} {year}").format(**values)


def moment_text(at: datetime, now: datetime, zone: tzinfo) -> str:
    """1月27日 周一 14:05, in the zone of the centre."""
    local = at.astimezone(zone)
    return f"{day_text(local.date(), now.astimezone(zone).date())} {local:%H:%M}"


def exact_text(at: datetime, zone: tzinfo) -> str:
    """2020-01-27 14:05:09 +08:00, for titles."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def amount_text(count: int, unit: str) -> str:
    """2 个工作日; ``unit`` is working_day, day, hour or minute."""
    texts: dict[str, str] = {
        "working_day": ngettext("%(count)d working day", "%(count)d working days", count),
        "day": ngettext("%(count)d day", "%(count)d days", count),
        "hour": ngettext("%(count)d hour", "%(count)d hours", count),
        "minute": ngettext("%(count)d minute", "%(count)d minutes", count),
    }
    return texts[unit] % {"count": count}


def remaining_text(count: int, unit: str = "working_day") -> str:
    """还剩 2 个工作日, 今天到期, 已超期 3 个工作日 (negative counts)."""
    if count < 0:
        return _("%(amount)s overdue") % {"amount": amount_text(-count, unit)}
    if count == 0:
        return _("due today") if unit in ("working_day", "day") else _("due now")
    return _("%(amount)s left") % {"amount": amount_text(count, unit)}


def number_text(value: int | float | Decimal | None) -> str:
    """Exact, with thin grouping; a dash for what is not known."""
    return "—" if value is None else f"{value:,}"


def wall_text(value: int | float | Decimal) -> str:
    """1.2万 from 10,000 up, for wallboards only."""
    if -10_000 < value < 10_000:
        return number_text(value)
    if pgettext("large numbers count in", "thousands") == "万":
        return f"{float(value) / 10_000:.1f}".rstrip("0").rstrip(".") + "万"
    return f"{float(value) / 1_000:.1f}".rstrip("0").rstrip(".") + "k"


def money_text(yuan: Decimal | int | None) -> str:
    """1,234.50 元."""
    if yuan is None:
        return "—"
    return _("%(amount)s yuan") % {"amount": f"{Decimal(yuan):,.2f}"}
