"""Who holds two appointments does in each unit what the appointment there allows, and no more."""

from __future__ import annotations

import pytest
from django.test import Client

from suqing.accounts.actions import appoint
from suqing.cases.actions import complaints, dispatching, moving
from suqing.cases.models import Case
from suqing.cases.queries import sees_all_cases, steps_for, visible_cases
from suqing.cases.vocabulary import Kind
from tests.cases.examples import WANG, one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def sent(centre: Cast, kind: Kind = Kind.COMPLAINT, *, to_gusu: bool = False) -> Case:
    unit = centre.gusu if to_gusu else centre.wuzhong
    case = one_case(centre.call_taker, kind)
    return dispatching.dispatch(case=case, to_unit=unit, by=centre.dispatcher, at=AT)


def test_a_handler_who_also_reads_all_cases_decides_only_in_the_own_bureau(centre: Cast) -> None:
    appoint(person=centre.handler, unit=centre.centre, role="analyst", by=SYSTEM, at=AT)
    foreign, own = sent(centre), sent(centre, to_gusu=True)
    assert set(visible_cases(centre.handler)) == {foreign, own}
    assert steps_for(centre.handler, foreign) == []
    with pytest.raises(moving.NotYours):
        complaints.accept(case=foreign, by=centre.handler, at=AT)
    assert complaints.accept(case=own, by=centre.handler, at=AT).state == "accepted"


def test_names_are_plain_only_where_the_handler_handles(centre: Cast) -> None:
    appoint(person=centre.handler, unit=centre.centre, role="analyst", by=SYSTEM, at=AT)
    client = Client()
    client.force_login(centre.handler, backend="django.contrib.auth.backends.ModelBackend")
    own, foreign = sent(centre, to_gusu=True), sent(centre)
    assert WANG.phone in client.get(f"/cases/{own.number}/").content.decode()
    assert WANG.phone not in client.get(f"/cases/{foreign.number}/").content.decode()
    assert client.post(f"/cases/{foreign.number}/person/", {"reason": "想看一看"}).status_code == 403


def test_the_right_to_reports_stays_in_the_bureau_that_gave_it(centre: Cast) -> None:
    appoint(person=centre.handler, unit=centre.centre, role="leader", by=SYSTEM, at=AT)
    own, foreign = sent(centre, Kind.REPORT, to_gusu=True), sent(centre, Kind.REPORT)
    complaint = sent(centre)
    assert set(visible_cases(centre.handler)) == {own, complaint}
    assert foreign not in visible_cases(centre.handler)
    assert not sees_all_cases(centre.handler)
    assert sees_all_cases(centre.analyst)
