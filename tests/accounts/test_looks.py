from __future__ import annotations

import pytest

from suqing.accounts.actions import ReasonMissing, look_at_personal, note_look_by_role
from suqing.accounts.models import PersonalLook
from suqing.accounts.queries import NotPermitted
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM, Cast


def test_a_look_is_on_record_with_who_whom_when_and_why(cast: Cast) -> None:
    look_at_personal(by=cast.call_taker, subject=("party", 12), reason="  回拨核对地址 ", at=AT)
    look = PersonalLook.objects.get()
    assert (look.person, look.subject, look.reason, look.at) == (
        cast.call_taker,
        "party:12",
        "回拨核对地址",
        AT,
    )
    event = Event.objects.latest("pk")
    assert event.verb == "personal.looked_at"
    assert (event.subject_type, event.subject_id) == ("party", "12")
    assert event.data["look"] == look.pk


def test_the_chain_holds_no_reason_in_plain_text(cast: Cast) -> None:
    look_at_personal(by=cast.call_taker, subject=("party", 12), reason="张三丰要求回拨", at=AT)
    event = Event.objects.latest("pk")
    assert "张三丰" not in str(event.data)
    assert len(event.data["reason_hash"]) == 64


@pytest.mark.parametrize("reason", ["", "   ", "\t\n", "ok", "回拨"])
def test_a_look_without_a_reason_is_refused(cast: Cast, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        look_at_personal(by=cast.call_taker, subject=("party", 12), reason=reason, at=AT)
    assert not PersonalLook.objects.exists()


def test_how_long_a_reason_must_be_is_local_policy(cast: Cast) -> None:
    change_setting("accounts.look_reason_min", 2, by=SYSTEM, at=AT)
    look_at_personal(by=cast.call_taker, subject=("party", 12), reason="回拨", at=AT)
    assert PersonalLook.objects.count() == 1


@pytest.mark.parametrize("name", ["analyst", "editor", "leader", "inspector", "administrator", "stranger"])
def test_who_may_not_unmask_cannot_look(cast: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        look_at_personal(by=getattr(cast, name), subject=("party", 12), reason="回拨核对地址", at=AT)
    assert not PersonalLook.objects.exists()


def test_what_a_role_shows_without_asking_is_logged_too(cast: Cast) -> None:
    note_look_by_role(by=cast.handler, subject=("party", 12), at=AT)
    look = PersonalLook.objects.get()
    assert (look.person, look.subject, look.reason) == (cast.handler, "party:12", "role")
    assert Event.objects.latest("pk").verb == "personal.shown_by_role"
    with pytest.raises(NotPermitted):
        note_look_by_role(by=cast.call_taker, subject=("party", 12), at=AT)
