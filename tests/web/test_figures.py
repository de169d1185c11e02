"""The page of figures without a browser: who may, what numbers open, what is refused, what it costs."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.analytics.figure_words import split_values
from suqing.analytics.periods import Period
from suqing.analytics.queries import Figure, Filter, figure, table, where
from suqing.analytics.registry import all_measures, get
from suqing.cases.queries import visible_cases
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks.figure_address import figure_url, pairs_of, read_figure
from suqing.web.desks.figure_file import safe_cell
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.cases.examples import matter, registered
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

NIGHT = moment(MONDAY, "23:59")
OPEN_TO = {"dispatcher", "supervisor", "analyst", "editor", "leader", "inspector", "head", "superior"}
PAGES = ("figures", "figure-cases", "figure-table")
# Pages of the frame, the filter bar and 15 headline figures with two bases each; it does not grow with the cases.
MOST_QUERIES = 78


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=NIGHT, speed=0.0001, by=SYSTEM)
    return cast


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def rows_on(answer: Any) -> int:
    """How many rows the list says it has; the list itself is no longer than a page."""
    return (
        int(re.search(r'class="sq-pager">\s*<span>(\d+)', text_of(answer))[1])
        if "sq-pager" in text_of(answer)
        else 0
    )


def links_on(answer: Any, css_class: str) -> list[tuple[str, str]]:
    """Address and number of each link of a class."""
    found = re.findall(rf'<a class="{css_class}[^"]*" href="([^"]+)">([^<]*)</a>', answer.content.decode())
    return [(unescape(url), number.replace(",", "")) for url, number in found]


def test_only_those_who_see_figures_open_their_pages(cast: Cast) -> None:
    load(cast)
    found = figure("cases_registered", period=Period(MONDAY, MONDAY))
    addresses = [reverse("figures"), figure_url(found), reverse("figure-table") + "?by=issue"]
    for name in Cast.__dataclass_fields__.keys() - {"centre", "bureau", "gusu", "wuzhong"}:
        client = seat(getattr(cast, name))
        assert {client.get(url).status_code for url in addresses} == {200 if name in OPEN_TO else 403}, name


def test_every_number_of_the_tables_opens_a_list_of_exactly_so_many_rows(week: Cast) -> None:
    client = seat(week.analyst)
    page = client.get(reverse("figures"))
    links = links_on(page, "fg-number")
    assert len(links) > 60
    wrong = [(url, number) for url, number in dict(links).items() if rows_on(client.get(url)) != int(number)]
    assert wrong == []


def test_unknown_values_and_totals_stand_in_the_tables_and_add_up(week: Cast) -> None:
    page = seat(week.analyst).get(reverse("figures"))
    pivot = page.context["pivot"]
    assert [line["label"] for line in pivot["lines"]] == ["姑苏区", "吴中区", "未注明"]
    assert [cell["raw"] for cell in pivot["totals"]] == [4, 3, 10]
    assert pivot["total"]["raw"] == sum(line["total"]["raw"] for line in pivot["lines"]) == 17
    issue = next(one for one in page.context["tables"] if one["by"] == "issue")
    assert issue["lines"][-1]["is_unknown"]
    assert sum(line["raw"] for line in issue["lines"]) == issue["total"]["raw"] == 17


def test_the_headline_opens_the_rows_it_counts(week: Cast) -> None:
    client, period = seat(week.analyst), Period(MONDAY, MONDAY, NIGHT)
    for measure in all_measures():
        found = figure(measure, period=period, person=week.analyst)
        answer = client.get(figure_url(found))
        if measure.summed:
            assert ("388.50" in text_of(answer)) is (measure.code == "recovered_loss")
            assert rows_on(answer) == bool(found.value)
        elif measure.is_share:
            assert rows_on(answer) == found.denominator, measure.code
            assert rows_on(client.get(figure_url(found, "numerator"))) == found.numerator, measure.code
        elif measure.averaged:
            assert rows_on(answer) == found.denominator, measure.code
        elif measure.spreads:
            assert rows_on(answer) >= (found.value or 0), measure.code
        else:
            assert rows_on(answer) == found.value, measure.code


def test_the_parts_of_every_cut_open_exactly_their_rows(week: Cast) -> None:
    client, period = seat(week.analyst), Period(MONDAY, MONDAY)
    for by in (
        "kind",
        "issue",
        "object",
        "district",
        "channel",
        "topic",
        "unit",
        "goods",
        "goods_group",
        "state",
    ):
        cut = table("cases_registered", by=[by], period=period, person=week.analyst)
        assert cut.rows
        for found in (*(row.figure for row in cut.rows), cut.total):
            assert rows_on(client.get(figure_url(found))) == found.value, figure_url(found)


def test_without_the_right_to_reports_totals_and_lists_leave_reports_out(week: Cast) -> None:
    client = seat(week.leader)
    page = client.get(reverse("figures"))
    assert page.context["pivot"]["total"]["raw"] == 7
    assert "举报" not in page.context["pivot"]["kinds"]
    assert "本页所有数字均不含举报" in text_of(page)
    answer = client.get(figure_url(figure("cases_registered", period=Period(MONDAY, MONDAY))))
    assert rows_on(answer) == 7
    assert "JB" not in re.sub(r"<input[^>]*>", "", text_of(answer))


def test_filters_of_the_address_narrow_everything(week: Cast) -> None:
    page = seat(week.analyst).get(reverse("figures"), {"kind": "report", "district": "320508"})
    assert page.context["pivot"]["total"]["raw"] == 7
    codes = [one["code"] for group in page.context["groups"] for one in group["figures"]]
    assert "contacts" not in codes  # a contact has no kind and no district
    assert "cases_registered" in codes
    unknown = seat(week.analyst).get(reverse("figures"), {"district": "-"})
    assert unknown.context["pivot"]["total"]["raw"] == 6


def test_a_topic_within_a_topic_opens_only_what_is_in_both(week: Cast) -> None:
    client = seat(week.analyst)
    page = client.get(reverse("figures"), {"topic": "epidemic"})
    topics = next(one for one in page.context["tables"] if one["by"] == "topic")
    counts = [(rows_on(client.get(line["url"])), line["raw"]) for line in topics["lines"]]
    assert counts and all(listed == counted for listed, counted in counts)


def test_a_start_alone_means_from_there_until_now(week: Cast) -> None:
    page = seat(week.analyst).get(reverse("figures"), {"from": "2020-01-20"})
    assert page.context["asked"].period == Period(MONDAY.replace(day=20), MONDAY, page.context["moment"].now)
    assert page.context["pivot"]["total"]["raw"] == 13 + 7 + 2 + 17


NO_DAYS: tuple[tuple[dict[str, str], str], ...] = (
    ({"from": "2020-01-28"}, "这一天还没有开始"),
    ({"from": "2020-01-27", "to": "2020-01-20"}, "结束日期早于开始日期"),
    ({"from": "gestern"}, "该日期无法显示"),
    ({"from": "0001-01-01"}, "该日期无法显示"),
    ({"to": "9999-12-31"}, "该日期无法显示"),
)


def test_days_that_cannot_be_shown_are_told_and_today_stands_instead(week: Cast) -> None:
    client = seat(week.analyst)
    for query, words in NO_DAYS:
        answer = client.get(reverse("figures"), query)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert answer.context["asked"].period.first == MONDAY


NO_FIGURES = (
    "",
    "measure=nothing&from=2020-01-27&to=2020-01-27",
    "measure=contacts&from=2020-01-27&to=2020-01-20",
    "measure=contacts&from=2020-01-27&to=2020-01-27&where.kind=report",
    "measure=cases_registered&from=2020-01-27&to=2020-01-27&where.colour=red",
    "measure=cases_registered&from=2020-01-27&to=2020-01-27&until=2020-01-27T10:00:00",
    "measure=cases_registered&from=0001-01-01&to=2020-01-27",
)


def test_an_address_that_names_no_figure_is_not_found(week: Cast) -> None:
    client = seat(week.analyst)
    for query in NO_FIGURES:
        assert client.get(f"{reverse('figure-cases')}?{query}").status_code == 404, query


def test_an_address_keeps_commas_blanks_and_filters_that_narrow_each_other(week: Cast) -> None:
    filters = (
        Filter("goods", ("口罩,N95", "a\\b", "")),
        Filter("topic", ("epidemic",)),
        Filter("topic", ("mask_price",)),
    )
    found = Figure(get("cases_registered"), Period(MONDAY, MONDAY, NIGHT), filters, None)
    query = QueryDict(urlsplit(figure_url(found)).query)
    assert read_figure(query, week.analyst).filters == filters
    assert split_values("") == ("",)
    assert parse_qs(urlsplit(figure_url(found)).query)["until"] == [dict(pairs_of(found))["until"]]


def test_long_lists_come_in_pages_and_hold_each_row_once(week: Cast) -> None:
    for _number in range(60):
        take(week, moment(MONDAY, "20:00"), mask_report())
    client, seen = seat(week.analyst), []
    url = figure_url(figure("cases_registered", period=Period(MONDAY, MONDAY), filters=where(kind="report")))
    while url:
        page = client.get(url)
        seen += [row["number"] for row in page.context["rows"]]
        last, url = page, page.context["pager"]["older_url"]
    assert len(seen) == len(set(seen)) == 70
    back = client.get(last.context["pager"]["newer_url"])
    assert [row["number"] for row in back.context["rows"]] == seen[:50]


def test_the_file_holds_what_the_page_shows_with_its_definition_and_filters(week: Cast) -> None:
    answer = seat(week.analyst).get(reverse("figure-table"), {"by": "district,kind", "kind": "report"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert ["筛选", "类型：举报"] in lines
    assert ["模拟数据", "演练中导出"] in lines
    assert lines[-4:] == [
        ["姑苏区", "7", "7"],
        ["吴中区", "2", "2"],
        ["未注明", "1", "1"],
        ["合计", "10", "10"],
    ]
    for by in ("colour", "", "kind,kind", "kind,district,issue"):
        assert seat(week.analyst).get(reverse("figure-table"), {"by": by}).status_code == 404, by


def test_page_and_file_give_the_same_numbers(week: Cast) -> None:
    client = seat(week.analyst)
    page = client.get(reverse("figures")).context
    for found in page["tables"]:
        answer = client.get(found["csv_url"])
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        numbers = {line[0]: line[1] for line in lines if len(line) > 2}
        for line in found["lines"]:
            assert numbers[line["label"]] == str(line["raw"]), found["by"]


def test_no_cell_of_a_file_is_taken_for_a_formula() -> None:
    for text in ('=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "\tx", "＝1", " =1"):
        assert safe_cell(text) == f"'{text}"
    assert safe_cell("口罩=贵") == "口罩=贵"
    assert safe_cell(-3) == -3


def test_what_the_page_asks_the_database_does_not_grow_with_the_cases(week: Cast) -> None:
    client = seat(week.analyst)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("figures")).status_code == 200
        return len(queries)

    asked()  # what is kept for the whole process is read now
    before = asked()
    for _number in range(30):
        take(week, moment(MONDAY, "20:00"), mask_report())
    assert asked() == before
    assert before <= MOST_QUERIES


def test_a_list_of_cases_costs_a_fixed_number_of_queries(week: Cast) -> None:
    client = seat(week.analyst)
    url = figure_url(figure("cases_registered", period=Period(MONDAY, MONDAY)))
    small = figure_url(
        figure("cases_registered", period=Period(MONDAY, MONDAY), filters=where(kind=Kind.COMPLAINT))
    )
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(small)
    assert len(many) <= len(few) + 1 <= 26


def test_the_page_speaks_english_too(week: Cast) -> None:
    client = seat(week.analyst)
    client.cookies["django_language"] = "en"
    page = text_of(client.get(reverse("figures")))
    assert "Received and registered" in page
    assert "on previous" in page


@pytest.mark.parametrize("name", ["leader", "inspector"])
def test_the_contacts_behind_a_number_tell_nothing_of_reports(week: Cast, name: str) -> None:
    complaint = matter(narrative="口罩太贵要退款")
    report = matter(Kind.REPORT, narrative="隔壁店没有执照")
    words = "隔壁店没有执照，口罩太贵要退款"
    mixed = registered(week.call_taker, complaint, report, narrative=words, at=moment(MONDAY, "23:00"))
    query = f"measure=contacts&from={MONDAY}&to={MONDAY}"
    said = text_of(seat(getattr(week, name)).get(f"/figures/cases/?{query}"))
    assert mixed.number in said
    assert "口罩太贵要退款" in said
    assert "没有执照" not in said
    assert "没有执照" in text_of(seat(week.analyst).get(f"/figures/cases/?{query}"))


def test_a_head_reads_the_figures_of_the_own_unit_and_below(week: Cast) -> None:
    period = Period(MONDAY, MONDAY)
    whole = figure("cases_registered", period=period).value
    assert figure("cases_registered", period=period, person=week.superior).value == whole
    own = figure("cases_registered", period=period, person=week.head)
    assert own.is_restricted
    assert own.value == visible_cases(week.head).filter(registered_at__date=MONDAY).count() < whole
