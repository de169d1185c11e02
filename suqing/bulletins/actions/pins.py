"""Letting pins go that nothing stands on: of drafts that were counted anew or thrown away."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from suqing.analytics.mirror import pins
from suqing.analytics.models import Snapshot
from suqing.analytics.pinned import PINS
from suqing.bulletins.models import Bulletin, BulletinFigure

# A pin is made before the snapshot that names it is committed.
GRACE_SECONDS = 3600.0


def release_pins(*, grace: float = GRACE_SECONDS) -> list[str]:
    """Remove the files of pins that no bulletin and no figure names; return which.

    What is issued keeps its pin for ever, a draft keeps the one it was counted from last.
    """
    root = Path(settings.SUQING_MIRROR) / PINS
    if not root.is_dir():
        return []
    named = Q(pk__in=Bulletin.objects.values("snapshot")) | Q(
        pk__in=BulletinFigure.objects.values("snapshot")
    )
    kept = set(Snapshot.objects.filter(named).exclude(pin="").values_list("pin", flat=True))
    released = []
    for folder in sorted(root.iterdir()):
        if folder.name not in kept and time.time() - folder.stat().st_mtime > grace:
            pins.remove(folder)
            released.append(folder.name)
    return released
