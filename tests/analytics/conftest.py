import pytest

from tests.analytics.days import load, make_week
from tests.cast import Cast


@pytest.fixture
def week(cast: Cast) -> Cast:
    """The centre after the week of ``make_week``."""
    load(cast)
    make_week(cast)
    return cast
