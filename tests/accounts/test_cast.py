from __future__ import annotations

import pytest

from suqing.accounts import queries
from suqing.accounts.permissions import Permission
from suqing.ledger.actions import seal_events
from suqing.ledger.queries import verify_chain
from tests.cast import Cast, make_cast


def test_the_stranger_can_nothing(cast: Cast) -> None:
    assert queries.permissions_of(cast.stranger) == frozenset()
    assert queries.visible_unit_ids(cast.stranger) == set()
    assert not any(queries.can(cast.stranger, permission) for permission in Permission)


@pytest.mark.usefixtures("nobody_yet")
def test_making_the_cast_leaves_a_whole_chain() -> None:
    make_cast()
    assert seal_events() == 30
    assert verify_chain().is_whole


@pytest.mark.django_db(transaction=True)
def test_the_cast_works_with_real_transactions(cast: Cast) -> None:
    assert cast.gusu.path.startswith(cast.bureau.path)
