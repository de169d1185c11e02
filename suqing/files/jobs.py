"""What is done by itself: previews are drawn before somebody asks, what belongs to nothing is removed."""

from __future__ import annotations

from collections.abc import Iterable

from procrastinate.contrib.django import app

from suqing.files.actions import sweep_files, sweep_uploads
from suqing.files.models import StoredFile
from suqing.files.previews import DRAWN, preview_of
from suqing.ledger.queries import centre_now


def begin_drawing(files: Iterable[StoredFile]) -> None:
    """Have previews drawn before somebody asks for them."""
    for file in files:
        if file.kind in DRAWN:
            draw_preview.defer(file=file.pk)


@app.task(pass_context=False)
def draw_preview(file: int) -> bool:
    """Draw the preview of a file that has just been kept."""
    found = StoredFile.objects.filter(pk=file).first()
    return found is not None and preview_of(found).is_drawn


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="files.sweep", pass_context=False)
def sweep(timestamp: int) -> int:  # noqa: ARG001
    """Remove uploads that were given up and bytes that nothing points to."""
    return sweep_uploads() + sweep_files(at=centre_now())
