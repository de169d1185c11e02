from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from suqing.accounts.jobs import sweep_sessions
from suqing.accounts.models import PersonSession
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_what_is_kept_of_sessions_that_are_over_is_deleted(cast: Cast) -> None:
    now = timezone.now()
    for letter, minutes in (("a", 5), ("b", -5)):
        ends = now + timedelta(minutes=minutes)
        Session.objects.create(session_key=letter * 32, session_data="", expire_date=ends)
        PersonSession.objects.create(
            person=cast.handler, session_key=letter * 32, began_at=now, seen_at=now, ends_at=ends
        )
    Session.objects.create(session_key="c" * 32, session_data="", expire_date=now - timedelta(minutes=1))
    assert sweep_sessions(0) == 2
    assert [one.session_key for one in Session.objects.all()] == ["a" * 32]
    assert [one.session_key for one in PersonSession.objects.all()] == ["a" * 32]
