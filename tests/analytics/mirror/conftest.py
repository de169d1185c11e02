from pathlib import Path
from typing import Any

import pytest

from tests.analytics.days import load
from tests.analytics.mirror.at_work import make_cases
from tests.cast import Cast


@pytest.fixture(autouse=True)
def mirror_folder(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for the mirror of each test."""
    settings.SUQING_MIRROR = tmp_path / "mirror"
    return tmp_path / "mirror"


@pytest.fixture
def thirty_cases(cast: Cast) -> Cast:
    """A centre with thirty cases."""
    load(cast)
    make_cases(cast)
    return cast
