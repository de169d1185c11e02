"""What is known about sessions: whose are open, how long they last, and their browsers in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, PersonSession
from suqing.accounts.policy import SESSION_HOURS, SESSION_IDLE
from suqing.ledger.queries import settings_of

N_ = str
# The first that fits counts: Edge also calls itself Chrome, Chrome also Safari.
BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    (N_("WeChat"), r"MicroMessenger/(\d+)"),
    (N_("DingTalk"), r"DingTalk/(\d+)"),
    (N_("QQ Browser"), r"M?QQBrowser/(\d+)"),
    (N_("UC Browser"), r"UCBrowser/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Headless)?(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* .*Safari"),
)
SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPad", r"iPad"),
    ("iPhone", r"iPhone"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux"),
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sessions last by local policy."""

    idle: timedelta
    whole: timedelta

    def end(self, began: datetime, seen: datetime) -> datetime:
        return min(seen + self.idle, began + self.whole)


def lasting() -> Lasting:
    """One query."""
    rules = settings_of([SESSION_IDLE.key, SESSION_HOURS.key])
    return Lasting(
        timedelta(minutes=rules[SESSION_IDLE.key]),
        timedelta(hours=rules[SESSION_HOURS.key]),
    )


def sessions_of(person: Person) -> list[PersonSession]:
    """The sessions that are open, the one used last first; one query."""
    open_ = PersonSession.objects.filter(person=person, ends_at__gt=timezone.now())
    alive = Session.objects.values("session_key")
    return list(open_.filter(session_key__in=alive).order_by("-seen_at", "-pk"))


def browser_words(agent: str) -> str:
    """“Chrome 140 on Windows”, as far as the browser says it."""
    system = next((name for name, sign in SYSTEMS if re.search(sign, agent)), "")
    for name, sign in BROWSERS:
        if found := re.search(sign, agent):
            browser = f"{_(name)} {found[1]}"
            break
    else:
        return system or _("unknown browser")
    if not system:
        return browser
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
