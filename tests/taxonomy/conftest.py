"""The shipped reference data, loaded once for the tests of this folder that ask for it."""

import pytest

from suqing.taxonomy.actions import LoadReport, load_reference_data
from tests.cast import AT, SYSTEM


@pytest.fixture
def reference(db: None) -> LoadReport:
    return load_reference_data(by=SYSTEM, at=AT)
