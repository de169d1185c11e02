"""Validity of entries: counted from what each case held as it was registered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from suqing.analytics.periods import Period
from suqing.analytics.queries import case_ids, figure
from suqing.cases.actions.corrections import correct_facts
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.models import ClassNode
from tests.analytics.days import MONDAY, moment
from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)


def test_only_cases_with_every_fact_are_valid_and_imported_ones_are_left_out(centre: Cast) -> None:
    assert figure("validity", period=DAY).value is None
    node = ClassNode.objects.earliest("pk").pk
    at = moment(MONDAY)
    facts = {"object_class": node, "issue_class": node, "incident_on": MONDAY}
    whole = one_case(centre.call_taker, Kind.REPORT, at=at, **facts)
    bare = one_case(centre.call_taker, at=at)
    other = one_case(centre.call_taker, Kind.REPORT, at=at, **facts)
    Case.objects.filter(pk=other.pk).update(entry_standard=None, completeness=None)
    found = figure("validity", period=DAY)
    assert (found.numerator, found.denominator, found.value) == (1, 2, 50)
    assert set(case_ids(found)) == {whole.pk, bare.pk}
    # what is filled in later does not make the registration whole
    correct_facts(case=bare, amount=Decimal(3), incident_on=date(2020, 1, 20), by=centre.supervisor, at=at)
    assert figure("validity", period=DAY).value == 50
