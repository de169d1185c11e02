"""Every test of files has a folder of its own: what another process is just sending is none of its business."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path / "files"
