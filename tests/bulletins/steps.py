"""A draft on its way to its issue, in the hands of two people."""

from __future__ import annotations

from datetime import datetime

from suqing.bulletins.actions import approve, issue, submit
from suqing.bulletins.models import Bulletin
from tests.cast import Cast


def approved(bulletin: Bulletin, cast: Cast, at: datetime) -> Bulletin:
    """Handed in by the analyst and approved by the leader."""
    row = submit(bulletin=bulletin, revision=bulletin.revision, by=cast.analyst, at=at)
    return approve(bulletin=row, revision=row.revision, by=cast.leader, at=at)


def issued(bulletin: Bulletin, cast: Cast, at: datetime) -> Bulletin:
    """Approved, and issued by the editor."""
    return issue(bulletin=approved(bulletin, cast, at), by=cast.editor, at=at)
