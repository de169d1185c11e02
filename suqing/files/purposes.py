"""What files are uploaded for: which kinds are taken, how large, and who may send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suqing.accounts.permissions import Permission
from suqing.files.models import FileKind
from suqing.files.policy import FILM_MB, IMPORT_MB, MEGABYTE, PICTURE_MB, SOUND_MB
from suqing.ledger.queries import setting, settings_of


class UnknownPurpose(KeyError):
    """There is no purpose of this code."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """``limits`` names the setting that says how many megabytes a kind may have."""

    code: str
    permission: Permission
    limits: Mapping[FileKind, str]
    most_unpacked: int  # what the parts of an Office file may say they are unpacked, in bytes

    def limit(self, kind: FileKind) -> int:
        """The largest file of this kind, in bytes."""
        return int(setting(self.limits[kind])) * MEGABYTE

    def limits_now(self) -> dict[FileKind, int]:
        """The largest file of each kind, in bytes; one query."""
        values = settings_of(set(self.limits.values()))
        return {kind: int(values[key]) * MEGABYTE for kind, key in self.limits.items()}

    def largest(self) -> int:
        """The largest file of any kind, in bytes."""
        return max(self.limits_now().values())

    @property
    def kinds(self) -> frozenset[FileKind]:
        return frozenset(self.limits)


PURPOSES: dict[str, Purpose] = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            "attachment",
            Permission.CASE_ATTACH,
            {
                **dict.fromkeys(
                    (FileKind.JPG, FileKind.PNG, FileKind.PDF, FileKind.DOCX, FileKind.XLSX), PICTURE_MB.key
                ),
                FileKind.MP3: SOUND_MB.key,
                FileKind.MP4: FILM_MB.key,
            },
            256 * MEGABYTE,
        ),
        Purpose(
            "import",
            Permission.CASE_IMPORT,
            dict.fromkeys((FileKind.XLSX, FileKind.CSV), IMPORT_MB.key),
            8192 * MEGABYTE,
        ),
    )
}


def purpose_of(code: str) -> Purpose:
    """Return the purpose or raise UnknownPurpose."""
    try:
        return PURPOSES[code]
    except KeyError:
        raise UnknownPurpose(code) from None
