"""Figures of one operator: found by its index, the same as its cases, by month, and what came of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from suqing.analytics.periods import Period
from suqing.analytics.queries import cases_behind, figure, table, where
from suqing.cases.actions import handling, mediation
from suqing.cases.models import Case
from suqing.cases.queries import visible_cases
from suqing.cases.vocabulary import Outcome
from tests.cases.handled import filed, mediated, on
from tests.cast import Cast

pytestmark = pytest.mark.django_db
YEAR = Period(date(2020, 1, 1), date(2020, 12, 31))


def ended(centre: Cast) -> Case:
    """Of one operator: a mediation that ends with an agreement and one without, and a report with a penalty."""
    agreed, failed, report = mediated(centre), mediated(centre, "2020-03-02"), filed(centre, "2020-03-02")
    handling.close(
        case=agreed,
        outcome=Outcome.MEDIATED,
        note="退款",
        recovered_amount=Decimal("88.50"),
        by=centre.handler,
        at=on("2020-02-05"),
    )
    mediation.terminate(
        case=failed, ground="no_agreement", note="未达成一致", by=centre.handler, at=on("2020-03-05")
    )
    return handling.close(
        case=report,
        outcome=Outcome.PENALTY,
        note="罚款",
        penalty_amount=Decimal("5000"),
        by=centre.handler,
        at=on("2020-03-20"),
    )


def test_what_came_of_the_cases_of_one_operator(centre: Cast) -> None:
    report = ended(centre)
    mine = where(entity=str(report.entity_id))
    found = {
        code: figure(code, period=YEAR, filters=mine).value
        for code in (
            "cases_registered", "mediation_success_rate", "recovered_loss", "reports_penalised", "penalties",
        )
    }  # fmt: skip
    assert found == {
        "cases_registered": 3,
        "mediation_success_rate": Decimal("50.00"),
        "recovered_loss": Decimal("88.50"),
        "reports_penalised": 1,
        "penalties": Decimal("5000.00"),
    }
    assert figure("cases_registered", period=YEAR, filters=where(entity="999999")).value == 0
    assert figure("cases_registered", period=YEAR, filters=where(entity="")).value == 0


def test_a_reader_without_the_right_to_reports_counts_none(centre: Cast) -> None:
    mine = where(entity=str(ended(centre).entity_id))
    for person, value in ((centre.inspector, 2), (centre.supervisor, 3), (centre.other_handler, 0)):
        found = figure("cases_registered", period=YEAR, filters=mine, person=person)
        assert found.value == value == visible_cases(person).count()
        assert cases_behind(found, person=person).count() == value


def test_months_are_the_months_of_suzhou_and_add_up(centre: Cast) -> None:
    mine = where(entity=str(ended(centre).entity_id))
    found = table("cases_registered", by=["month"], period=YEAR, filters=mine)
    assert {row.values[0]: row.figure.value for row in found.rows} == {"2020-02-01": 1, "2020-03-01": 2}
    assert found.total.value == 3
    for row in found.rows:
        assert cases_behind(row.figure).count() == row.figure.value
    mediated(centre, "2020-05-01")
    Case.objects.filter(received_at__month=5).update(received_at=on("2020-05-01", 0))
    late = table("cases_registered", by=["month"], period=YEAR, filters=mine)
    assert "2020-05-01" in {row.values[0] for row in late.rows}, "midnight in Suzhou is April in Greenwich"


def test_one_operator_is_found_by_the_key_that_has_an_index(centre: Cast) -> None:
    """A comparison of the key as text would read a million cases for one operator."""
    case = mediated(centre)
    found = figure("cases_registered", period=YEAR, filters=where(entity=str(case.entity_id)))
    query, _values = cases_behind(found).query.sql_with_params()
    assert '"entity_id" = %s' in query
    assert '"entity_id")::text' not in query
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Case._meta.db_table).values()
    assert any(one["index"] and one["columns"][:1] == ["entity_id"] for one in indexes)
