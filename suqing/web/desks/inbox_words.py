"""What a message says to its reader: the sentence of its code, filled in and translated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

# Imported for the sentences that they declare.
from suqing.inbox import codes
from suqing.inbox.models import Message
from suqing.web.wording import day_text, moment_text

ICONS = {codes.Level.SOON: "alert-triangle", codes.Level.BREACH: "alert-octagon"}


def said(message: Message, now: datetime) -> str:
    """The sentence in the reader's language; one that this version does not know names its code."""
    try:
        sentence = codes.sentence(message.code)
    except codes.UnknownCode:
        return _("A message of a kind that is not known here: %(code)s") % {"code": message.code}
    values = {name: _value(value, now) for name, value in message.values.items()}
    missing = dict.fromkeys(sentence.places - set(values), "—")
    return _(sentence.text) % {**values, **missing}


def icon_of(message: Message) -> str:
    """The picture beside it; the level stands beside it in words."""
    try:
        return codes.sentence(message.code).icon
    except codes.UnknownCode:
        return "bell"


def link_of(message: Message) -> str:
    """The address it leads to, "" if there is none any more."""
    if not message.link_name:
        return ""
    try:
        return reverse(message.link_name, args=message.link_args)
    except NoReverseMatch:
        return ""


def _value(value: Any, now: datetime) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "msgid" in value:
        text: str = value["msgid"]
        return _(text)
    if "day" in value:
        return day_text(date.fromisoformat(value["day"]), now.date())
    return moment_text(datetime.fromisoformat(value["moment"]), now, timezone.get_current_timezone())
