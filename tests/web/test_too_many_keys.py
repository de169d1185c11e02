"""A form with more fields than any page of ours has is refused in words, not by a fault."""

from __future__ import annotations

from typing import Any

import pytest

from suqing.ledger.actions import set_centre_clock
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/bulk-changes/new/", "/imports/new/", "/exports/new/"])
def test_ten_thousand_keys_are_refused(centre: Cast, settings: Any, address: str) -> None:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    keys: dict[str, Any] = {"case": [str(number) for number in range(10_000)], "seen": "1"}
    answer = seat(centre.supervisor).post(address, keys)
    assert answer.status_code == 400
    assert "没有改动任何内容" in answer.content.decode()
