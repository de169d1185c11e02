"""Fixtures for every test; the people of the cast live in ``tests/cast.py``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

# Here, so that one browser serves all folders: Playwright runs only once in a process.
from tests.web.chromium import browser, open_page

if TYPE_CHECKING:
    from tests.cast import Cast

# A busy machine is slow to draw examples; that says nothing against what they test.
settings.register_profile("suqing", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suqing")

__all__ = ["browser", "open_page"]


@pytest.fixture(autouse=True)
def language_of_the_centre() -> None:
    """Every test begins in Chinese: a page that a client asked for in English leaves that language to its thread."""
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; what the test does to them is undone after it."""
    from tests.cast import the_cast

    return the_cast()


@pytest.fixture
def nobody_yet(db: None) -> None:
    """A database before the first unit and the first person, for tests of how they come."""
    from suqing.accounts.models import Appointment, Person, Unit

    for model in (Appointment, Person, Unit):
        model.objects.all()._raw_delete("default")


@pytest.fixture
def centre(cast: Cast) -> Cast:
    """A centre that can work: people, calendars, divisions, classes and topics."""
    from suqing.taxonomy.models import Division

    if not Division.objects.exists():
        _load_what_ships()
    return cast


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load calendars, divisions, classes, topics and the cast once into the test database, without their events.

    A test with real transactions empties the tables behind it; fixtures that need the data load it again then, which
    costs nothing where it is there.
    """
    from tests.cast import make_cast

    with django_db_blocker.unblock():
        _load_what_ships()
        make_cast()
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM ledger_event")
            cursor.execute("SET session_replication_role = DEFAULT")


def _load_what_ships() -> None:
    from suqing.lawclock.actions import load_calendars
    from suqing.taxonomy.actions import load_reference_data
    from tests.cast import AT, SYSTEM

    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)


def _until_no_page_is_in_the_way(flush: Callable[[], None]) -> None:
    """A page that closes sends its draft once more; while that is being written, emptying all tables may deadlock."""
    for attempt in range(5):
        try:
            return flush()
        except CommandError as refused:
            deadlock = isinstance(refused.__cause__, OperationalError) and "deadlock" in str(
                refused.__cause__
            )
            if not deadlock or attempt == 4:
                raise
            time.sleep(0.2)
    return None


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_append_only_trigger() -> None:
    """Django truncates all tables after a test with real transactions; only then the ledger lets it."""
    flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        _until_no_page_is_in_the_way(lambda: flush(self))
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")

    TransactionTestCase._fixture_teardown = teardown
