"""A new version of the redactor makes the texts of older contacts and cases again, with all that is made from them.

Search and the mirror follow the rows by themselves; bands and topics of a case are written here, in the transaction
that changes its text.  A text never shows a name that it masked: where an operator was a natural person, or a mask
would go, the masked text is redacted once more in place of what was said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from suqing.cases.actions import topics
from suqing.cases.models import Case, Submission, TextBand, TextRedaction
from suqing.cases.near_text import bands_of
from suqing.cases.prepared import plain
from suqing.taxonomy.text.redact import REDACTOR_VERSION, match_text

BATCH = 500  # rows
MASKED = re.compile(r"[㐀-鿿]\*{1,3}(?!\*)")
WRITTEN = ["match_text", "redactor_version"]


def begin_redacting() -> TextRedaction:
    """Return the run of the version in force; it ends with the rows that are there when it is first asked for."""
    defaults = {
        "until_submission": Submission.objects.aggregate(last=Max("pk"))["last"] or 0,
        "until_case": Case.objects.aggregate(last=Max("pk"))["last"] or 0,
    }
    return TextRedaction.objects.get_or_create(version=REDACTOR_VERSION, defaults=defaults)[0]


@transaction.atomic
def redact_some(*, at: datetime, size: int = BATCH) -> bool:
    """Make the next texts again, contacts before cases; False when all are of the version in force.

    Safe to kill and to repeat: a batch is written wholly or not at all, and a text of the version stays.
    """
    run = TextRedaction.objects.select_for_update().get(version=REDACTOR_VERSION)
    if run.finished_at is not None:
        return False
    if not _contacts(run, size) and not _cases(run, size, at):
        run.finished_at = at
    run.save()
    return run.finished_at is None


def again(narrative: str, masked: str, *, has_person: bool) -> str:
    """Redact a narrative again; from its masked text where names stand hidden in it that rules may not know."""
    text = match_text(masked if has_person else plain(narrative)).text
    lost = Counter(MASKED.findall(masked)) - Counter(MASKED.findall(text))
    return match_text(masked).text if lost else text


def _contacts(run: TextRedaction, size: int) -> bool:
    persons = Case.objects.filter(submission=OuterRef("pk"), entity__person_ref__isnull=False)
    rows = list(
        Submission.objects.select_for_update(of=("self",))
        .filter(pk__gt=run.last_submission, pk__lte=run.until_submission)
        .annotate(has_person=Exists(persons))
        .order_by("pk")[:size]
    )
    if not rows:
        return False
    old = [row for row in rows if row.redactor_version < run.version]
    for row in old:
        row.match_text = again(row.narrative, row.match_text, has_person=row.has_person)
        row.redactor_version = run.version
    Submission.objects.bulk_update(old, WRITTEN)
    run.last_submission = rows[-1].pk
    return True


def _cases(run: TextRedaction, size: int, at: datetime) -> bool:
    persons = Case.objects.filter(submission=OuterRef("submission"), entity__person_ref__isnull=False)
    rows = list(
        Case.objects.select_for_update(of=("self",))
        .filter(pk__gt=run.last_case, pk__lte=run.until_case)
        .annotate(has_person=Exists(persons))
        .order_by("pk")[:size]
    )
    if not rows:
        return False
    old = [row for row in rows if row.redactor_version < run.version]
    changed = []
    for row in old:
        text = again(row.narrative, row.match_text, has_person=row.has_person)
        if text != row.match_text:
            changed.append(row)
        row.match_text, row.redactor_version = text, run.version
    Case.objects.bulk_update(old, WRITTEN)
    _follow(changed, at)
    run.last_case = rows[-1].pk
    return True


def _follow(changed: Sequence[Case], at: datetime) -> None:
    """Write bands and topics of the cases whose text changed."""
    if not changed:
        return
    TextBand.objects.filter(case__in=changed).delete()
    bands = [TextBand(case=case, key=key) for case in changed for key in bands_of(case.match_text)]
    TextBand.objects.bulk_create(bands, ignore_conflicts=True)
    topics.renew(cases=[case.pk for case in changed], at=at, with_texts=True)
