"""Limits of files.  All are local policy.

The national web form takes at most 4 files of 5 MB from the public (12315.cn); what staff add to a case is limited
by no published source.
"""

from __future__ import annotations

from collections.abc import Callable

from suqing.ledger.policy import BadSetting, declare

N_ = str
MEGABYTE = 1024 * 1024


def _between(least: int, most: int) -> Callable[[int], None]:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise BadSetting(f"a whole number from {least} to {most}")

    return check


PICTURE_MB = declare(
    "files.picture_mb",
    20,
    N_("Largest picture or document in an attachment, in megabytes"),
    check=_between(1, 200),
)
SOUND_MB = declare("files.sound_mb", 50, N_("Largest sound recording, in megabytes"), check=_between(1, 1000))
FILM_MB = declare("files.film_mb", 200, N_("Largest film, in megabytes"), check=_between(1, 1900))
IMPORT_MB = declare(
    "files.import_mb", 1024, N_("Largest table to import, in megabytes"), check=_between(1, 1900)
)
UPLOAD_HOURS = declare(
    "files.upload_hours",
    24,
    N_("Hours after which an upload that was not finished is removed"),
    check=_between(1, 720),
)
ORPHAN_HOURS = declare(
    "files.orphan_hours",
    48,
    N_("Hours after which a file that belongs to nothing is removed"),
    check=_between(1, 720),
)
UPLOADS_AT_ONCE = declare(
    "files.uploads_at_once", 30, N_("Unfinished uploads of one person at a time"), check=_between(1, 500)
)
