"""What the centre does by itself: limits are counted anew after a change, and warned of before they end."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from suqing.cases.actions.attachment_texts import read_waiting, waiting
from suqing.cases.actions.attachments import let_go
from suqing.cases.actions.class_reviews import look_at_some
from suqing.cases.actions.escalation import climb
from suqing.cases.actions.event_search import search_some
from suqing.cases.actions.import_files import remove_old_files
from suqing.cases.actions.importing_slices import imports_waiting, work_off_imports
from suqing.cases.actions.order_messages import warn_of_orders
from suqing.cases.actions.quality_report import tell_daily
from suqing.cases.actions.recount import finish_runs, note_changes
from suqing.cases.actions.redaction import begin_redacting, redact_some
from suqing.cases.actions.similar import begin_indexing, index_some
from suqing.cases.actions.warnings import warn
from suqing.ledger.queries import centre_now


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.recount_due", lock="cases.recount", pass_context=False)
def recount_due(timestamp: int) -> int:  # noqa: ARG001  (procrastinate tells which minute it is; the centre has its own)
    """Open a run for each change of calendar or policy and work off all that are not finished."""
    now = centre_now()
    note_changes(at=now)
    return finish_runs(at=now)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="cases.warn_of_limits", pass_context=False)
def warn_of_limits(timestamp: int) -> int:  # noqa: ARG001
    """Tell who handles a case that a limit of it ends soon or has been broken."""
    return warn(at=centre_now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="cases.warn_of_supervision", pass_context=False)
def warn_of_supervision(timestamp: int) -> int:  # noqa: ARG001
    """Tell units that owe a reply to a supervision order: 48 and 24 hours before its day ends, and when it has."""
    return warn_of_orders(by="system:supervision", at=centre_now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="cases.climb_ladder", pass_context=False)
def climb_ladder(timestamp: int) -> int:  # noqa: ARG001
    """Tell the next rung of reminders that nobody answered and of limits that stay broken; in duty hours only."""
    return climb(at=centre_now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.index_older_texts", lock="cases.index_older_texts", pass_context=False)
def index_older_texts(timestamp: int) -> bool:  # noqa: ARG001
    """Index the texts of cases from before the index of near-duplicates, twenty seconds of each minute."""
    until = timezone.now() + timedelta(seconds=20)
    begin_indexing()
    while timezone.now() < until:
        if not index_some(at=centre_now()):
            return False
    return True


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.find_events", lock="cases.find_events", pass_context=False)
def find_events(timestamp: int) -> bool:  # noqa: ARG001
    """Place new cases among those of the last weeks and propose what comes together, twenty seconds of each minute."""
    until = timezone.now() + timedelta(seconds=20)
    while timezone.now() < until:
        if not search_some(at=centre_now()):
            return False
    return True


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.redact_older_texts", lock="cases.redact_older_texts", pass_context=False)
def redact_older_texts(timestamp: int) -> bool:  # noqa: ARG001
    """Make texts of an older version of the redactor again, ten seconds of each minute."""
    until = timezone.now() + timedelta(seconds=10)
    begin_redacting()
    while timezone.now() < until:
        if not redact_some(at=centre_now()):
            return False
    return True


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.look_at_classes", lock="cases.look_at_classes", pass_context=False)
def look_at_classes(timestamp: int) -> int:  # noqa: ARG001
    """Have the models look at the classes of cases that came in, fifteen seconds of each minute."""
    until = timezone.now() + timedelta(seconds=15)
    done = 0
    while timezone.now() < until:
        if not (some := look_at_some(at=centre_now())):
            break
        done += some
    return done


def begin_reading(attachment: int) -> None:
    """Have the text of a file read at once, not only at the next full minute."""
    read_attachment.defer(attachment=attachment)


@app.task(pass_context=False, lock="cases.read_attachment")
def read_attachment(attachment: int) -> str:
    """Read the text of one file; nothing happens if another did it meanwhile."""
    return read_waiting(attachment)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.attachments_due", lock="cases.read_attachment", pass_context=False)
def attachments_due(timestamp: int) -> int:  # noqa: ARG001
    """Read the texts whose reader died, for some seconds, and let go of files that were removed long ago."""
    until = timezone.now() + timedelta(seconds=20)
    for attachment in waiting():
        if timezone.now() < until:
            read_waiting(attachment)
    return let_go(at=centre_now())


@app.periodic(cron="27 * * * *")
@app.task(queueing_lock="cases.import_files_due", pass_context=False)
def import_files_due(timestamp: int) -> int:  # noqa: ARG001
    """Remove the files of imports that ended long ago."""
    return remove_old_files(at=centre_now())


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="cases.tell_of_quality", pass_context=False)
def tell_of_quality(timestamp: int) -> int:  # noqa: ARG001
    """Tell supervisors in the morning what the entries of yesterday lack; once a day."""
    return tell_daily(at=centre_now())


def begin_importing() -> None:
    """Have imports that wait read on at once, not only at the next full minute."""
    try:
        with transaction.atomic():
            import_files.defer()
    except AlreadyEnqueued:
        pass  # the job that waits already will find the new one too


@app.task(queueing_lock="cases.import_files", pass_context=False)
def import_files() -> int:
    """Check and import rows of files for a while, oldest run first, then make room for other jobs and go on later."""
    done, is_more = work_off_imports(now=centre_now)
    if is_more:
        begin_importing()
    return done


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.imports_due", pass_context=False)
def imports_due(timestamp: int) -> int:  # noqa: ARG001
    """Take up imports whose worker died."""
    if not imports_waiting():
        return 0
    begin_importing()
    return 1
