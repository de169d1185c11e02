"""Fixtures for every test; the people of the cast live in ``tests/cast.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import TransactionTestCase

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:  # noqa: ARG001  (asked for so that there is a database)
    """The cast in a database of their own for one test."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_append_only_trigger() -> None:
    """Django truncates all tables after a test with real transactions; only then the ledger lets it."""
    flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        flush(self)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")

    TransactionTestCase._fixture_teardown = teardown
