"""What templates say: moments, durations, numbers, masked text, icons, addresses a person may open."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from suqing.web import wording
from suqing.web.context import may_open, moment_of

register = template.Library()


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | date | None) -> str | SafeString:
    """``{% when case.received_at %}``: 1月27日 周一 14:05, exact in the title; a date without time."""
    if at is None:
        return "—"
    zone = timezone.get_current_timezone()
    now = moment_of(context["request"]).now if "request" in context else timezone.now()
    if isinstance(at, datetime):
        text, exact = wording.moment_text(at, now, zone), wording.exact_text(at, zone)
        return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, text)
    text = wording.day_text(at, now.astimezone(zone).date())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), at.isoformat(), text)


@register.simple_tag
def remaining(count: int, unit: str = "working_day") -> str:
    """``{% remaining 2 %}``: 还剩 2 个工作日.  Units: working_day, day, hour, minute; negative: overdue."""
    return wording.remaining_text(count, unit)


@register.simple_tag
def amount(count: int, unit: str = "working_day") -> str:
    """``{% amount 2 %}``: 2 个工作日, beside a word such as 已超期."""
    return wording.amount_text(count, unit)


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """``{{ 12345|number }}``: 12,345."""
    return wording.number_text(value)


@register.filter
def wall(value: int | float) -> str:
    """``{{ 12345|wall }}``: 1.2万."""
    return wording.wall_text(value)


@register.filter
def money(value: Decimal | int | None) -> str:
    """``{{ amount|money }}``: 1,234.50 元.  The value is in yuan."""
    return wording.money_text(value)


@register.filter
def masked(text: str) -> SafeString:
    """``{{ "138****5678"|masked }}``: looks masked and says so."""
    return format_html('<span class="masked" title="{}">{}</span>', _("Masked personal data"), text)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """``{% icon "phone" %}``, ``{% icon "phone" "small" %}``: decoration; the word stands beside it.

    A name that is not yet in frontend/icons.json must be added there.
    """
    extra = f" is-{size}" if size else ""
    return format_html(
        '<svg class="icon-sq{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("dist/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def verb_url(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """``{% verb_url "case-accept" case.number as url %}``: the address, or nothing if it is closed."""
    if not may_open(context["request"].user, name):
        return ""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.filter
def control(field: BoundField) -> SafeString:
    """``{{ form.amount|control }}``: the field's widget with the classes of the style."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    if isinstance(widget, CheckboxInput):
        style = "form-check-input"
    else:
        style = "form-select" if isinstance(widget, Select) else "form-control"
    known = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{style} {known}".strip()})


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether the field is a group of choices and needs a legend instead of a label."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the field is one box to tick."""
    return isinstance(field.field.widget, CheckboxInput)
