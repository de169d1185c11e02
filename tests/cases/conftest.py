"""What every case needs: the people, the calendars, divisions and classes."""

import pytest

from suqing.lawclock.actions import load_calendars
from suqing.taxonomy.actions import load_reference_data
from tests.cast import AT, SYSTEM, Cast


@pytest.fixture
def centre(cast: Cast) -> Cast:
    """A centre that can work: people, calendars, divisions, classes and topics."""
    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)
    return cast
