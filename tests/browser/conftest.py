"""The people and codes that the browser works with; the browser itself is in ``tests/web/chromium.py``.

``live_server`` answers from threads of its own, so every test commits for real and starts from an empty database.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from suqing.lawclock.actions import load_calendars
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.actions import load_reference_data
from tests.cast import AT, SYSTEM, Cast

SHOTS = os.environ.get("SUQING_SHOTS", "")


@pytest.fixture
def centre(transactional_db: None) -> Cast:
    """A centre that can work, its clock in the last week of January 2020, at ordinary speed."""
    from tests.cast import the_cast

    cast = the_cast()
    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return cast


@pytest.fixture
def staged(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    """A centre with one of everything (``tests/web/staged.py``)."""
    from tests.cast import the_cast
    from tests.web.staged import stage

    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    cast = the_cast()
    stage(cast)
    return cast


@pytest.fixture
def shoot() -> Callable[[Any, str], None]:
    """Keep a screenshot under SUQING_SHOTS, if that is set."""

    def keep(page: Any, name: str) -> None:
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))

    return keep
