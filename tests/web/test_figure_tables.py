"""Any measure as a table, periods of every kind, comparisons, small numbers, calls, and the book of measures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.analytics.dimensions import DIMENSIONS
from suqing.analytics.periods import Period
from suqing.analytics.policy import LEAST_PUBLISHED, LEAST_SHOWN
from suqing.analytics.queries import figure
from suqing.analytics.registry import all_measures, get
from suqing.cases.models import Case
from suqing.ledger.actions import change_setting, set_centre_clock
from suqing.telephony.models import Call
from suqing.web.desks.figure_address import figure_url
from suqing.web.desks.figure_panels import Counter
from suqing.web.desks.figure_tables import cuts_for
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat
from tests.web.test_figures import links_on, rows_on, text_of

NIGHT = moment(MONDAY, "23:59")


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=NIGHT, speed=0.0001, by=SYSTEM)
    return cast


def call(cast: Cast, clock: str, *, waited: int | None, talked: int = 60, source: str = "switch") -> Call:
    """A call that came in; ``waited`` None was not answered."""
    began = moment(MONDAY, clock)
    answered = None if waited is None else began + timedelta(seconds=waited)
    ended = began + timedelta(seconds=20) if answered is None else answered + timedelta(seconds=talked)
    return Call.objects.create(
        ref=uuid4(), source=source, number_masked="138****5678", agent=cast.call_taker, started_at=began,
        answered_at=answered, ended_at=ended,
    )  # fmt: skip


@pytest.fixture
def rung(week: Cast) -> Cast:
    """Three calls that were answered, one of them late, and one that was given up."""
    for clock, waited in (("09:00", 5), ("09:30", 10), ("10:00", 40)):
        call(week, clock, waited=waited)
    call(week, "10:30", waited=None)
    return week


def page(cast: Cast, **query: str) -> Any:
    return seat(cast.analyst).get(reverse("figure-pivot"), query)


# Every measure, every dimension


def test_every_measure_can_be_cut_by_everything_it_knows_and_adds_up_or_says_that_it_does_not(
    rung: Cast,
) -> None:
    client, period = seat(rung.analyst), {"from": "2020-01-20", "to": "2020-01-27"}
    for code in (
        "cases_registered",
        "epidemic_share",
        "persons_registered",
        "calls_received",
        "contacts",
        "recovered_loss",
    ):
        for rows in cuts_for(get(code)):
            answer = client.get(reverse("figure-pivot"), {"measure": code, "rows": rows, **period})
            assert answer.status_code == 200, (code, rows)
            found = answer.context["found"]
            if found["adds_up"]:
                parts = [line["raw"] for line in found["lines"]]
                assert sum(parts) == found["total"]["raw"], (code, rows)
            elif found["lines"]:
                assert "各部分不可相加" in text_of(answer), (code, rows)


def test_every_number_of_a_table_of_lines_and_columns_opens_its_rows(rung: Cast) -> None:
    client = seat(rung.analyst)
    tables = (
        ("cases_registered", "issue", "channel"), ("cases_registered", "topic", "kind"), ("contacts", "outcome", "hour"),
        ("calls_received", "hour", "day"), ("epidemic_price_reports_registered", "goods", "district"),
    )  # fmt: skip
    for code, rows, columns in tables:
        answer = client.get(reverse("figure-pivot"), {"measure": code, "rows": rows, "columns": columns})
        links = dict(links_on(answer, "fg-number"))
        assert links, code
        wrong = [
            (url, number)
            for url, number in links.items()
            if rows_on(client.get(url)) != int(number.strip("—") or 0)
        ]
        assert wrong == [], code


def test_totals_of_what_does_not_add_up_are_counted_by_themselves(week: Cast) -> None:
    pivot = page(week, measure="epidemic_share", rows="district", columns="kind").context["pivot"]
    assert not pivot["adds_up"]
    assert pivot["total"]["raw"] == figure("epidemic_share", period=Period(MONDAY, MONDAY)).value
    topics = page(week, measure="cases_registered", rows="topic", columns="kind").context["pivot"]
    assert not topics["adds_up"]
    assert topics["total"]["raw"] == 17 < sum(line["total"]["raw"] for line in topics["lines"])


def test_a_filter_that_the_rows_do_not_know_is_left_out_and_told(week: Cast) -> None:
    answer = page(week, measure="contacts", district="320508")
    assert answer.context["found"]["total"]["raw"] == 17
    assert "未按其筛选：区县" in text_of(answer)


def test_a_table_costs_a_fixed_number_of_queries(week: Cast) -> None:
    client = seat(week.analyst)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("figure-pivot"), {"rows": "issue", "columns": "district"})
        return len(queries)

    asked()
    before = asked()
    for _number in range(20):
        take(week, moment(MONDAY, "20:00"), mask_report())
    assert asked() == before <= 40


# Periods and comparisons


def test_periods_of_every_kind_are_named_and_have_neighbours(week: Cast) -> None:
    client = seat(week.analyst)
    names = {
        "week": "2020年第5周", "ten_days": "2020年1月下旬", "month": "2020年1月", "quarter": "2020年第1季度",
        "year": "2020年", "lunar_week": "2020年",
    }  # fmt: skip
    for kind, name in names.items():
        answer = client.get(reverse("figures"), {"from": "2020-01-27", "period": kind})
        period = answer.context["asked"].period
        assert period.kind == kind and period.last == MONDAY and period.until is not None
        assert name in text_of(answer), kind
        (_word, _key, before), *after = answer.context["neighbours"]
        assert after == []
        earlier = client.get(before).context["asked"].period
        assert earlier.kind == kind and earlier.is_whole and earlier.last == period.first - timedelta(days=1)
        (_word, _key, back) = client.get(before).context["neighbours"][1]
        again = client.get(back).context["asked"].period
        assert (again.kind, again.first, again.last) == (period.kind, period.first, period.last)


def test_the_numbers_of_a_week_are_those_of_its_days(week: Cast) -> None:
    found = page(week, **{"from": "2020-01-22", "period": "week", "rows": "day"}).context["found"]
    assert [line["raw"] for line in found["lines"]] == [2, 2, 2, 2, 3, 5, 6]
    assert found["total"]["raw"] == 22
    assert found["bases"] == []  # other days have no lines to stand beside


def test_switches_choose_what_is_compared(week: Cast) -> None:
    client = seat(week.analyst)
    plain = client.get(reverse("figures"))
    assert [(word, is_on) for word, _url, is_on in plain.context["switches"]] == [
        ("环比", True), ("同比", True), ("农历同比", False),
    ]  # fmt: skip
    lunar = client.get(plain.context["switches"][2][1])
    words = [one["word"] for one in lunar.context["groups"][0]["figures"][0]["comparisons"]]
    assert words == ["环比", "同比", "农历同比"]
    none = client.get(reverse("figures"), {"against": "-"})
    assert none.context["groups"][0]["figures"][0]["comparisons"] == []
    assert [is_on for _word, _url, is_on in none.context["switches"]] == [False] * 3


def test_every_base_stands_beside_the_lines_it_is_of(week: Cast) -> None:
    found = page(week, rows="kind", against="previous").context["found"]
    assert found["bases"] == [("上期", "环比")]
    reports = next(line for line in found["lines"] if line["label"] == "举报")
    assert (reports["raw"], reports["bases"][0]["raw"], reports["bases"][0]["change"]) == (10, 4, "+150.0%")


def test_a_base_that_does_not_exist_is_no_fault(week: Cast) -> None:
    answer = seat(week.analyst).get(reverse("figures"), {"from": "2021-01-01", "period": "week"})
    assert answer.status_code == 422
    assert (
        seat(week.analyst).get(reverse("figures"), {"from": "2016-01-01", "period": "week"}).status_code
        == 200
    )


# Calls


def test_figures_of_calls_open_their_calls_and_hide_their_numbers(rung: Cast) -> None:
    client, period = seat(rung.analyst), Period(MONDAY, MONDAY)
    found = figure("calls_received", period=period, person=rung.analyst)
    answer = client.get(figure_url(found))
    assert rows_on(answer) == found.value == 4
    assert "138****5678" in text_of(answer) and "未接" in text_of(answer)
    rate = figure("timely_answer_rate", period=period, person=rung.analyst)
    assert (rate.numerator, rate.denominator) == (2, 3)
    assert rows_on(client.get(figure_url(rate))) == 3
    assert rows_on(client.get(figure_url(rate, "numerator"))) == 2
    wait = figure("mean_wait_seconds", period=period, person=rung.analyst)
    assert rows_on(client.get(figure_url(wait))) == wait.denominator == 3


def test_who_does_not_see_every_case_is_told_that_only_own_calls_count(rung: Cast) -> None:
    found = figure("calls_received", period=Period(MONDAY, MONDAY), person=rung.head)
    answer = seat(rung.head).get(figure_url(found))
    assert rows_on(answer) == found.value == 0
    assert "通话只计入并列出由您接听的" in text_of(answer)


# Many values, small numbers


@pytest.fixture
def many(week: Cast) -> Iterator[int]:
    """A day whose cases have 100,000 kinds of goods."""
    count = 100_000
    pattern = Case.objects.filter(kind="report").earliest("pk")
    names = [one.column for one in Case._meta.concrete_fields if one.name not in ("id", "number", "goods")]
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO cases_case (number, goods, {quoted})"
            f" SELECT 'JB9' || n, 'g' || n, {quoted} FROM cases_case, generate_series(1, %s) AS n WHERE id = %s",
            [count, pattern.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    yield count


def test_100_000_values_stay_few_lines_and_a_small_answer(week: Cast, many: int) -> None:
    period = {"from": "2020-01-20", "to": "2020-01-27"}
    answer = page(week, rows="goods", **period)
    found = answer.context["found"]
    assert len(found["lines"]) <= 53
    others = next(line for line in found["lines"] if line["label"].startswith("其余"))
    assert others["url"] == ""  # no address holds so many values
    assert sum(line["raw"] for line in found["lines"]) == found["total"]["raw"] == many + 39
    assert len(answer.content) < 200_000
    crossed = page(week, rows="goods", columns="channel", **period)
    assert sum(line["total"]["raw"] for line in crossed.context["pivot"]["lines"]) == many + 39
    assert len(crossed.content) < 250_000
    whole = seat(week.analyst).get(reverse("figures"), {"all": "issue", **period})
    assert len(whole.content) < 600_000


def test_small_numbers_are_withheld_and_explained_where_policy_asks(week: Cast) -> None:
    change_setting(LEAST_SHOWN.key, 5, by=SYSTEM, at=NIGHT)
    client = seat(week.analyst)
    for query in ({"rows": "district"}, {"rows": "district", "columns": "kind"}):
        answer = client.get(reverse("figure-pivot"), query)
        assert "&lt;5" in answer.content.decode() and "小于 5 的数以" in text_of(answer)
        numbers = [int(number) for _url, number in links_on(answer, "fg-number") if number.isdigit()]
        assert not [number for number in numbers if 0 < number < 5]
    answer = client.get(reverse("figures"))
    cuts = answer.content.decode().split('class="fg-cuts-head"')[1]
    assert "&lt;5" in cuts
    numbers = links_on(type("Part", (), {"content": cuts.encode()})(), "fg-number")
    assert not [number for _url, number in numbers if number.isdigit() and 0 < int(number) < 5]
    file = client.get(reverse("figure-table"), {"by": "district"}).content.decode("utf-8-sig")
    assert "<5" not in file
    change_setting(LEAST_PUBLISHED.key, 5, by=SYSTEM, at=NIGHT)
    file = client.get(reverse("figure-table"), {"by": "district"}).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(file)) for cell in line]
    assert "<5" in cells and "4" not in cells


def test_margins_of_a_table_are_those_of_the_whole_table(week: Cast) -> None:
    change_setting(LEAST_SHOWN.key, 2, by=SYSTEM, at=NIGHT)
    pivot = page(week, rows="district", columns="kind").context["pivot"]
    known = {line["label"]: line["total"]["raw"] for line in pivot["lines"]}
    assert {name: number for name, number in known.items() if number != "<2"}.items() <= {
        "姑苏区": 7, "吴中区": 4, "未注明": 6,
    }.items()  # fmt: skip


# What every measure is


def test_the_book_explains_every_measure_and_opens_its_table(week: Cast) -> None:
    client = seat(week.analyst)
    said = text_of(client.get(reverse("figure-measures")))
    facts = [
        one for _stage, group in client.get(reverse("figure-measures")).context["groups"] for one in group
    ]
    assert [one["code"] for one in facts] and len(facts) == len(list(all_measures()))
    for one in facts:
        assert one["definition"] in said and one["formula"] in said
        assert f'id="{one["code"]}"' in said
        assert client.get(one["url"]).context["measure"]["code"] == one["code"]


def test_pages_say_where_they_were_counted(week: Cast) -> None:
    assert "按业务库实时计数" in text_of(page(week))
    assert "按业务库实时计数" in text_of(seat(week.analyst).get(reverse("figures")))


def test_every_dimension_has_a_name_and_the_counter_withholds_nothing_by_default(week: Cast) -> None:
    counter = Counter(week.analyst, Period(MONDAY, MONDAY))
    for code in cuts_for(get("cases_registered")):
        assert DIMENSIONS[code].name
        assert not counter.cut(get("cases_registered"), [code]).is_withheld_somewhere
