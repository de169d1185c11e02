"""The learnt model in use for a kind of class, or for the radar.  None yet is normal; a broken file is told in the log, and
rules carry on."""

from __future__ import annotations

import logging
from functools import lru_cache

from suqing.files.storage import Missing, storage
from suqing.taxonomy.models import ClassModel
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.model_file import BrokenModel, read

log = logging.getLogger(__name__)


def model_key(digest: str) -> str:
    """Where the bytes of a model lie in the storage."""
    return f"models/{digest}"


def adopted(kind: str) -> ClassModel | None:
    """The newest model of a kind that was taken into use."""
    return ClassModel.objects.filter(kind=kind).order_by("-number").first()


def model_in_use(kind: str) -> Model | None:
    """The model that suggests classes of a kind; None where there is none, or none that can be read."""
    row = adopted(kind)
    return bytes_read(row) if row else None


def bytes_read(row: ClassModel) -> Model | None:
    """The model of a row, in use or earlier; None where it cannot be read."""
    return _read(row.digest)


@lru_cache(maxsize=8)  # four kinds, and the new ones beside the old while they change
def _read(digest: str) -> Model | None:
    """Read once a process; what is broken is told once and stays out of use until a new model is adopted."""
    try:
        with storage().opened(model_key(digest)) as source:
            return read(source, digest)
    except (Missing, BrokenModel, OSError) as fault:
        log.error("model %s cannot be read (%s); rules carry on without it", digest[:12], fault)
        return None


def forget() -> None:
    """Read models anew."""
    _read.cache_clear()
