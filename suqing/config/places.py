"""Where the program stands and where it keeps what belongs to one installation."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent


def is_clone() -> bool:
    """Say whether the program runs from its sources, not from an installed wheel."""
    return (ROOT / "pyproject.toml").exists()


def var_folder() -> Path:
    """Return the folder of this installation's data, secrets and built files: ``SUQING_VAR``, or ``var``."""
    if given := os.environ.get("SUQING_VAR"):
        return Path(given).absolute()
    return ROOT / "var" if is_clone() else Path.home() / ".local" / "share" / "suqing"
