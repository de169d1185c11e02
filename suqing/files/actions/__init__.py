"""Keeping bytes, taking them in pieces, and removing what belongs to nothing."""

from suqing.files.actions.storing import keep
from suqing.files.actions.sweeping import forget_files, remove_lapsed, sweep_files, sweep_uploads
from suqing.files.actions.uploads import PIECE, WrongOffset, append, begin_upload, finish
from suqing.files.refusal import Refused

__all__ = [
    "PIECE",
    "Refused",
    "WrongOffset",
    "append",
    "begin_upload",
    "finish",
    "forget_files",
    "keep",
    "remove_lapsed",
    "sweep_files",
    "sweep_uploads",
]
