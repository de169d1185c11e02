"""What pages say of a file of a case: its row, the proof that a look at it was logged, what its text offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.actions.corrections import may_correct
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseAttachment
from suqing.cases.receipts import offers
from suqing.files.models import FileKind
from suqing.files.previews import DRAWN
from suqing.web.wording import day_text, money_text, number_text

SEEN_SECONDS = 3600
ICONS = {FileKind.MP3: "file-music", FileKind.MP4: "movie", FileKind.XLSX: "table"}
PLAYERS = {FileKind.MP3: "audio", FileKind.MP4: "video"}
_SALT = "suqing.web.file-look"


def seen(person: Person, attachment: CaseAttachment) -> str:
    """Proof, for an hour, that this person's look at this file has been logged: pictures of one page log no more."""
    return signing.dumps([person.pk, attachment.pk], salt=_SALT, compress=False)


def was_seen(person: Person, attachment: CaseAttachment, token: str) -> bool:
    """Whether the token says that this very person looked at this very file a short while ago."""
    if not token:
        return False
    try:
        return bool(signing.loads(token, salt=_SALT, max_age=SEEN_SECONDS) == [person.pk, attachment.pk])
    except signing.BadSignature:
        return False


def row_of(case: Case, attachment: CaseAttachment, *, token: str = "") -> dict[str, Any]:
    """A file as lists and its own page show it; with a token its small picture and its name are shown too."""
    assert attachment.file is not None
    kind = FileKind(attachment.file.kind)
    key = [case.number, attachment.pk]
    proof = f"?{urlencode({'seen': token})}" if token else ""
    return {
        "pk": attachment.pk,
        "name": attachment.name if token else "",
        "kind": str(kind.label),
        "size": size_text(attachment.file.size),
        "icon": ICONS.get(kind, "photo" if kind in (FileKind.JPG, FileKind.PNG) else "file-text"),
        "small": reverse("case-file-page", args=[*key, 0]) + proof if token and kind in DRAWN else "",
        "url": reverse("case-file", args=key),
        # With the proof of a look these show in the page of the case itself.
        "here": reverse("case-file", args=key) + proof if token and kind in DRAWN else "",
        "player": PLAYERS.get(kind, "") if token else "",
        "download": reverse("case-file-download", args=key) + proof,
        "added_by": attachment.added_by.display_name,
        "added_by_pk": attachment.added_by_id,
        "added_at": attachment.added_at,
        "removed_by": attachment.removed_by.display_name if attachment.removed_by else "",
        "removed_at": attachment.removed_at,
        "remove": reverse("case-file-remove", args=key),
        "restore": reverse("case-file-restore", args=key),
        "read": reverse("case-file-read", args=key) if kind in DRAWN else "",
        "text_state": attachment.text_state,
    }


def size_text(size: int) -> str:
    """A size for people."""
    if size < 1024 * 1024:
        return f"{number_text(max(1, round(size / 1024)))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def offers_of(person: Person, case: Case, texts: Iterable[str], now: datetime) -> list[tuple[str, str]]:
    """What texts offer to fill in, as (words, address of the form with it filled in); empty for who may not correct."""
    text = "\n".join(filter(None, texts))
    if not text or not may_correct(person, case):
        return []
    today = local_day(now)
    found = offers(text, today=today)
    form = reverse("case-facts", args=[case.number])
    made = [
        (
            _("Amount %(amount)s") % {"amount": money_text(amount)},
            f"{form}?{urlencode({'amount': str(amount)})}",
        )
        for amount in found.amounts
        if amount != case.amount
    ]
    made += [
        (
            _("Date %(day)s") % {"day": day_text(day, today)},
            f"{form}?{urlencode({'incident_on': day.isoformat()})}",
        )
        for day in found.days
        if day != case.incident_on
    ]
    return made
